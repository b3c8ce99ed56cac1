#include "store/lend.h"

#include <atomic>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <utility>

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/file_descriptor.h"

namespace teiten {
namespace {

/// Another borrower may be counting a month.
constexpr auto kLoanPatience = std::chrono::seconds(60);
constexpr auto kStatusPatience = std::chrono::seconds(10);
/// A thousand sensors with a few hundred bytes each, and far more.
constexpr std::size_t kMaxStatusBytes = 16U << 20;
constexpr int kBacklog = 64;

Error socket_failure(std::string_view what, const std::string& path) {
  const int number = errno;
  const ErrorCode code = number == EACCES || number == EPERM          ? ErrorCode::permission_denied
                         : number == ENOENT || number == ECONNREFUSED ? ErrorCode::not_found
                                                                      : ErrorCode::io_error;
  return failure(code, fmt::format("cannot {} {}: {}", what, path, std::strerror(number)));
}

/// A socket's name has room for 107 bytes, a path for many more: so it is named through its folder.
Result<sockaddr_un> address_of(const std::string& path, const FileDescriptor& folder) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  const std::string name = path.size() < sizeof address.sun_path
                               ? path
                               : fmt::format("/proc/self/fd/{}/{}", folder.number(),
                                             std::filesystem::path(path).filename().string());
  if (name.size() >= sizeof address.sun_path) {
    return failure(ErrorCode::invalid_argument,
                   fmt::format("{}: its name is too long for a socket: give the store a shorter "
                               "name",
                               path));
  }
  std::memcpy(address.sun_path, name.c_str(), name.size() + 1);
  return address;
}

int open_folder_of(const std::string& path) {
  const auto folder = std::filesystem::path(path).parent_path();
  return ::open(folder.empty() ? "." : folder.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC);
}

Result<int> connect_to(const std::string& path) {
  const FileDescriptor folder(open_folder_of(path));
  TEITEN_TRY(const sockaddr_un address, address_of(path, folder));
  FileDescriptor fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (!fd.is_open()) return socket_failure("make a socket for", path);
  if (::connect(fd.number(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
    return socket_failure("connect to", path);
  return fd.release();
}

Result<void> send_line(int fd, const std::string& line, const std::string& path) {
  std::size_t done = 0;
  while (done < line.size()) {
    const ssize_t put = ::send(fd, line.data() + done, line.size() - done, MSG_NOSIGNAL);
    if (put < 0 && errno == EINTR) continue;
    if (put < 0) return socket_failure("write to", path);
    done += static_cast<std::size_t>(put);
  }
  return {};
}

/// The first line, without its end; nothing if the other side closes before. busy after `patience`.
Result<std::optional<std::string>> read_line(int fd, std::size_t most,
                                             std::chrono::milliseconds patience,
                                             const std::string& path) {
  const auto until = std::chrono::steady_clock::now() + patience;
  std::string line;
  char buffer[4096];
  for (;;) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
        until - std::chrono::steady_clock::now());
    if (left.count() <= 0)
      return failure(ErrorCode::busy,
                     fmt::format("{} did not answer in {} s", path, patience.count() / 1000));
    pollfd wait{fd, POLLIN, 0};
    if (::poll(&wait, 1, static_cast<int>(left.count())) <= 0) continue;
    const ssize_t got = ::read(fd, buffer, sizeof buffer);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return std::optional<std::string>();
    line.append(buffer, static_cast<std::size_t>(got));
    if (const auto end = line.find('\n'); end != std::string::npos)
      return std::optional<std::string>(line.substr(0, end));
    if (line.size() > most)
      return failure(ErrorCode::limit_reached, fmt::format("{} answered without end", path));
  }
}

/// "import": what the collector calls this borrower.
std::string name_of_command() {
  std::ifstream arguments("/proc/self/cmdline", std::ios::binary);
  std::string program;
  std::string command;
  std::getline(arguments, program, '\0');
  std::getline(arguments, command, '\0');
  constexpr std::size_t kMaxNameBytes = 32;
  std::string name;
  for (const char c : command.substr(0, kMaxNameBytes))
    if ((c >= 'a' && c <= 'z') || c == '-') name += c;
  return name.empty() ? "command" : name;
}

pid_t pid_of_peer(int fd) {
  ucred peer{};
  socklen_t size = sizeof peer;
  return ::getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &size) == 0 ? peer.pid : 0;
}

void say_once(pid_t collector) {
  static std::atomic<bool> said{false};
  if (!said.exchange(true))
    std::fprintf(stderr, "teiten: note: the collector (pid %d) lends the store\n", collector);
}

}  // namespace

