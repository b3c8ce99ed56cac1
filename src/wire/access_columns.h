#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "access/access.h"
#include "base/result.h"
#include "wire/cbor.h"

namespace teiten {

/// Writes the accesses as a map of columns, each a byte string of little-endian integers
/// (docs/wire.md), appending to `out`. Access::sensor is not among them: a batch has one sensor.
void write_access_columns(std::span<const Access> accesses, std::string& out);

/// Reads `count` accesses, which the caller has bounded; nothing of it was checked yet but what
/// an Access cannot hold. A column missing, of another length or with an unknown flag fails the
/// reader.
std::vector<Access> read_access_columns(CborReader& reader, std::size_t count);

}  // namespace teiten
