#pragma once

#include <span>
#include <string>
#include <vector>

#include <sys/types.h>

#include "base/result.h"

/// What a process gives up before it touches bytes from outside. Each of these holds for the
/// calling thread and for what it starts later, and cannot be taken back.
namespace teiten {

/// AddressSanitizer's runtime needs calls that the filters forbid: a sanitized build runs without
/// them.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
inline constexpr bool kFiltersCalls = false;
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
inline constexpr bool kFiltersCalls = false;
#else
inline constexpr bool kFiltersCalls = true;
#endif
#else
inline constexpr bool kFiltersCalls = true;
#endif

/// An unprivileged user.
struct User {
  std::string name;
  uid_t id = 0;
  gid_t group = 0;
  std::vector<gid_t> groups{};  ///< further ones that are kept: of whoever opens a log
};
/// The user of that name; without one `teiten`, or else `nobody`. Errors: not_found,
/// invalid_argument (root).
Result<User> find_user(const std::string& name);

/// The groups that the machine gives the user: what may be put into User::groups.
std::vector<gid_t> groups_of(const User& user);

/// Becomes `user` where started as root, and gives up every capability and every way to a new one
/// (set-uid programs). Errors: permission_denied, with what the kernel refused.
Result<void> drop_privileges(const User& user);

struct FileAccess {
  std::string path;  ///< a file, or a folder with all below it; left out where it is missing
  bool write = false;
};
/// Landlock: no file but these can be opened any more, none can be executed. False where the kernel
/// has no Landlock (before Linux 5.13, or switched off).
Result<bool> allow_only_files(std::span<const FileAccess> files);

/// The system calls that capturing and decoding need, on descriptors that are open: no file, no
/// socket, no process, no program. Any other call fails with EPERM: a library that asks for
/// something it can do without goes on, and so does the sensor.
Result<void> allow_only_watching();
/// Everything but starting programs and processes, looking into others, and changing the system.
/// Forbidden calls fail with EPERM.
Result<void> forbid_programs();

}  // namespace teiten