std::string control_socket_path(const std::string& store) {
  std::error_code error;
  const auto real = std::filesystem::weakly_canonical(store, error);
  return (error ? store : real.string()) + ".sock";
}

Result<int> connect_to_collector(const std::string& store) {
  return connect_to(control_socket_path(store));
}

Result<int> listen_for_borrowers(const std::string& store) {
  const std::string path = control_socket_path(store);
  const FileDescriptor folder(open_folder_of(path));
  TEITEN_TRY(const sockaddr_un address, address_of(path, folder));
  if (auto other = connect_to(path); other.ok()) {
    const pid_t pid = pid_of_peer(*other);
    ::close(*other);
    return failure(ErrorCode::busy,
                   fmt::format("the store {} has a collector already: process {}", store, pid));
  }
  struct stat status {};
  if (::lstat(path.c_str(), &status) == 0) {
    if (!S_ISSOCK(status.st_mode))
      return failure(ErrorCode::invalid_argument, fmt::format("{} is no socket: remove it", path));
    ::unlink(path.c_str());
  }
  FileDescriptor fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!fd.is_open()) return socket_failure("make a socket for", path);
  // The mode of the socket before it is bound is the mode it is bound with: nobody can slip in.
  if (::fchmod(fd.number(), 0600) != 0) return socket_failure("protect", path);
  if (::bind(fd.number(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
    return socket_failure("make", path);
  if (::chmod(path.c_str(), 0600) != 0 || ::listen(fd.number(), kBacklog) != 0)
    return socket_failure("listen on", path);
  return fd.release();
}

Result<std::optional<Loan>> Loan::ask(const std::string& store, StoreMode mode) {
  const std::string path = control_socket_path(store);
  const auto connected = connect_to(path);
  // Who may not talk to the collector is told by the file's lock what is the matter.
  if (!connected.ok()) return std::optional<Loan>();
  Loan loan(*connected);
  const auto sent = send_line(
      *connected,
      fmt::format("lend {} {}\n", mode == StoreMode::read ? "read" : "write", name_of_command()),
      path);
  // The collector may end at any moment; then the store is free.
  if (!sent.ok()) return std::optional<Loan>();
  const auto answer = read_line(*connected, kMaxControlLineBytes, kLoanPatience, path);
  if (!answer.ok()) {
    return failure(
        ErrorCode::busy,
        fmt::format("the store {} is with its collector (process {}), which did not lend "
                    "it within {} s: another command has it; wait until that has finished",
                    store, pid_of_peer(*connected), kLoanPatience.count()));
  }
  if (!*answer) return std::optional<Loan>();
  if (**answer != "lent") {
    return failure(ErrorCode::busy,
                   fmt::format("the collector of {} does not lend it: {}", store, **answer));
  }
  say_once(pid_of_peer(*connected));
  return std::optional<Loan>(std::move(loan));
}

Loan::Loan(Loan&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}

Loan::~Loan() {
  if (fd_ >= 0) ::close(fd_);
}

Result<std::string> ask_collector_status(const std::string& store) {
  const std::string path = control_socket_path(store);
  TEITEN_TRY(const int connected, connect_to(path));
  const FileDescriptor fd(connected);
  TEITEN_CHECK(send_line(fd.number(), "status\n", path));
  TEITEN_TRY(auto line, read_line(fd.number(), kMaxStatusBytes, kStatusPatience, path));
  if (!line) return failure(ErrorCode::io_error, fmt::format("{} closed without an answer", path));
  return *std::move(line);
}

}  // namespace teiten
