#include "wire/uploader.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <optional>
#include <utility>

#include <curl/curl.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include "access/sensors.h"
#include "base/file_descriptor.h"
#include "wire/batch_codec.h"
#include "wire/upload_answer.h"

namespace teiten {
namespace {

/// Keys and certificates are a few KB.
constexpr std::size_t kMaxPemBytes = std::size_t{1} << 20;
/// Of an answer: more is no collector's.
constexpr std::size_t kMaxAnswerTraffic = std::size_t{64} << 10;
constexpr std::size_t kMaxCollectors = 16;
/// How long a less preferred collector is used before the others are tried again.
constexpr auto kPreferAgain = std::chrono::minutes(5);
constexpr std::string_view kRetryAfter = "retry-after:";

Result<std::string> read_pem(const std::string& path) {
  const auto failed = [&](int reason) {
    const ErrorCode code = reason == ENOENT                      ? ErrorCode::not_found
                           : reason == EACCES || reason == EPERM ? ErrorCode::permission_denied
                                                                 : ErrorCode::io_error;
    return failure(code, fmt::format("{}: {}", path, std::strerror(reason)));
  };
  const FileDescriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file.is_open()) return failed(errno);
  std::string text;
  char piece[4096];
  while (true) {
    const ssize_t got = ::read(file.number(), piece, sizeof piece);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return failed(errno);
    if (got == 0) break;
    text.append(piece, static_cast<std::size_t>(got));
    if (text.size() > kMaxPemBytes) {
      return failure(ErrorCode::limit_reached,
                     fmt::format("{}: more than {} bytes: is it PEM?", path, kMaxPemBytes));
    }
  }
  if (text.find("-----BEGIN ") == std::string::npos)
    return failure(ErrorCode::malformed, fmt::format("{}: holds no PEM block", path));
  return text;
}

struct FreeHandle {
  void operator()(CURL* handle) const { curl_easy_cleanup(handle); }
};
struct FreeList {
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};

/// What comes back while a request runs.
struct Incoming {
  UploadAnswer answer;
  std::size_t traffic = 0;

