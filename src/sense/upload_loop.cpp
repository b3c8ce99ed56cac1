#include "sense/upload_loop.h"

#include <algorithm>
#include <functional>
#include <random>

#include <netdb.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include "sense/batch_clock.h"
#include "sense/bundle.h"
#include "sense/spool_folder.h"

namespace teiten {
namespace {

constexpr auto kLeastWait = std::chrono::seconds(1);
constexpr auto kMostWait = std::chrono::minutes(5);
/// A name may get other addresses.
constexpr auto kResolveAgain = std::chrono::minutes(10);

std::uint64_t random_seed() {
  std::random_device device;
  return (std::uint64_t{device()} << 32) | device();
}

std::optional<IpAddress> address_of(const sockaddr* address) {
  if (address->sa_family == AF_INET) {
    return IpAddress::from_v4_bytes(reinterpret_cast<const std::uint8_t*>(
        &reinterpret_cast<const sockaddr_in*>(address)->sin_addr));
  }
  if (address->sa_family == AF_INET6) {
    return IpAddress::from_v6_bytes(reinterpret_cast<const std::uint8_t*>(
        &reinterpret_cast<const sockaddr_in6*>(address)->sin6_addr));
  }
  return std::nullopt;
}

}  // namespace

std::vector<Endpoint> resolve_endpoints(const std::vector<std::string>& urls) {
  std::vector<Endpoint> endpoints;
  for (const std::string& url : urls) {
    const auto place = host_and_port(url);
    if (!place.ok()) continue;
    addrinfo hints{};
    hints.ai_socktype = SOCK_STREAM;
    addrinfo* found = nullptr;
    if (getaddrinfo(place->host.c_str(), place->port.c_str(), &hints, &found) != 0) continue;
    for (const addrinfo* at = found; at != nullptr; at = at->ai_next) {
      const auto address = address_of(at->ai_addr);
      if (address && endpoints.size() < kMaxEndpoints) {
        endpoints.push_back({*address, static_cast<std::uint16_t>(std::stoul(place->port))});
      }
    }
    freeaddrinfo(found);
  }
  std::sort(endpoints.begin(), endpoints.end());
  endpoints.erase(std::unique(endpoints.begin(), endpoints.end()), endpoints.end());
  return endpoints;
}

UploadLoop::UploadLoop(SharedSpool& shared, std::unique_ptr<Uploader> uploader,
                       std::vector<std::string> urls, std::string folder, EndpointSink endpoints)
    : shared_(shared),
      uploader_(std::move(uploader)),
      urls_(std::move(urls)),
      folder_(std::move(folder)),
      endpoints_(std::move(endpoints)),
      back_off_(kLeastWait, kMostWait, random_seed()),
      thread_([this] { run(); }) {}

UploadLoop::~UploadLoop() {
  stop();
  thread_.join();
}

void UploadLoop::end_with(Last last) {
  const std::lock_guard lock(shared_.mutex);
  ending_ = true;
  last_ = last;
  shared_.changed.notify_all();
}

void UploadLoop::stop() {
  const std::lock_guard lock(shared_.mutex);
  stopping_ = true;
  shared_.changed.notify_all();
}

void UploadLoop::run() {
  tell_endpoints();
  while (const auto batch = wait_for_batch()) {
    SpoolStatus spool;
    {
      const std::lock_guard lock(shared_.mutex);
      spool = shared_.spool->status();
    }
    const UploadResult result = uploader_->send(*batch, spool);
    settle(*batch, result);
    if (result.outcome != UploadOutcome::retry_later) {
      back_off_.reset();
    } else {
      wait(back_off_.next(result.retry_after));
      tell_endpoints();
    }
    if (std::chrono::steady_clock::now() - resolved_ > kResolveAgain) tell_endpoints();
  }
  ended_.store(true);
}

std::optional<SpooledBatch> UploadLoop::wait_for_batch() {
  std::unique_lock lock(shared_.mutex);
  while (!stopping_) {
    auto front = shared_.spool->front();
    if (front.ok() && *front) return std::move(**front);
    if (!front.ok()) shared_.status.last_error = front.error().message;
    if (front.ok() && ending_) return std::nullopt;
    // A spool that cannot be read now may be so later.
    shared_.changed.wait_for(lock, front.ok() ? std::chrono::seconds(3600) : kLeastWait * 5);
  }
  return std::nullopt;
}

void UploadLoop::settle(const SpooledBatch& batch, const UploadResult& result) {
  Result<void> kept;
  if (result.outcome == UploadOutcome::refused) kept = keep_refused(folder_, batch);
  const std::lock_guard lock(shared_.mutex);
  SensorStatus& status = shared_.status;
  const Duration now = read_clocks().running;
  if (result.outcome == UploadOutcome::retry_later) {
    ++status.failures;
    status.last_error = result.reason;
    failing_.begins("cannot send: " + result.reason + "; batches wait in the spool", now);
    return;
  }
  if (result.outcome == UploadOutcome::acknowledged) {
    ++status.acknowledged;
    failing_.ends("the collector takes batches again", now);
    refusing_.ends("the collector refuses no more", now);
    status.last_acknowledged = to_microseconds(read_clocks().wall);
  } else {
    ++status.refused;
    status.last_error = kept.ok() ? result.reason : kept.error().message;
    refusing_.begins(
        "the collector will never take a batch, which is kept in refused/: " + result.reason, now);
  }
  // Only this loop asks for the front: it is still that batch, or it was pushed out meanwhile.
  if (auto gone = shared_.spool->acknowledge_front(); !gone.ok())
    status.last_error = gone.error().message;
}

void UploadLoop::wait(std::chrono::milliseconds time) {
  std::unique_lock lock(shared_.mutex);
  // New batches do not shorten the wait.
  const auto over = [this] { return stopping_ || (ending_ && last_ == Last::attempt); };
  shared_.changed.wait_for(lock, time, over);
  if (over()) stopping_ = true;
}

void UploadLoop::tell_endpoints() {
  resolved_ = std::chrono::steady_clock::now();
  endpoints_(resolve_endpoints(urls_));
}

}  // namespace teiten
