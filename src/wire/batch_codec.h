#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "access/batch.h"
#include "base/result.h"

namespace teiten {

/// Version of the encoding; a decoder refuses every other one (unsupported).
inline constexpr std::uint64_t kWireVersion = 1;
/// Content type of an encoded batch: CBOR (RFC 8949), compressed by zstd (RFC 8878).
inline constexpr const char* kBatchMediaType = "application/vnd.teiten.batch+zstd";
/// Largest batch on the wire, compressed and uncompressed, and the accesses it may hold.
inline constexpr std::size_t kMaxBatchBytes = 8U << 20;
inline constexpr std::size_t kMaxBatchContentBytes = 32U << 20;
inline constexpr std::size_t kMaxBatchAccesses = 200'000;

/// A batch as bytes: what a sensor spools and sends. A map of named fields; the accesses as
/// columns, each a byte string of little-endian integers (docs/wire.md). What check_batch_content()
/// (batch_check.h) refuses, decode_batch() will: ask it first. Precondition: at most
/// kMaxBatchAccesses. Up to 100,000 accesses always fit into kMaxBatchBytes; twice as many may not,
/// where traffic was made to be incompressible.
std::string encode_batch(const Batch& batch);

/// Reads what encode_batch() wrote, as a live sensor's (Batch::live); every byte may be hostile.
/// Errors: malformed (damaged, a field missing or out of its range, the conservation of batch.h
/// broken, times outside the batch's range), unsupported (another version), limit_reached (a named
/// limit above).
Result<Batch> decode_batch(std::string_view bytes);

}  // namespace teiten
