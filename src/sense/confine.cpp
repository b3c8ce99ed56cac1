#include "sense/confine.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <memory>

#include <fcntl.h>
#include <fmt/format.h>
#include <grp.h>
#include <linux/capability.h>
#include <linux/landlock.h>
#include <pwd.h>
#include <sched.h>
#include <seccomp.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/file_descriptor.h"

namespace teiten {
namespace {

Error refused(std::string_view what) {
  return failure(ErrorCode::permission_denied,
                 fmt::format("cannot give up privileges: {}: {}", what, std::strerror(errno)));
}

Result<void> clear_bounding_set() {
  for (int capability = 0; prctl(PR_CAPBSET_READ, capability, 0, 0, 0) >= 0; ++capability) {
    if (prctl(PR_CAPBSET_DROP, capability, 0, 0, 0) == 0) continue;
    // A service manager that gave root few capabilities: PR_SET_NO_NEW_PRIVS keeps the others away.
    if (errno == EPERM) return {};
    return refused("PR_CAPBSET_DROP");
  }
  return {};
}

Result<void> clear_capabilities() {
  __user_cap_header_struct header{};
  header.version = _LINUX_CAPABILITY_VERSION_3;
  std::array<__user_cap_data_struct, _LINUX_CAPABILITY_U32S_3> none{};
  if (syscall(SYS_capset, &header, none.data()) != 0) return refused("capset");
  return {};
}

}  // namespace

Result<User> find_user(const std::string& name) {
  const auto find = [](const std::string& wanted) -> Result<User> {
    const passwd* entry = getpwnam(wanted.c_str());
    if (entry == nullptr) {
      return failure(ErrorCode::not_found,
                     fmt::format("--user {}: there is no such user on this machine", wanted));
    }
    return User{wanted, entry->pw_uid, entry->pw_gid};
  };
  Result<User> user = find(name.empty() ? "teiten" : name);
  if (name.empty() && !user.ok()) user = find("nobody");
  if (user.ok() && user->id == 0) {
    return failure(ErrorCode::invalid_argument,
                   fmt::format("--user {}: the sensor must not stay root", user->name));
  }
  return user;
}

std::vector<gid_t> groups_of(const User& user) {
  int count = 0;
  getgrouplist(user.name.c_str(), user.group, nullptr, &count);
  std::vector<gid_t> groups(static_cast<std::size_t>(std::max(count, 0)));
  if (getgrouplist(user.name.c_str(), user.group, groups.data(), &count) < 0) return {};
  groups.resize(static_cast<std::size_t>(count));
  return groups;
}

Result<void> drop_privileges(const User& user) {
  if (geteuid() == 0) {
    TEITEN_CHECK(clear_bounding_set());
    if (setgroups(user.groups.size(), user.groups.data()) != 0) return refused("setgroups");
    if (setresgid(user.group, user.group, user.group) != 0) return refused("setresgid");
    if (setresuid(user.id, user.id, user.id) != 0) return refused("setresuid");
  }
  if (prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0) != 0)
    return refused("PR_CAP_AMBIENT_CLEAR_ALL");
  TEITEN_CHECK(clear_capabilities());
  if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return refused("PR_SET_NO_NEW_PRIVS");
  if (user.id != 0 && setuid(0) == 0)
    return failure(ErrorCode::permission_denied, "cannot give up privileges: root came back");
  return {};
}

namespace {

// Rights of later versions of Landlock than the headers may have.
constexpr std::uint64_t kRefer = 1ULL << 13;     // 2
constexpr std::uint64_t kTruncate = 1ULL << 14;  // 3
constexpr std::uint64_t kIoctl = 1ULL << 15;     // 5

constexpr std::uint64_t kFileRead = LANDLOCK_ACCESS_FS_READ_FILE;
constexpr std::uint64_t kFileWrite = LANDLOCK_ACCESS_FS_WRITE_FILE | kTruncate;
constexpr std::uint64_t kFolderRead = kFileRead | LANDLOCK_ACCESS_FS_READ_DIR;
constexpr std::uint64_t kFolderWrite = kFileWrite | LANDLOCK_ACCESS_FS_REMOVE_DIR |
                                       LANDLOCK_ACCESS_FS_REMOVE_FILE |
                                       LANDLOCK_ACCESS_FS_MAKE_DIR | LANDLOCK_ACCESS_FS_MAKE_REG |
                                       LANDLOCK_ACCESS_FS_MAKE_SOCK | kRefer;

std::uint64_t all_rights(long version) {
  // Those of version 1 are the bits up to LANDLOCK_ACCESS_FS_MAKE_SYM.
  std::uint64_t rights = (LANDLOCK_ACCESS_FS_MAKE_SYM << 1U) - 1;
  if (version >= 2) rights |= kRefer;
  if (version >= 3) rights |= kTruncate;
  if (version >= 5) rights |= kIoctl;
  return rights;
}

Result<void> allow_file(int ruleset, const FileAccess& file, std::uint64_t handled) {
  const FileDescriptor opened(open(file.path.c_str(), O_PATH | O_CLOEXEC));
  struct stat status {};
  if (!opened.is_open() || fstat(opened.number(), &status) != 0) return {};
  const bool folder = S_ISDIR(status.st_mode);
  landlock_path_beneath_attr rule{};
  rule.parent_fd = opened.number();
  std::uint64_t rights = folder ? kFolderRead : kFileRead;
  if (file.write) rights |= folder ? kFolderWrite : kFileWrite;
  rule.allowed_access = rights & handled;
  if (syscall(SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH, &rule, 0) != 0)
    return refused("Landlock, " + file.path);
  return {};
}

}  // namespace

