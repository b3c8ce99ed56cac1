#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace teiten {

/// Puts a file of mode 0600 in the place of `path`: after a kill or a power cut either the old
/// content is there or the new one, whole. It is built beside it, in a file that this call itself
/// makes: what somebody has put at that name is neither followed nor written to. Written by root
/// into somebody's folder it belongs to the folder's owner, who could not read it otherwise.
Result<void> write_private_file(const std::string& path, std::string_view content);

}  // namespace teiten
