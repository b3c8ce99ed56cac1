#include "wire/batch_codec.h"

#include <fmt/format.h>

#include "access/sensors.h"
#include "base/assert.h"
#include "wire/access_columns.h"
#include "wire/batch_check.h"
#include "wire/cbor.h"
#include "wire/zstd_frame.h"

namespace teiten {
namespace {

/// Fields of the map, in their order (docs/wire.md).
constexpr std::size_t kFields = 22;
/// Bytes of an access in its columns, and more than the other fields ever need at first.
constexpr std::size_t kAccessBytes = 60;
constexpr std::size_t kHeaderBytes = 4096;

void write_counts(CborWriter& writer, const char* name, const NamedCounts& counts) {
  writer.text(name);
  writer.map(counts.size());
  for (const auto& [what, count] : counts) {
    writer.text(what);
    writer.unsigned_integer(count);
  }
}

void write_time(CborWriter& writer, UtcTime time) {
  writer.integer(time.time_since_epoch().count());
}

void write_header(CborWriter& writer, const Batch& batch) {
  const auto number = [&](const char* name, std::uint64_t value) {
    writer.text(name);
    writer.unsigned_integer(value);
  };
  writer.map(kFields);
  number("version", kWireVersion);
  writer.text("sensor");
  writer.text(batch.sensor);
  number("epoch", batch.epoch);
  number("sequence", batch.sequence);
  writer.text("from");
  write_time(writer, batch.range.from);
  writer.text("to");
  write_time(writer, batch.range.to);
  number("frames", batch.frames);
  number("records", batch.records);
  number("packets_unsolicited", batch.packets_unsolicited);
  number("solicited", batch.solicited);
  number("dropped", batch.dropped);
  write_counts(writer, "ignored", batch.ignored);
  write_counts(writer, "anomalies", batch.anomalies);
  write_counts(writer, "rejected", batch.rejected);
  write_counts(writer, "limits", batch.limits);
  writer.text("visits");
  if (batch.visits) {
    writer.unsigned_integer(*batch.visits);
  } else {
    writer.null();
  }
  writer.text("activity");
  writer.array(2 * batch.activity.size());
  for (const TimeRange& range : batch.activity) {
    write_time(writer, range.from);
    write_time(writer, range.to);
  }
  writer.text("region_source");
  writer.text(batch.region_source);
  number("rule_version", batch.rule_version);
  writer.text("scanners");
  writer.array(batch.scanners.size());
  for (const std::string& scanner : batch.scanners)
    writer.text(scanner);
  number("accesses", batch.accesses.size());
  writer.text("columns");
}

UtcTime read_time(CborReader& reader) {
  return UtcTime(Duration(reader.integer()));
}

NamedCounts read_counts(CborReader& reader, const char* name) {
  reader.key(name);
  NamedCounts counts;
  const std::size_t pairs = reader.map(kMaxCountNames);
  for (std::size_t i = 0; i < pairs && !reader.failed(); ++i) {
    const std::string_view what = reader.text(kMaxCountNameBytes);
    const std::uint64_t count = reader.unsigned_integer();
    if (!counts.empty() && what <= counts.rbegin()->first) reader.fail("names out of order");
    counts.emplace_hint(counts.end(), what, count);
  }
  return counts;
}

/// The fields behind the version.
Batch read_fields(CborReader& reader) {
  const auto number = [&](const char* name) {
    reader.key(name);
    return reader.unsigned_integer();
  };
  Batch batch;
  batch.live = true;
  reader.key("sensor");
  batch.sensor = reader.text(kMaxSensorNameBytes);
  batch.epoch = number("epoch");
  batch.sequence = number("sequence");
  reader.key("from");
  batch.range.from = read_time(reader);
  reader.key("to");
  batch.range.to = read_time(reader);
  batch.frames = number("frames");
  batch.records = number("records");
  batch.packets_unsolicited = number("packets_unsolicited");
  batch.solicited = number("solicited");
  batch.dropped = number("dropped");
  batch.ignored = read_counts(reader, "ignored");
  batch.anomalies = read_counts(reader, "anomalies");
  batch.rejected = read_counts(reader, "rejected");
  batch.limits = read_counts(reader, "limits");
  reader.key("visits");
  if (!reader.null()) batch.visits = reader.unsigned_integer();
  reader.key("activity");
  const std::size_t times = reader.array(2 * kMaxBatchActivity);
  if (times % 2 != 0) reader.fail("half a stretch of time");
  for (std::size_t i = 0; i < times && !reader.failed(); i += 2) {
    const UtcTime from = read_time(reader);
    batch.activity.push_back({from, read_time(reader)});
  }
  reader.key("region_source");
  batch.region_source = reader.text(kMaxBatchTextBytes);
  const std::uint64_t rules = number("rule_version");
  if (rules > UINT16_MAX) reader.fail("more than 65535");
  batch.rule_version = static_cast<std::uint16_t>(rules);
  reader.key("scanners");
  const std::size_t scanners = reader.array(kMaxBatchScanners);
  for (std::size_t i = 0; i < scanners && !reader.failed(); ++i)
    batch.scanners.emplace_back(reader.text(kMaxBatchTextBytes));
  return batch;
}

Error about_batch(Error error) {
  error.message = "batch: " + error.message;
  return error;
}

Result<Batch> read_batch(std::string_view content) {
  CborReader reader(content);
  const std::size_t fields = reader.map(SIZE_MAX);
  reader.key("version");
  const std::uint64_t version = reader.unsigned_integer();
  if (!reader.failed() && version != kWireVersion) {
    return failure(ErrorCode::unsupported,
                   fmt::format("is in version {} of the encoding, this teiten reads version {}",
                               version, kWireVersion));
  }
  if (fields != kFields) reader.fail("another number of fields than its version has");
  Batch batch = read_fields(reader);
  reader.key("accesses");
  const std::uint64_t accesses = reader.unsigned_integer();
  if (accesses > kMaxBatchAccesses) {
    return failure(ErrorCode::limit_reached,
                   fmt::format("holds {} accesses, more than {}", accesses, kMaxBatchAccesses));
  }
  reader.key("columns");
  batch.accesses = read_access_columns(reader, static_cast<std::size_t>(accesses));
  reader.end();
  if (reader.failed()) return failure(ErrorCode::malformed, reader.failure());
  TEITEN_CHECK(check_batch_content(batch));
  return batch;
}

}  // namespace

std::string encode_batch(const Batch& batch) {
  TEITEN_ASSERT(batch.accesses.size() <= kMaxBatchAccesses);
  std::string content;
  content.reserve(kHeaderBytes + batch.accesses.size() * kAccessBytes);
  CborWriter writer(content);
  write_header(writer, batch);
  write_access_columns(batch.accesses, content);
  return compress_frame(content);
}

Result<Batch> decode_batch(std::string_view bytes) {
  if (bytes.size() > kMaxBatchBytes) {
    return failure(
        ErrorCode::limit_reached,
        fmt::format("batch: {} bytes, more than the limit of {}", bytes.size(), kMaxBatchBytes));
  }
  auto content = decompress_frame(bytes, kMaxBatchContentBytes);
  if (!content.ok()) return about_batch(content.error());
  auto batch = read_batch(content->view());
  if (!batch.ok()) return about_batch(batch.error());
  return batch;
}

}  // namespace teiten