Result<bool> allow_only_files(std::span<const FileAccess> files) {
  const long version =
      syscall(SYS_landlock_create_ruleset, nullptr, 0, LANDLOCK_CREATE_RULESET_VERSION);
  if (version < 1) return false;
  landlock_ruleset_attr attributes{};
  attributes.handled_access_fs = all_rights(version);
  const FileDescriptor ruleset(
      static_cast<int>(syscall(SYS_landlock_create_ruleset, &attributes, sizeof attributes, 0)));
  if (!ruleset.is_open()) return refused("Landlock");
  for (const FileAccess& file : files)
    TEITEN_CHECK(allow_file(ruleset.number(), file, attributes.handled_access_fs));
  if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return refused("PR_SET_NO_NEW_PRIVS");
  if (syscall(SYS_landlock_restrict_self, ruleset.number(), 0) != 0) return refused("Landlock");
  return true;
}

namespace {

struct FilterCloser {
  void operator()(void* filter) const { seccomp_release(filter); }
};
using Filter = std::unique_ptr<void, FilterCloser>;

Error filter_failed(std::string_view what, int status) {
  return failure(
      ErrorCode::permission_denied,
      fmt::format("cannot restrict system calls (seccomp): {}: {}", what, std::strerror(-status)));
}

Result<void> add_rule(const Filter& filter, std::uint32_t action, int call,
                      std::span<const scmp_arg_cmp> conditions = {}) {
  const int status = seccomp_rule_add_array(
      filter.get(), action, call, static_cast<unsigned>(conditions.size()), conditions.data());
  if (status != 0) return filter_failed(fmt::format("call {}", call), status);
  return {};
}

Result<void> load(const Filter& filter) {
  const int status = seccomp_load(filter.get());
  if (status != 0) return filter_failed("load", status);
  return {};
}

/// On what is open already: descriptors, memory, clocks, the process itself.
constexpr int kWatchingCalls[] = {
    SCMP_SYS(read),         SCMP_SYS(readv),           SCMP_SYS(pread64),
    SCMP_SYS(write),        SCMP_SYS(writev),          SCMP_SYS(recvmsg),
    SCMP_SYS(recvfrom),     SCMP_SYS(sendmsg),         SCMP_SYS(sendto),
    SCMP_SYS(poll),         SCMP_SYS(ppoll),           SCMP_SYS(close),
    SCMP_SYS(fstat),        SCMP_SYS(lseek),           SCMP_SYS(getsockopt),
    SCMP_SYS(munmap),       SCMP_SYS(mremap),          SCMP_SYS(madvise),
    SCMP_SYS(brk),          SCMP_SYS(futex),           SCMP_SYS(clock_gettime),
    SCMP_SYS(gettimeofday), SCMP_SYS(clock_nanosleep), SCMP_SYS(nanosleep),
    SCMP_SYS(getpid),       SCMP_SYS(gettid),          SCMP_SYS(getrandom),
    SCMP_SYS(rt_sigaction), SCMP_SYS(rt_sigprocmask),  SCMP_SYS(rt_sigreturn),
    SCMP_SYS(sched_yield),  SCMP_SYS(restart_syscall), SCMP_SYS(exit),
    SCMP_SYS(exit_group),
};

/// Not a list of what is allowed: libcurl, OpenSSL and the resolver's modules, whichever the
/// machine has, may need another call tomorrow, and a sensor that cannot send is worse than one
/// that could do a harmless thing more. What is forbidden is what leads out of the process. Files
/// are Landlock's matter, and privileges are gone.
constexpr int kForbiddenCalls[] = {
    // Starting programs and processes.
    SCMP_SYS(execve),
    SCMP_SYS(execveat),
    SCMP_SYS(fork),
    SCMP_SYS(vfork),
    // Looking into others, and taking what they have open.
    SCMP_SYS(ptrace),
    SCMP_SYS(process_vm_readv),
    SCMP_SYS(process_vm_writev),
    SCMP_SYS(process_madvise),
    SCMP_SYS(process_mrelease),
    SCMP_SYS(pidfd_open),
    SCMP_SYS(pidfd_getfd),
    SCMP_SYS(pidfd_send_signal),
    SCMP_SYS(kcmp),
    SCMP_SYS(perf_event_open),
    SCMP_SYS(userfaultfd),
    // File systems and namespaces.
    SCMP_SYS(mount),
    SCMP_SYS(umount2),
    SCMP_SYS(move_mount),
    SCMP_SYS(mount_setattr),
    SCMP_SYS(open_tree),
    SCMP_SYS(fsopen),
    SCMP_SYS(fsconfig),
    SCMP_SYS(fsmount),
    SCMP_SYS(fspick),
    SCMP_SYS(pivot_root),
    SCMP_SYS(chroot),
    SCMP_SYS(setns),
    SCMP_SYS(unshare),
    SCMP_SYS(quotactl),
    SCMP_SYS(quotactl_fd),
    SCMP_SYS(open_by_handle_at),
    SCMP_SYS(name_to_handle_at),
    SCMP_SYS(fanotify_init),
    // The kernel and the machine.
    SCMP_SYS(bpf),
    SCMP_SYS(kexec_load),
    SCMP_SYS(kexec_file_load),
    SCMP_SYS(init_module),
    SCMP_SYS(finit_module),
    SCMP_SYS(delete_module),
    SCMP_SYS(iopl),
    SCMP_SYS(ioperm),
    SCMP_SYS(modify_ldt),
    SCMP_SYS(syslog),
    SCMP_SYS(acct),
    SCMP_SYS(reboot),
    SCMP_SYS(swapon),
    SCMP_SYS(swapoff),
    SCMP_SYS(settimeofday),
    SCMP_SYS(clock_settime),
    SCMP_SYS(clock_adjtime),
    SCMP_SYS(adjtimex),
    SCMP_SYS(sethostname),
    SCMP_SYS(setdomainname),
    SCMP_SYS(lookup_dcookie),
    SCMP_SYS(vhangup),
    SCMP_SYS(nfsservctl),
    // Calls that go past this filter, and keys.
    SCMP_SYS(io_uring_setup),
    SCMP_SYS(io_uring_enter),
    SCMP_SYS(io_uring_register),
    SCMP_SYS(keyctl),
    SCMP_SYS(add_key),
    SCMP_SYS(request_key),
    SCMP_SYS(personality),
};

}  // namespace

