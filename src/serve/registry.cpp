#include "serve/registry.h"

#include <algorithm>
#include <filesystem>
#include <map>
#include <mutex>
#include <optional>
#include <tuple>

#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <sys/stat.h>

#include "base/private_file.h"
#include "serve/authority.h"
#include "serve/state_folder.h"

namespace teiten {
namespace {

using nlohmann::json;

constexpr std::size_t kMaxRecordBytes = 16U << 10;
constexpr const char* kEnabled = "enabled";
constexpr const char* kDisabled = "disabled";

std::string time_text(UtcTime time) {
  return time == UtcTime{} ? std::string() : format_utc(time);
}

std::string text_of(const SensorRecord& record) {
  json object = {{"state", record.enabled ? kEnabled : kDisabled},
                 {"serial", record.serial},
                 {"expires", time_text(record.expires)},
                 {"created", time_text(record.created)},
                 {"renewed", time_text(record.renewed)}};
  if (!record.next_serial.empty()) {
    object["next_serial"] = record.next_serial;
    object["next_expires"] = time_text(record.next_expires);
  }
  return object.dump(2) + "\n";
}

std::optional<SensorRecord> record_from(const std::string& name, const std::string& text) {
  const json object = json::parse(text, nullptr, false);
  if (!object.is_object()) return std::nullopt;
  const auto string = [&](const char* key) {
    const auto at = object.find(key);
    return at != object.end() && at->is_string() ? at->get<std::string>() : std::string();
  };
  const auto time = [&](const char* key) {
    return TimeZone().parse(string(key)).value_or(UtcTime{});
  };
  SensorRecord record;
  record.name = name;
  const std::string state = string("state");
  if (state != kEnabled && state != kDisabled) return std::nullopt;
  record.enabled = state == kEnabled;
  record.serial = string("serial");
  if (record.serial.empty()) return std::nullopt;
  record.expires = time("expires");
  record.next_serial = string("next_serial");
  record.next_expires = time("next_expires");
  record.created = time("created");
  record.renewed = time("renewed");
  return record;
}

/// Changes whenever a file is replaced.
using FileStamp = std::tuple<ino_t, off_t, std::int64_t, std::int64_t>;

std::optional<FileStamp> stamp_of(const std::string& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) return std::nullopt;
  return FileStamp(status.st_ino, status.st_size, status.st_mtim.tv_sec, status.st_mtim.tv_nsec);
}

}  // namespace

struct Registry::Cache {
  struct Entry {
    FileStamp stamp;
    SensorRecord record;
  };
  std::mutex mutex;
  std::map<std::string, Entry> entries;
};

Registry::Registry(std::string folder)
    : state_(std::move(folder)), folder_(state_ + "/sensors"), cache_(std::make_unique<Cache>()) {}
Registry::Registry(Registry&&) noexcept = default;
Registry::~Registry() = default;

Result<Registry> Registry::open(const std::string& state) {
  Registry registry(state);
  TEITEN_CHECK(make_private_folder(state));
  TEITEN_CHECK(make_private_folder(registry.folder_));
  return registry;
}

Result<Registry> Registry::open_existing(const std::string& state) {
  Registry registry(state);
  std::error_code error;
  if (!std::filesystem::is_directory(registry.folder_, error)) {
    return failure(ErrorCode::not_found,
                   fmt::format("no collector has its folder at {}: name the collector's store by "
                               "--store, or its folder by --state",
                               state));
  }
  return registry;
}

std::string Registry::path_of(const std::string& name) const {
  return fmt::format("{}/{}.json", folder_, name);
}

Result<SensorRecord> Registry::find(const std::string& name) const {
  const Error unknown = failure(
      ErrorCode::not_found,
      fmt::format("no sensor {} in {}: teiten sensor list names those there are", name, folder_));
  if (!is_fleet_name(name)) return unknown;
  const auto text = read_small_file(path_of(name), kMaxRecordBytes);
  if (!text.ok()) return text.error().code == ErrorCode::not_found ? unknown : text.error();
  auto record = record_from(name, *text);
  if (!record) {
    return failure(
        ErrorCode::malformed,
        fmt::format(
            "{} is damaged: put it back from the backup, or remove it and add the sensor again",
            path_of(name)));
  }
  return *std::move(record);
}

