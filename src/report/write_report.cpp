#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <set>

#include <fmt/format.h>
#include <unistd.h>

#include "report/html.h"
#include "report/report.h"

namespace teiten {
namespace {

namespace fs = std::filesystem;

ErrorCode code_of(const std::error_code& error) {
  return error == std::errc::permission_denied ? ErrorCode::permission_denied : ErrorCode::io_error;
}

Result<void> make_directory(const fs::path& directory) {
  std::error_code error;
  fs::create_directories(directory, error);
  if (!error) return {};
  return failure(code_of(error), fmt::format("cannot make the directory {}: {}", directory.string(),
                                             error.message()));
}

/// Writes beside the file and renames, so that a reader never sees half of it.
Result<void> write_file(const fs::path& path, std::string_view content) {
  const fs::path partial = path.string() + fmt::format(".{}.part", ::getpid());
  std::ofstream out(partial, std::ios::binary | std::ios::trunc);
  out.write(content.data(), static_cast<std::streamsize>(content.size()));
  out.close();
  std::error_code error;
  if (!out) {
    const std::error_code cause(errno, std::generic_category());
    fs::remove(partial, error);
    return failure(code_of(cause),
                   fmt::format("cannot write {}: {}", path.string(), cause.message()));
  }
  fs::rename(partial, path, error);
  if (!error) return {};
  const std::string reason = error.message();
  const ErrorCode code = code_of(error);
  fs::remove(partial, error);
  return failure(code, fmt::format("cannot write {}: {}", path.string(), reason));
}

/// Figures of an earlier report in the same directory that this one does not have.
void remove_old_figures(const fs::path& directory, const std::set<std::string>& names) {
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(directory, error)) {
    const std::string name = entry.path().filename().string();
    const bool ours = name.starts_with("figure-") && name.ends_with(".csv");
    if (ours && !names.contains(name)) fs::remove(entry.path(), error);
  }
}

}  // namespace

Result<void> write_report(const ReportModel& model, const std::string& directory) {
  const fs::path base(directory);
  const fs::path figures = base / "figures";
  TEITEN_CHECK(make_directory(figures));
  std::set<std::string> names;
  for (const auto& [name, content] : figures_csv(model)) {
    TEITEN_CHECK(write_file(figures / name, content));
    names.insert(name);
  }
  remove_old_figures(figures, names);
  const std::string json = to_json(model);
  TEITEN_CHECK(write_file(base / "report.json", json));
  TEITEN_CHECK(write_file(base / "report.md", to_markdown(model)));
  TEITEN_CHECK(write_file(base / "report.html", render_html(json)));
  return {};
}

}  // namespace teiten
