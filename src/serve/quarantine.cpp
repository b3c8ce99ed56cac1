#include "serve/quarantine.h"

#include <filesystem>
#include <utility>

#include <fmt/format.h>

#include "base/private_file.h"
#include "serve/state_folder.h"

namespace teiten {
namespace {

namespace fs = std::filesystem;

std::uint64_t bytes_in(const std::string& folder) {
  std::uint64_t bytes = 0;
  std::error_code error;
  for (const auto& entry : fs::recursive_directory_iterator(folder, error)) {
    std::error_code gone;
    if (!entry.is_regular_file(gone)) continue;
    const std::uint64_t size = entry.file_size(gone);
    if (!gone) bytes += size;
  }
  return bytes;
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
  const std::string folder = folder_ + "/" + sensor;
  TEITEN_CHECK(make_private_folder(folder));
  const std::string path = fmt::format("{}/{}-{}.batch", folder, epoch, sequence);
  std::error_code error;
  if (fs::exists(path, error)) return {};
  // Read anew each time: a person may have emptied it. Batches with a wrong time are rare.
  if (bytes_in(folder) + bytes.size() > kMaxSensorQuarantineBytes ||
      bytes_in(folder_) + bytes.size() > kMaxQuarantineBytes) {
    return failure(ErrorCode::limit_reached,
                   fmt::format("the quarantine {} is full: set the sensor's clock, then look at "
                               "and remove what is there",
                               folder));
  }
  return write_private_file(path, bytes);
}

}  // namespace teiten