  /// False where there is more of it than any collector sends: the transfer ends.
  bool count(std::size_t bytes) {
    traffic += bytes;
    return traffic <= kMaxAnswerTraffic;
  }
};

std::size_t take_header(char* bytes, std::size_t, std::size_t size, void* target) {
  auto& incoming = *static_cast<Incoming*>(target);
  if (!incoming.count(size)) return 0;
  std::string line(bytes, size);
  std::transform(line.begin(), line.end(), line.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  if (line.starts_with(kRetryAfter)) {
    incoming.answer.retry_after =
        parse_retry_after(std::string_view(line).substr(kRetryAfter.size()));
  }
  return size;
}

std::size_t take_body(char* bytes, std::size_t, std::size_t size, void* target) {
  auto& incoming = *static_cast<Incoming*>(target);
  if (!incoming.count(size)) return 0;
  std::string& body = incoming.answer.body;
  body.append(bytes, std::min(size, kMaxAnswerBytes - body.size()));
  return size;
}

class CurlUploader final : public Uploader {
 public:
  explicit CurlUploader(UploadOptions options) : options_(std::move(options)) {}
  Result<void> begin();
  UploadResult send(const SpooledBatch& batch, const SpoolStatus& spool) override;

 private:
  using Clock = std::chrono::steady_clock;

  template <typename T>
  void set(CURLoption option, T value) {
    if (const CURLcode code = curl_easy_setopt(handle_.get(), option, value); code != CURLE_OK)
      unset_ = code;
  }
  void set_blob(CURLoption option, std::string& pem);
  std::string path_of(const SpooledBatch& batch) const;
  /// The collector's answer; nothing if it could not be reached: `reason` says why.
  std::optional<UploadAnswer> put(const std::string& collector, const SpooledBatch& batch,
                                  std::string& reason);

  UploadOptions options_;
  std::string certificate_;
  std::string key_;
  std::string ca_;
  std::unique_ptr<CURL, FreeHandle> handle_;
  char error_[CURL_ERROR_SIZE] = {};
  CURLcode unset_ = CURLE_OK;
  std::size_t current_ = 0;      ///< the collector that was reached last
  Clock::time_point prefer_at_;  ///< when the first is tried again
};

void CurlUploader::set_blob(CURLoption option, std::string& pem) {
  curl_blob blob{pem.data(), pem.size(), CURL_BLOB_NOCOPY};
  set(option, &blob);
}

Result<void> CurlUploader::begin() {
  TEITEN_TRY(certificate_, read_pem(options_.certificate_file));
  TEITEN_TRY(key_, read_pem(options_.key_file));
  TEITEN_TRY(ca_, read_pem(options_.ca_file));
  static const CURLcode initialised = curl_global_init(CURL_GLOBAL_DEFAULT);
  handle_.reset(initialised == CURLE_OK ? curl_easy_init() : nullptr);
  if (handle_ == nullptr) return failure(ErrorCode::internal, "libcurl does not start");
  set(CURLOPT_NOSIGNAL, 1L);
  set(CURLOPT_ERRORBUFFER, error_);
  set(CURLOPT_PROTOCOLS_STR, "https");
  set(CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
  set(CURLOPT_FOLLOWLOCATION, 0L);
  set(CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_3));
  set(CURLOPT_SSL_VERIFYPEER, 1L);
  set(CURLOPT_SSL_VERIFYHOST, 2L);
  // Only this CA: what the system trusts is taken out.
  set(CURLOPT_CAINFO, static_cast<const char*>(nullptr));
  set(CURLOPT_CAPATH, static_cast<const char*>(nullptr));
  // From memory: once confined, a sensor opens no file.
  set_blob(CURLOPT_CAINFO_BLOB, ca_);
  set_blob(CURLOPT_SSLCERT_BLOB, certificate_);
  set_blob(CURLOPT_SSLKEY_BLOB, key_);
  // An empty one: the environment's proxies are not asked either.
  set(CURLOPT_PROXY, options_.proxy.c_str());
  set(CURLOPT_NOPROXY, "");
  set(CURLOPT_TCP_KEEPALIVE, 1L);
  set(CURLOPT_CONNECTTIMEOUT, static_cast<long>(options_.timeout.count()));
  set(CURLOPT_LOW_SPEED_LIMIT, 1L);
  set(CURLOPT_LOW_SPEED_TIME, static_cast<long>(options_.timeout.count()));
  set(CURLOPT_MAX_SEND_SPEED_LARGE,
      static_cast<curl_off_t>(std::min<std::uint64_t>(options_.bytes_per_second, INT64_MAX)));
  set(CURLOPT_CUSTOMREQUEST, "PUT");
  set(CURLOPT_HEADERFUNCTION, take_header);
  set(CURLOPT_WRITEFUNCTION, take_body);
  if (unset_ != CURLE_OK) {
    return failure(ErrorCode::internal,
                   fmt::format("libcurl cannot upload: {}", curl_easy_strerror(unset_)));
  }
  return {};
}

std::string CurlUploader::path_of(const SpooledBatch& batch) const {
  // A sensor's name may hold letters of any script.
  char* escaped = curl_easy_escape(handle_.get(), options_.sensor.data(),
                                   static_cast<int>(options_.sensor.size()));
  const std::string sensor(escaped == nullptr ? "" : escaped);
  curl_free(escaped);
  return fmt::format("/v1/batches/{}/{}/{}", sensor, batch.epoch, batch.sequence);
}

std::optional<UploadAnswer> CurlUploader::put(const std::string& collector,
                                              const SpooledBatch& batch, std::string& reason) {
  Incoming incoming;
  error_[0] = '\0';
  set(CURLOPT_URL, (collector + path_of(batch)).c_str());
  set(CURLOPT_POSTFIELDS, batch.bytes.data());
  set(CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(batch.bytes.size()));
  set(CURLOPT_HEADERDATA, &incoming);
  set(CURLOPT_WRITEDATA, &incoming);
  // Silence ends a transfer by the limit on its speed; this ends one that trickles.
  const std::uint64_t slowest = std::max<std::uint64_t>(options_.bytes_per_second, 1);
  const std::uint64_t expected = options_.bytes_per_second == 0 ? 0 : batch.bytes.size() / slowest;
  constexpr std::uint64_t kDay = 86'400;
  set(CURLOPT_TIMEOUT, 4 * static_cast<long>(options_.timeout.count()) +
                           2 * static_cast<long>(std::min(expected, kDay)));
  const CURLcode code = curl_easy_perform(handle_.get());
  if (code == CURLE_OK) {
    curl_easy_getinfo(handle_.get(), CURLINFO_RESPONSE_CODE, &incoming.answer.status);
    return incoming.answer;
  }
  const char* said = error_[0] != '\0' ? error_ : curl_easy_strerror(code);
  if (!reason.empty()) reason += "; ";
  reason += fmt::format("{}: {}", collector, printable(said, CURL_ERROR_SIZE));
  return std::nullopt;
}

UploadResult CurlUploader::send(const SpooledBatch& batch, const SpoolStatus& spool) {
  const auto time = std::chrono::duration_cast<std::chrono::microseconds>(
      std::chrono::system_clock::now().time_since_epoch());
  std::unique_ptr<curl_slist, FreeList> headers;
  for (const std::string& header :
       {fmt::format("Content-Type: {}", kBatchMediaType),
        fmt::format("Teiten-Version: {}", options_.program_version),
        fmt::format("Teiten-Time: {}", time.count()),
        fmt::format("Teiten-Spool-Bytes: {}", spool.bytes),
        fmt::format("Teiten-Spool-Limit: {}", spool.limit_bytes), std::string("Expect:")}) {
    if (curl_slist* longer = curl_slist_append(headers.get(), header.c_str()); longer != nullptr) {
      static_cast<void>(headers.release());
      headers.reset(longer);
    }
  }
  set(CURLOPT_HTTPHEADER, headers.get());
  if (current_ != 0 && Clock::now() >= prefer_at_) current_ = 0;
  UploadResult unreachable;
  const std::size_t count = options_.collectors.size();
  const std::size_t first = current_;
  for (std::size_t i = 0; i < count; ++i) {
    const std::size_t index = (first + i) % count;
    const std::string& collector = options_.collectors[index];
    const auto answer = put(collector, batch, unreachable.reason);
    if (!answer) continue;
    if (index != current_) prefer_at_ = Clock::now() + kPreferAgain;
    current_ = index;
    return result_of(*answer, collector);
  }
  current_ = 0;
  return unreachable;
}

}  // namespace

Result<std::unique_ptr<Uploader>> Uploader::create(UploadOptions options) {
  const auto invalid = [](std::string message) {
    return failure(ErrorCode::invalid_argument, std::move(message));
  };
  TEITEN_CHECK(check_sensor_name(options.sensor));
  if (options.collectors.empty() || options.collectors.size() > kMaxCollectors)
    return invalid(fmt::format("name 1 to {} collectors (https://host:port)", kMaxCollectors));
  for (std::string& collector : options.collectors) {
    while (collector.ends_with('/'))
      collector.pop_back();
    constexpr std::string_view kScheme = "https://";
    const std::string_view host = std::string_view(collector).substr(
        collector.starts_with(kScheme) ? kScheme.size() : collector.size());
    const bool plain = std::all_of(host.begin(), host.end(), [](char c) {
      return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
             std::string_view(".-:[]_").find(c) != std::string_view::npos;
    });
    if (host.empty() || !plain) {
      return invalid(fmt::format("'{}' is no collector's address: write https://host:port",
                                 printable(collector, kMaxAnswerBytes)));
    }
  }
  if (options.timeout < std::chrono::seconds(1) || options.timeout > std::chrono::hours(1))
    return invalid("the time-out of an upload is from 1 second to 1 hour");
  auto uploader = std::make_unique<CurlUploader>(std::move(options));
  TEITEN_CHECK(uploader->begin());
  return std::unique_ptr<Uploader>(std::move(uploader));
}

}  // namespace teiten
