#pragma once

#include <string>

#include "base/file_descriptor.h"
#include "base/result.h"

namespace teiten {

/// Copies everything that `source` gives to a temporary file that has no name, so that it vanishes
/// with the program, and returns that file. It lies in $TMPDIR, or else in /var/tmp, which survives
/// on disk where /tmp may be memory. `name` is for messages. Errors: io_error.
Result<FileDescriptor> spool_to_unnamed_file(int source, const std::string& name);

}  // namespace teiten
