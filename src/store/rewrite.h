#pragma once

#include <string>

#include "base/result.h"

namespace teiten {

/// Writes what the store at `path` holds into a new file, which takes its place at once: what was
/// removed is in no free block of it any more. Needs as much room on the disk again. The store must
/// not be open in this process, and lent to it if a collector has it. Errors: busy where another
/// process has it open, io_error (a full disk); the store is then what it was.
Result<void> rewrite_store(const std::string& path);

}  // namespace teiten
