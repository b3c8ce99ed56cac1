#include "capture/rotations.h"

#include <algorithm>
#include <filesystem>
#include <utility>

namespace teiten {

namespace fs = std::filesystem;

std::vector<std::string> rotations_of(const std::string& path) {
  const fs::path log(path);
  const fs::path folder = log.has_parent_path() ? log.parent_path() : fs::path(".");
  const std::string name = log.filename().string();
  std::vector<std::pair<fs::file_time_type, std::string>> found;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(folder, error)) {
    const std::string other = entry.path().filename().string();
    if (other.size() <= name.size() + 1 || !other.starts_with(name)) continue;
    if (other[name.size()] != '.' && other[name.size()] != '-') continue;
    std::error_code ignored;
    if (!entry.is_regular_file(ignored)) continue;
    const auto changed = entry.last_write_time(ignored);
    const std::string as_given = log.has_parent_path() ? entry.path().string() : other;
    if (!ignored) found.emplace_back(changed, as_given);
  }
  std::sort(found.rbegin(), found.rend());
  std::vector<std::string> paths;
  for (const auto& [changed, rotated] : found)
    if (paths.size() < kMaxRotations) paths.push_back(rotated);
  return paths;
}

}  // namespace teiten
