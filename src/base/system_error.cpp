#include "base/system_error.h"

#include <cerrno>
#include <cstring>

#include <fmt/format.h>

namespace teiten {

Error system_error(int number, std::string_view what, const std::string& path) {
  const ErrorCode code = number == EACCES || number == EPERM || number == EROFS
                             ? ErrorCode::permission_denied
                         : number == ENOENT ? ErrorCode::not_found
                                            : ErrorCode::io_error;
  return failure(code, fmt::format("cannot {} {}: {}", what, path, std::strerror(number)));
}

}  // namespace teiten
