#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace teiten {

/// "cannot `what` `path`: …" of an errno, with the code it deserves: permission_denied, not_found,
/// else io_error.
Error system_error(int number, std::string_view what, const std::string& path);

}  // namespace teiten
