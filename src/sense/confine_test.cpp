#include "sense/confine.h"

#include <array>
#include <cstdlib>
#include <filesystem>
#include <sstream>
#include <string>
#include <thread>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <linux/landlock.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

namespace teiten {
namespace {

/// Runs `body` in a process of its own, as a sensor's process runs; its exit status, or minus the
/// signal that ended it.
template <typename Body>
int in_child(Body body) {
  const pid_t child = fork();
  // An exception must not lead back into the other tests.
  if (child == 0) [&]() noexcept { _exit(body()); }();
  int status = 0;
  waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

constexpr int kPassed = 1;
constexpr int kRefused = 0;
constexpr int kNotConfined = 100;

bool has_landlock() {
  return syscall(SYS_landlock_create_ruleset, nullptr, 0, LANDLOCK_CREATE_RULESET_VERSION) >= 1;
}

User unprivileged() {
  if (geteuid() != 0) return {"this", geteuid(), getegid()};
  return *find_user("nobody");
}

bool becomes_watcher() {
  return drop_privileges(unprivileged()).ok() && allow_only_files({}).ok() &&
         allow_only_watching().ok();
}

/// What an attacker tries who has taken over the process; kPassed if it works.
struct Attempt {
  const char* name;
  int (*run)();
  bool landlock_refuses;  ///< though calls are not filtered
};

int open_file() {
  return open("/etc/passwd", O_RDONLY) >= 0 ? kPassed : kRefused;
}
int write_file() {
  return open("/dev/null", O_WRONLY) >= 0 ? kPassed : kRefused;
}
int open_file_otherwise() {
  return syscall(SYS_openat, AT_FDCWD, "/etc/passwd", O_RDONLY) >= 0 ? kPassed : kRefused;
}
int run_program() {
  execl("/bin/sh", "sh", "-c", "exit 1", nullptr);  // 1 is kPassed
  return kRefused;
}
int make_internet_socket() {
  return socket(AF_INET, SOCK_STREAM, 0) >= 0 ? kPassed : kRefused;
}
int make_local_socket() {
  return socket(AF_UNIX, SOCK_DGRAM, 0) >= 0 ? kPassed : kRefused;
}
int start_process() {
  const pid_t child = fork();
  if (child == 0) _exit(0);
  if (child < 0) return kRefused;
  waitpid(child, nullptr, 0);
  return kPassed;
}
int signal_parent() {
  return kill(getppid(), 0) == 0 ? kPassed : kRefused;
}
int map_code() {
  return mmap(nullptr, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1,
              0) != MAP_FAILED
             ? kPassed
             : kRefused;
}

constexpr Attempt kAttempts[] = {
    {"open_file", open_file, true},
    {"write_file", write_file, true},
    {"open_file_otherwise", open_file_otherwise, true},
    {"run_program", run_program, true},
    {"make_internet_socket", make_internet_socket, false},
    {"make_local_socket", make_local_socket, false},
    {"start_process", start_process, false},
    {"signal_parent", signal_parent, false},
    {"map_code", map_code, false},
};

class ConfinedWatcher : public ::testing::TestWithParam<Attempt> {};

TEST_P(ConfinedWatcher, CanDoNothingElse) {
  const Attempt& attempt = GetParam();
  // Any process can: what is refused below is refused because of the confinement.
  ASSERT_EQ(in_child(attempt.run), kPassed);
  if (!kFiltersCalls && !(attempt.landlock_refuses && has_landlock()))
    GTEST_SKIP() << "calls are not filtered in a sanitized build";
  EXPECT_EQ(in_child([&] { return becomes_watcher() ? attempt.run() : kNotConfined; }), kRefused);
}

INSTANTIATE_TEST_SUITE_P(Attempts, ConfinedWatcher, ::testing::ValuesIn(kAttempts),
                         [](const auto& tested) { return std::string(tested.param.name); });

/// A line of /proc/self/status, from a file that was opened before: "CapEff" → "0000000000000000".
std::string status_field(int file, const std::string& name) {
  std::array<char, 8192> bytes{};
  const ssize_t size = pread(file, bytes.data(), bytes.size(), 0);
  std::istringstream lines(
      std::string(bytes.data(), size > 0 ? static_cast<std::size_t>(size) : 0));
  for (std::string line; std::getline(lines, line);) {
    if (!line.starts_with(name + ":")) continue;
    const std::size_t value = line.find_first_not_of("\t ", name.size() + 1);
    return value == std::string::npos ? "" : line.substr(value);
  }
  return "";
}

TEST(Confine, TheKernelAgrees) {
  if (geteuid() != 0) GTEST_SKIP() << "only root has privileges to give up";
  const std::string none(16, '0');
  EXPECT_EQ(in_child([&] {
              const int file = open("/proc/self/status", O_RDONLY);
              if (status_field(file, "CapEff") == none) return 1;
              if (!becomes_watcher()) return kNotConfined;
              int bit = 2;
              for (const char* field : {"CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"}) {
                if (status_field(file, field) != none) return bit;
                ++bit;
              }
              if (status_field(file, "NoNewPrivs") != "1") return 10;
              if (status_field(file, "Uid") != "65534\t65534\t65534\t65534") return 11;
              if (status_field(file, "Gid") != "65534\t65534\t65534\t65534") return 12;
              if (!status_field(file, "Groups").empty()) return 13;
              if (kFiltersCalls && status_field(file, "Seccomp") != "2") return 14;
              return 0;
            }),
            0);
}

TEST(Confine, WhatIsOpenStaysUsable) {
  int ends[2];
  ASSERT_EQ(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
  EXPECT_EQ(in_child([&] {
              if (!becomes_watcher()) return kNotConfined;
              // Memory too: beyond what the allocator has.
              const std::string text(4U << 20, 'x');
              return write(ends[1], text.data(), 5) == 5 ? 0 : 1;
            }),
            0);
  std::array<char, 8> bytes{};
  EXPECT_EQ(read(ends[0], bytes.data(), bytes.size()), 5);
  EXPECT_STREQ(bytes.data(), "xxxxx");
}

class ConfinedKeeper : public ::testing::Test {
 protected:
  void SetUp() override {
    char name[] = "/tmp/teiten-confine-XXXXXX";
    ASSERT_NE(mkdtemp(name), nullptr);
    folder_ = name;
    std::filesystem::create_directory(folder_ + "/spool");
    std::filesystem::create_directory(folder_ + "/other");
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  /// As the keeper is, but for the user: the folder is this one's.
  int confined(int (*body)(const std::string&)) const {
    return in_child([&] {
      const FileAccess files[] = {{"/etc"}, {folder_ + "/spool", true}, {"/nowhere"}};
      if (!allow_only_files(files).ok() || !forbid_programs().ok()) return kNotConfined;
      return body(folder_);
    });
  }

  std::string folder_;
};

TEST_F(ConfinedKeeper, WritesItsFolderAndReadsWhatItMay) {
  EXPECT_EQ(confined([](const std::string& folder) {
              const std::string file = folder + "/spool/a";
              if (open(file.c_str(), O_WRONLY | O_CREAT, 0600) < 0) return 1;
              if (rename(file.c_str(), (folder + "/spool/b").c_str()) != 0) return 2;
              if (truncate((folder + "/spool/b").c_str(), 0) != 0) return 3;
              if (unlink((folder + "/spool/b").c_str()) != 0) return 4;
              if (open("/etc/passwd", O_RDONLY) < 0) return 5;
              int seen = 0;
              std::thread thread([&seen] { seen = 1; });
              thread.join();
              return seen == 1 ? 0 : 6;
            }),
            0);
}

TEST_F(ConfinedKeeper, TouchesNoOtherFile) {
  if (!has_landlock()) GTEST_SKIP() << "no Landlock here";
  EXPECT_EQ(confined([](const std::string& folder) {
              if (open((folder + "/other/a").c_str(), O_WRONLY | O_CREAT, 0600) >= 0) return 1;
              if (open("/etc/passwd", O_WRONLY) >= 0) return 2;
              return open("/proc/self/status", O_RDONLY) >= 0 ? 3 : 0;
            }),
            0);
}

TEST_F(ConfinedKeeper, StartsNothing) {
  if (!kFiltersCalls) GTEST_SKIP() << "calls are not filtered in a sanitized build";
  EXPECT_EQ(confined([](const std::string&) { return run_program(); }), kRefused);
  EXPECT_EQ(confined([](const std::string&) { return start_process(); }), kRefused);
}

/// Calls that lead out of a process, with arguments that nothing can be done with: what is asked is
/// whether the kernel looks at them at all.
constexpr long kCallsOut[] = {
    SYS_pidfd_open,      SYS_pidfd_getfd,     SYS_pidfd_send_signal, SYS_process_vm_readv,
    SYS_process_madvise, SYS_userfaultfd,     SYS_perf_event_open,   SYS_bpf,
    SYS_fsopen,          SYS_fsconfig,        SYS_fsmount,           SYS_fspick,
    SYS_open_tree,       SYS_move_mount,      SYS_mount_setattr,     SYS_open_by_handle_at,
    SYS_setns,           SYS_quotactl,        SYS_swapoff,           SYS_delete_module,
    SYS_kexec_load,      SYS_kexec_file_load, SYS_io_uring_setup,    SYS_io_uring_enter,
    SYS_keyctl,          SYS_add_key,
};

/// What the kernel says to a call with such arguments.
int errno_of(long call) {
  errno = 0;
  return syscall(call, -1L, -1L, -1L, -1L, -1L, -1L) < 0 ? errno : 0;
}

TEST_F(ConfinedKeeper, NoCallLeadsOutOfIt) {
  if (!kFiltersCalls) GTEST_SKIP() << "calls are not filtered in a sanitized build";
  for (const long call : kCallsOut) {
    // Without the filter root may, and the kernel finds fault with the arguments.
    if (geteuid() == 0) {
      EXPECT_NE(in_child([&] { return errno_of(call); }), EPERM) << call;
    }
    EXPECT_EQ(in_child([&] { return forbid_programs().ok() ? errno_of(call) : kNotConfined; }),
              EPERM)
        << call;
    EXPECT_EQ(in_child([&] { return becomes_watcher() ? errno_of(call) : kNotConfined; }), EPERM)
        << call;
  }
}

TEST(FindUser, RefusesRootAndNobodyKnows) {
  EXPECT_EQ(find_user("root").error().code, ErrorCode::invalid_argument);
  EXPECT_EQ(find_user("no-such-user-here").error().code, ErrorCode::not_found);
  EXPECT_EQ(find_user("nobody")->id, 65534U);
}

}  // namespace
}  // namespace teiten
