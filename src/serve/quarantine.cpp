#include "serve/quarantine.h"

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <optional>
#include <span>
#include <tuple>
#include <utility>

#include <fmt/format.h>
#include <sys/stat.h>

#include "base/hash.h"
#include "base/private_file.h"
#include "serve/authority.h"
#include "serve/state_folder.h"

namespace teiten {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kExtension = ".batch";
constexpr std::uint64_t kBlockBytes = 512;  // of st_blocks
/// What a file takes at least: one block of common file systems.
constexpr std::uint64_t kLeastFileBytes = 4096;
constexpr std::size_t kMaxFileBytes = 16U << 20;

/// When the folder was last changed; 0: there is none.
std::int64_t change_of(const std::string& folder) {
  struct stat status {};
  if (::stat(folder.c_str(), &status) != 0) return 0;
  return status.st_mtim.tv_sec * 1'000'000'000 + status.st_mtim.tv_nsec;
}

std::uint64_t disk_bytes(const std::string& path) {
  struct stat status {};
  if (::lstat(path.c_str(), &status) != 0) return 0;
  return static_cast<std::uint64_t>(status.st_blocks) * kBlockBytes;
}

Quarantine::Usage usage_of(const std::string& folder) {
  Quarantine::Usage usage;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(folder, error)) {
    ++usage.files;
    usage.bytes += disk_bytes(entry.path().string());
  }
  return usage;
}

std::string name_of(std::uint64_t epoch, std::uint64_t sequence) {
  return fmt::format("{}-{}{}", epoch, sequence, kExtension);
}

std::string name_of(std::uint64_t epoch, std::uint64_t sequence, std::string_view bytes) {
  const Digest digest = digest_of(std::as_bytes(std::span(bytes)));
  return fmt::format("{}-{}-{}{}", epoch, sequence, digest.hex().substr(0, 16), kExtension);
}

std::optional<QuarantinedFile> parse_name(std::string_view name) {
  if (!name.ends_with(kExtension)) return std::nullopt;
  name.remove_suffix(kExtension.size());
  QuarantinedFile file;
  const char* const end = name.data() + name.size();
  const auto [dash, bad_epoch] = std::from_chars(name.data(), end, file.epoch);
  if (bad_epoch != std::errc() || dash == end || *dash != '-') return std::nullopt;
  const auto [rest, bad_sequence] = std::from_chars(dash + 1, end, file.sequence);
  if (bad_sequence != std::errc() || (rest != end && *rest != '-')) return std::nullopt;
  file.conflicting = rest != end;
  return file;
}

}  // namespace

Result<Quarantine> Quarantine::open(const std::string& folder) {
  TEITEN_CHECK(make_private_folder(folder));
  return Quarantine(folder);
}

Quarantine::Quarantine(Quarantine&& other) noexcept : folder_(std::move(other.folder_)) {}

Result<void> Quarantine::keep(const std::string& sensor, std::uint64_t epoch,
                              std::uint64_t sequence, std::string_view bytes) {
  const std::lock_guard lock(mutex_);
  const std::string name = name_of(epoch, sequence);
  const auto there = read_small_file(folder_ + "/" + sensor + "/" + name, kMaxFileBytes);
  if (there.ok() && *there != bytes) return write(sensor, name_of(epoch, sequence, bytes), bytes);
  return write(sensor, name, bytes);
}

Result<void> Quarantine::keep_conflicting(const std::string& sensor, std::uint64_t epoch,
                                          std::uint64_t sequence, std::string_view bytes) {
  const std::lock_guard lock(mutex_);
  return write(sensor, name_of(epoch, sequence, bytes), bytes);
}

Result<void> Quarantine::write(const std::string& sensor, const std::string& name,
                               std::string_view bytes) {
  const std::string folder = folder_ + "/" + sensor;
  TEITEN_CHECK(make_private_folder(folder));
  const std::string path = folder + "/" + name;
  std::error_code error;
  if (fs::exists(path, error)) return {};
  const std::uint64_t expected = std::max<std::uint64_t>(kLeastFileBytes, bytes.size());
  if (measured_.empty() || total_.bytes + expected > kMaxQuarantineBytes) measure_all();
  Measured& measured = measure(sensor);
  if (measured.usage.bytes + expected > kMaxSensorQuarantineBytes ||
      total_.bytes + expected > kMaxQuarantineBytes) {
    return failure(ErrorCode::limit_reached,
                   fmt::format("the quarantine {} is full: set the sensor's clock, then look at "
                               "what is there, and remove it or give it to teiten sensor readmit",
                               folder));
  }
  TEITEN_CHECK(write_private_file(path, bytes));
  const std::uint64_t taken = disk_bytes(path);
  for (Usage* usage : {&measured.usage, &total_}) {
    ++usage->files;
    usage->bytes += taken;
  }
  measured.changed = change_of(folder);
  return {};
}

Quarantine::Measured& Quarantine::measure(const std::string& sensor) const {
  const std::string folder = folder_ + "/" + sensor;
  Measured& measured = measured_[sensor];
  const std::int64_t changed = change_of(folder);
  if (changed == measured.changed) return measured;
  const Usage now = changed == 0 ? Usage{} : usage_of(folder);
  total_.files += now.files - measured.usage.files;
  total_.bytes += now.bytes - measured.usage.bytes;
  measured = {changed, now};
  return measured;
}

void Quarantine::measure_all() const {
  for (const auto& [sensor, measured] : std::map(measured_))
    measure(sensor);
  for (const std::string& sensor : sensors())
    measure(sensor);
}

Quarantine::Usage Quarantine::usage() const {
  const std::lock_guard lock(mutex_);
  measure_all();
  return total_;
}

std::vector<std::string> Quarantine::sensors() const {
  std::vector<std::string> names;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(folder_, error)) {
    const std::string name = entry.path().filename().string();
    if (is_fleet_name(name) && entry.is_directory(error)) names.push_back(name);
  }
  std::sort(names.begin(), names.end());
  return names;
}

std::vector<QuarantinedFile> Quarantine::files(const std::string& sensor) const {
  std::vector<QuarantinedFile> files;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(folder_ + "/" + sensor, error)) {
    auto file = parse_name(entry.path().filename().string());
    if (!file) continue;
    file->path = entry.path().string();
    files.push_back(*std::move(file));
  }
  std::sort(files.begin(), files.end(), [](const QuarantinedFile& a, const QuarantinedFile& b) {
    return std::tie(a.epoch, a.sequence, a.path) < std::tie(b.epoch, b.sequence, b.path);
  });
  return files;
}

}  // namespace teiten