Result<void> allow_only_watching() {
  if (!kFiltersCalls) return {};
  const Filter filter(seccomp_init(SCMP_ACT_ERRNO(EPERM)));
  if (!filter) return filter_failed("init", -ENOMEM);
  for (const int call : kWatchingCalls)
    TEITEN_CHECK(add_rule(filter, SCMP_ACT_ALLOW, call));
  // Memory that can be executed comes from no call any more.
  const scmp_arg_cmp no_code[] = {{2, SCMP_CMP_MASKED_EQ, PROT_EXEC, 0}};
  TEITEN_CHECK(add_rule(filter, SCMP_ACT_ALLOW, SCMP_SYS(mmap), no_code));
  TEITEN_CHECK(add_rule(filter, SCMP_ACT_ALLOW, SCMP_SYS(mprotect), no_code));
  // How libc asks for fstat(). With a path it would tell of a file, and open none.
  const scmp_arg_cmp of_descriptor[] = {{3, SCMP_CMP_EQ, AT_EMPTY_PATH, 0}};
  TEITEN_CHECK(add_rule(filter, SCMP_ACT_ALLOW, SCMP_SYS(newfstatat), of_descriptor));
  // libpcap asks whether an interface that went down is up again.
  const scmp_arg_cmp of_interface[] = {{1, SCMP_CMP_EQ, SIOCGIFFLAGS, 0}};
  TEITEN_CHECK(add_rule(filter, SCMP_ACT_ALLOW, SCMP_SYS(ioctl), of_interface));
  // abort() ends this process, and no other.
  const scmp_arg_cmp own[] = {{0, SCMP_CMP_EQ, static_cast<scmp_datum_t>(getpid()), 0}};
  TEITEN_CHECK(add_rule(filter, SCMP_ACT_ALLOW, SCMP_SYS(tgkill), own));
  return load(filter);
}

Result<void> forbid_programs() {
  if (!kFiltersCalls) return {};
  const Filter filter(seccomp_init(SCMP_ACT_ALLOW));
  if (!filter) return filter_failed("init", -ENOMEM);
  for (const int call : kForbiddenCalls)
    TEITEN_CHECK(add_rule(filter, SCMP_ACT_ERRNO(EPERM), call));
  // Threads are allowed, processes are not. The arguments of clone3 lie in memory, which a filter
  // cannot see: as if the kernel did not have it, libc takes clone.
  const scmp_arg_cmp process[] = {{0, SCMP_CMP_MASKED_EQ, CLONE_THREAD, 0}};
  TEITEN_CHECK(add_rule(filter, SCMP_ACT_ERRNO(EPERM), SCMP_SYS(clone), process));
  TEITEN_CHECK(add_rule(filter, SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(clone3)));
  return load(filter);
}

}  // namespace teiten
