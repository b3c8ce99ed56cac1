#include <string>
#include <vector>

#include <sys/mman.h>
#include <unistd.h>

#include "base/assert.h"
#include "fuzz_target.h"
#include "wire/batch_codec.h"
#include "wire/spool_segment.h"
#include "wire/wire_test_data.h"
#include "wire/zstd_frame.h"

namespace teiten::fuzz {
namespace {

std::string_view text_of(std::span<const std::byte> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

/// What is accepted comes out the same when it is encoded again, and adds up.
void expect_sound(const Result<Batch>& batch) {
  if (!batch.ok()) {
    TEITEN_ASSERT(batch.error().message.starts_with("batch: "));
    TEITEN_ASSERT(batch.error().message.find('\n') == std::string::npos);
    return;
  }
  std::uint64_t packets = 0;
  for (const Access& access : batch->accesses) {
    TEITEN_ASSERT(access.first <= access.last && access.sensor == 0);
    packets += access.packets;
  }
  TEITEN_ASSERT(packets == batch->packets_unsolicited);
  TEITEN_ASSERT(packets <= batch->frames);
  const std::string once = encode_batch(*batch);
  const auto again = decode_batch(once);
  TEITEN_ASSERT(again.ok());
  TEITEN_ASSERT(encode_batch(*again) == once);
}

void batch(std::span<const std::byte> bytes) {
  expect_sound(decode_batch(text_of(bytes)));
}

/// The same without the frame, whose checksum would keep most inputs out.
void batch_content(std::span<const std::byte> bytes) {
  expect_sound(decode_batch(compress_frame(text_of(bytes))));
}

/// Every item lies behind the one before, and no more content comes out than went in.
void segment(std::span<const std::byte> bytes) {
  const int file = ::memfd_create("fuzz", 0);
  TEITEN_ASSERT(file >= 0);
  TEITEN_ASSERT(::write(file, bytes.data(), bytes.size()) == static_cast<ssize_t>(bytes.size()));
  const SegmentReader reader(file, bytes.size());
  reader.is_segment(7);
  std::size_t content = 0;
  for (std::uint64_t offset = kSegmentHeaderBytes;;) {
    const SegmentItem item = reader.item_at(offset);
    using Kind = SegmentItem::Kind;
    if (item.kind == Kind::end || item.kind == Kind::torn_tail) break;
    TEITEN_ASSERT(item.begin == offset && item.end > offset && item.end <= bytes.size());
    const std::size_t note = item.note ? sizeof(SpoolNote) : 0;
    if (item.kind == Kind::record)
      TEITEN_ASSERT(item.content.size() + kRecordHeaderBytes + note == item.end - item.begin);
    content += item.content.size();
    offset = item.end;
  }
  TEITEN_ASSERT(content <= bytes.size());
  ::close(file);
}

std::vector<std::string> batches() {
  Batch empty;
  empty.sensor = "naha";
  empty.live = true;
  empty.range = {wire_test::at(0), wire_test::at(5'000'000)};
  return {encode_batch(wire_test::small_batch()), encode_batch(empty)};
}

std::vector<Bytes> batch_seeds() {
  std::vector<Bytes> seeds;
  for (const std::string& encoded : batches())
    seeds.push_back(bytes_of(encoded));
  return seeds;
}

std::vector<Bytes> content_seeds() {
  std::vector<Bytes> seeds;
  for (const std::string& encoded : batches())
    seeds.push_back(bytes_of(decompress_frame(encoded, kMaxBatchContentBytes).value().view()));
  return seeds;
}

std::vector<Bytes> segment_seeds() {
  const std::string sound = segment_header(7) + segment_record({1, 2, "first"}, 1'781'654'400) +
                            segment_record({1, 3, "", SpoolNote{1, 2, 3, 4, 5}}, 1'781'654'405) +
                            segment_record({2, 0, std::string(90, 'x')}, 1'781'654'410);
  std::string damaged = sound;
  damaged[kSegmentHeaderBytes + 5] ^= 1;
  return {bytes_of(sound), bytes_of(damaged)};
}

}  // namespace

std::vector<FuzzTarget> wire_targets() {
  return {{"batch", batch, batch_seeds()},
          {"batch-content", batch_content, content_seeds()},
          {"spool-segment", segment, segment_seeds()}};
}

}  // namespace teiten::fuzz
