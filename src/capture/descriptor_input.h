#pragma once

#include <memory>
#include <string>

#include "base/file_descriptor.h"
#include "capture/input.h"

namespace teiten {

/// Input::open() for a regular file that is open already: of a process that may open none.
Result<std::unique_ptr<Input>> input_of_descriptor(const std::string& name, FileDescriptor file);

}  // namespace teiten
