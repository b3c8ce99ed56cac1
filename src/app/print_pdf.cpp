#include "app/print_pdf.h"

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <string_view>
#include <vector>

#include <fcntl.h>
#include <fmt/format.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

namespace teiten {
namespace {

namespace fs = std::filesystem;

std::string find_browser() {
  const char* path = std::getenv("PATH");
  for (const char* name : {"chromium", "chromium-browser", "google-chrome"}) {
    std::string_view rest = path != nullptr ? path : "/usr/bin:/bin";
    while (!rest.empty()) {
      const std::size_t colon = rest.find(':');
      std::string candidate = fmt::format("{}/{}", rest.substr(0, colon), name);
      if (access(candidate.c_str(), X_OK) == 0) return candidate;
      rest.remove_prefix(colon == std::string_view::npos ? rest.size() : colon + 1);
    }
  }
  return {};
}

/// Runs the program without a shell, its output thrown away; its exit status.
int run_quietly(const std::vector<std::string>& arguments) {
  std::vector<char*> argv;
  argv.reserve(arguments.size() + 1);
  for (const std::string& argument : arguments)
    argv.push_back(const_cast<char*>(argument.c_str()));
  argv.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  for (const int descriptor : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    posix_spawn_file_actions_addopen(&actions, descriptor, "/dev/null", O_RDWR, 0);
  }
  pid_t child = 0;
  const int spawned = posix_spawn(&child, argv[0], &actions, nullptr, argv.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  if (spawned != 0) return -1;
  int status = 0;
  while (waitpid(child, &status, 0) < 0) {
    if (errno != EINTR) return -1;
  }
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

}  // namespace

Result<void> print_pdf(const std::string& html_path, const std::string& pdf_path) {
  const std::string browser = find_browser();
  if (browser.empty()) {
    return failure(
        ErrorCode::not_found,
        "--pdf needs Chromium, which is not installed here (Debian: apt-get install chromium)");
  }
  std::error_code error;
  std::string profile = (fs::temp_directory_path(error) / "teiten-pdf-XXXXXX").string();
  if (error || mkdtemp(profile.data()) == nullptr) {
    return failure(
        ErrorCode::io_error,
        fmt::format("cannot make a folder for Chromium's profile: {}", std::strerror(errno)));
  }
  fs::remove(pdf_path, error);
  std::vector<std::string> arguments = {browser,
                                        "--headless",
                                        "--disable-gpu",
                                        "--no-first-run",
                                        "--disable-background-networking",
                                        "--disable-component-update",
                                        "--disable-sync",
                                        "--no-pdf-header-footer",
                                        "--virtual-time-budget=10000",
                                        "--user-data-dir=" + profile,
                                        "--print-to-pdf=" + fs::absolute(pdf_path).string(),
                                        "file://" + fs::absolute(html_path).string()};
  // Chromium's sandbox refuses to run as root; the page is our own and its policy forbids any
  // network.
  if (geteuid() == 0) arguments.insert(arguments.begin() + 1, "--no-sandbox");
  const int status = run_quietly(arguments);
  fs::remove_all(profile, error);
  if (status != 0 || !fs::exists(pdf_path, error) || fs::file_size(pdf_path, error) == 0) {
    return failure(ErrorCode::io_error,
                   fmt::format("{} did not write {} (exit status {})", browser, pdf_path, status));
  }
  return {};
}

}  // namespace teiten