Result<void> Registry::add(const SensorRecord& record) {
  if (!is_fleet_name(record.name))
    return failure(ErrorCode::invalid_argument, fmt::format("{} is no sensor's name", record.name));
  TEITEN_TRY(const FolderLock lock, FolderLock::take(state_));
  if (stamp_of(path_of(record.name))) {
    TEITEN_TRY(const SensorRecord there, find(record.name));
    return failure(ErrorCode::invalid_argument,
                   fmt::format("there is a sensor {} already: teiten sensor renew {} makes a new "
                               "certificate for it",
                               record.name, record.name));
  }
  TEITEN_TRY(const std::vector<SensorRecord> all, list());
  if (all.size() >= kMaxFleetSensors) {
    return failure(
        ErrorCode::limit_reached,
        fmt::format("{} holds {} sensors, the most a collector can", folder_, kMaxFleetSensors));
  }
  return write_private_file(path_of(record.name), text_of(record));
}

Result<std::vector<SensorRecord>> Registry::list() const {
  std::vector<SensorRecord> records;
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(folder_, error)) {
    if (entry.path().extension() != ".json") continue;
    const std::string name = entry.path().stem().string();
    if (!is_fleet_name(name)) continue;
    auto record = find(name);
    if (record.ok()) {
      records.push_back(*std::move(record));
    } else if (record.error().code != ErrorCode::not_found) {
      SensorRecord damaged;
      damaged.name = name;
      damaged.enabled = false;
      damaged.damage = record.error().message;
      records.push_back(std::move(damaged));
    }
  }
  if (error)
    return failure(ErrorCode::io_error,
                   fmt::format("cannot read {}: {}", folder_, error.message()));
  std::sort(records.begin(), records.end(),
            [](const SensorRecord& a, const SensorRecord& b) { return a.name < b.name; });
  return records;
}

Result<SensorRecord> Registry::change(const std::string& name,
                                      const std::function<void(SensorRecord&)>& edit,
                                      std::chrono::milliseconds patience) {
  TEITEN_TRY(const FolderLock lock, FolderLock::take(state_, patience));
  TEITEN_TRY(SensorRecord record, find(name));
  edit(record);
  TEITEN_CHECK(write_private_file(path_of(name), text_of(record)));
  return record;
}

Result<Admission> Registry::admit(const std::string& name, const std::string& serial) {
  const auto stamp = stamp_of(path_of(name));
  if (!is_fleet_name(name) || !stamp) return Admission::unknown_sensor;
  SensorRecord record;
  {
    const std::lock_guard lock(cache_->mutex);
    auto at = cache_->entries.find(name);
    if (at == cache_->entries.end() || at->second.stamp != *stamp) {
      TEITEN_TRY(SensorRecord fresh, find(name));
      at = cache_->entries.insert_or_assign(name, Cache::Entry{*stamp, std::move(fresh)}).first;
    }
    record = at->second.record;
  }
  if (!record.enabled) return Admission::disabled;
  if (serial == record.serial) return Admission::admitted;
  if (serial != record.next_serial) return Admission::superseded_certificate;
  // Somebody else may have changed it since: decided again under the lock.
  constexpr auto kNoPatience = std::chrono::milliseconds(0);
  const auto use_renewed = [&](SensorRecord& now) {
    if (now.next_serial != serial) return;
    now.serial = std::exchange(now.next_serial, {});
    now.expires = std::exchange(now.next_expires, {});
  };
  TEITEN_TRY(const SensorRecord changed, change(name, use_renewed, kNoPatience));
  if (!changed.enabled) return Admission::disabled;
  return changed.serial == serial ? Admission::admitted : Admission::superseded_certificate;
}

}  // namespace teiten
