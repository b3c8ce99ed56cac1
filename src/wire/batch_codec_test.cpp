#include "wire/batch_codec.h"

#include <random>

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <zstd.h>

#include "wire/batch_check.h"
#include "wire/wire_test_data.h"
#include "wire/zstd_frame.h"

namespace teiten {
namespace {

using Json = nlohmann::ordered_json;
using wire_test::small_batch;

/// Every field of an access, so that a difference can be read.
std::string text_of(const Access& a) {
  return fmt::format("{} {} {} {} {} {} {} {} {} {} {} {} {} {} {:x} {} {}",
                     a.first.time_since_epoch().count(), a.last.time_since_epoch().count(),
                     a.source.to_string(), a.service.to_string(), a.region.to_string(),
                     a.source_port, a.destination_port, a.sensor, to_string(a.kind), a.continues,
                     a.has_region_label, a.target, a.packets, static_cast<int>(a.payload),
                     a.payload_digest, to_string(a.tool), a.scanner);
}

void expect_equal(const Batch& a, const Batch& b) {
  EXPECT_EQ(a.sensor, b.sensor);
  EXPECT_EQ(a.epoch, b.epoch);
  EXPECT_EQ(a.sequence, b.sequence);
  EXPECT_EQ(a.range, b.range);
  EXPECT_EQ(a.live, b.live);
  EXPECT_EQ(a.frames, b.frames);
  EXPECT_EQ(a.records, b.records);
  EXPECT_EQ(a.packets_unsolicited, b.packets_unsolicited);
  EXPECT_EQ(a.solicited, b.solicited);
  EXPECT_EQ(a.dropped, b.dropped);
  EXPECT_EQ(a.ignored, b.ignored);
  EXPECT_EQ(a.anomalies, b.anomalies);
  EXPECT_EQ(a.rejected, b.rejected);
  EXPECT_EQ(a.limits, b.limits);
  EXPECT_EQ(a.visits, b.visits);
  EXPECT_EQ(a.activity, b.activity);
  EXPECT_EQ(a.region_source, b.region_source);
  EXPECT_EQ(a.rule_version, b.rule_version);
  EXPECT_EQ(a.scanners, b.scanners);
  ASSERT_EQ(a.accesses.size(), b.accesses.size());
  for (std::size_t i = 0; i < a.accesses.size(); ++i)
    EXPECT_EQ(text_of(a.accesses[i]), text_of(b.accesses[i]));
}

/// Accesses of every kind, and numbers up to their ends.
Batch random_batch(unsigned seed, std::size_t accesses) {
  std::mt19937_64 random(seed);
  Batch batch = small_batch();
  batch.range = {wire_test::at(0), wire_test::at(600'000'000)};
  batch.accesses.clear();
  batch.packets_unsolicited = 0;
  for (std::size_t i = 0; i < accesses; ++i) {
    Access a;
    a.first = batch.range.from + Duration(random() % 600'000'000'000);
    a.last = std::min(a.first + Duration(random() % 1'000'000'000), wire_test::at(899'999'999));
    a.source = random() % 9 == 0 ? IpAddress::v6(0x20010db800000000ULL, random())
                                 : IpAddress::v4(0xc6336400U | static_cast<std::uint8_t>(random()));
    constexpr std::uint8_t kProtocols[] = {6, 17, 1, 58, 47};
    const std::uint8_t number = kProtocols[random() % 5];
    const auto port = static_cast<std::uint16_t>(random());
    a.service = {number, number == 47 ? std::uint16_t{0}
                         : number == 6 || number == 17
                             ? port
                             : static_cast<std::uint16_t>(port % 3 == 0 ? 0xffff : port & 0xff)};
    a.region = {static_cast<char>('A' + random() % 26), static_cast<char>('A' + random() % 26)};
    a.source_port = static_cast<std::uint16_t>(random());
    a.destination_port = static_cast<std::uint16_t>(random());
    a.kind = static_cast<Kind>(random() % kKindCount);
    a.continues = random() % 2 == 0;
    a.has_region_label = random() % 2 == 0;
    a.target = static_cast<std::uint32_t>(random());
    a.packets = static_cast<std::uint32_t>(random() | 1);
    a.payload = static_cast<PayloadClass>(random() % kPayloadClassCount);
    a.payload_digest = static_cast<std::uint32_t>(random());
    const auto tool = static_cast<Tool>(random() % kToolCount);
    a.tool = {tool, tool != Tool::none && random() % 2 == 0};
    a.scanner = static_cast<std::uint16_t>(random() % 3);
    batch.packets_unsolicited += a.packets;
    batch.accesses.push_back(a);
  }
  batch.frames = batch.packets_unsolicited + 26;  // 7 + 3 + 10 + 4 + 2
  return batch;
}

TEST(BatchCodec, GivesBackEveryField) {
  auto decoded = decode_batch(encode_batch(small_batch()));
  ASSERT_TRUE(decoded.ok()) << decoded.error().message;
  expect_equal(*decoded, small_batch());
}

TEST(BatchCodec, GivesBackABatchWithoutAccesses) {
  Batch batch;
  batch.sensor = "naha";
  batch.live = true;
  batch.range = {wire_test::at(0), wire_test::at(5'000'000)};
  auto decoded = decode_batch(encode_batch(batch));
  ASSERT_TRUE(decoded.ok()) << decoded.error().message;
  expect_equal(*decoded, batch);
  EXPECT_LT(encode_batch(batch).size(), 500U);
}

TEST(BatchCodec, GivesBackRandomBatches) {
  for (unsigned seed = 1; seed <= 20; ++seed) {
    const Batch batch = random_batch(seed, seed * 37);
    auto decoded = decode_batch(encode_batch(batch));
    ASSERT_TRUE(decoded.ok()) << decoded.error().message;
    expect_equal(*decoded, batch);
  }
}

TEST(BatchCodec, TheSensorsIndexDoesNotTravel) {
  Batch batch = small_batch();
  batch.accesses[1].sensor = 9;
  auto decoded = decode_batch(encode_batch(batch));
  ASSERT_TRUE(decoded.ok());
  EXPECT_EQ(decoded->accesses[1].sensor, 0);
}

/// The content of an encoded batch, as another implementation of CBOR reads it.
Json content_of(const Batch& batch) {
  const std::string frame = encode_batch(batch);
  const auto content = decompress_frame(frame, kMaxBatchContentBytes).value();
  return Json::from_cbor(content.view());
}

Result<Batch> decoded_from(const Json& content) {
  std::string bytes;
  Json::to_cbor(content, bytes);
  return decode_batch(compress_frame(bytes));
}

TEST(BatchCodec, IsCborThatOthersRead) {
  const Json content = content_of(small_batch());
  EXPECT_EQ(content["version"], 1);
  EXPECT_EQ(content["sensor"], "tokyo-1");
  EXPECT_EQ(content["epoch"], 0xfedcba9876543210ULL);
  EXPECT_EQ(content["from"], 1'781'654'400'000'000'000);
  EXPECT_EQ(content["ignored"]["multicast"], 10);
  EXPECT_EQ(content["activity"][1], 1'781'654'404'000'000'000);
  EXPECT_EQ(content["accesses"], 2);
  const auto column = [&](const char* name) -> std::vector<std::uint8_t> {
    return content["columns"][name].get_binary();
  };
  using Bytes = std::vector<std::uint8_t>;
  // 1433 is 0x0599, TCP is 6; 53 is 0x35, UDP is 17.
  EXPECT_EQ(column("service"), (Bytes{0x99, 0x05, 6, 0, 0x35, 0, 17, 0}));
  EXPECT_EQ(column("source_high"),
            (Bytes{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xb8, 0x0d, 0x01, 0x20}));
  EXPECT_EQ(column("source_low"),
            (Bytes{7, 100, 51, 198, 0xff, 0xff, 0, 0, 0x53, 0, 0, 0, 0, 0, 0, 0}));
  EXPECT_EQ(column("flags"), (Bytes{3, 0}));
  EXPECT_EQ(column("kind"), (Bytes{1, 4}));
  EXPECT_EQ(column("tool"), (Bytes{5, 0}));
  EXPECT_EQ(column("region"), (Bytes{'P', 'J', 'Z', 'Z'}));
  // 2,499,000 µs and 992 ns: 0x94f3baa0.
  EXPECT_EQ(Bytes(column("duration")),
            (Bytes{0xa0, 0xba, 0xf3, 0x94, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0}));
  // And what the other implementation writes is read here.
  auto decoded = decoded_from(content);
  ASSERT_TRUE(decoded.ok()) << decoded.error().message;
  expect_equal(*decoded, small_batch());
}

struct Change {
  const char* name;
  std::function<void(Json&)> make;
  ErrorCode code;
};

void set_byte(Json& content, const char* column, std::size_t at, std::uint8_t value) {
  content["columns"][column].get_binary().at(at) = value;
}

TEST(BatchCodec, RefusesWhatIsOutOfRange) {
  constexpr auto kMalformed = ErrorCode::malformed;
  const std::vector<Change> changes = {
      {"version", [](Json& c) { c["version"] = 2; }, ErrorCode::unsupported},
      {"no version", [](Json& c) { c.erase("version"); }, kMalformed},
      {"no sensor", [](Json& c) { c.erase("sensor"); }, kMalformed},
      {"one more", [](Json& c) { c["more"] = 1; }, kMalformed},
      {"sensor's name", [](Json& c) { c["sensor"] = "tokyo 1"; }, kMalformed},
      {"unattributed", [](Json& c) { c["sensor"] = "-"; }, kMalformed},
      {"no name", [](Json& c) { c["sensor"] = ""; }, kMalformed},
      {"long name", [](Json& c) { c["sensor"] = std::string(65, 'a'); }, kMalformed},
      {"epoch", [](Json& c) { c["epoch"] = -1; }, kMalformed},
      {"turned round", [](Json& c) { std::swap(c["from"], c["to"]); }, kMalformed},
      {"before 1970", [](Json& c) { c["from"] = -1; }, kMalformed},
      {"far future", [](Json& c) { c["to"] = 7'258'118'400'000'000'000; }, kMalformed},
      {"ends of time", [](Json& c) { c["from"] = INT64_MIN; }, kMalformed},
      {"frames", [](Json& c) { c["frames"] = 32; }, kMalformed},
      {"frames wrap",
       [](Json& c) {
         c["frames"] = 30;
         c["solicited"] = UINT64_MAX - 7 + 6 + 1;
       },
       kMalformed},
      {"unsolicited", [](Json& c) { c["packets_unsolicited"] = 6; }, kMalformed},
      {"ignored", [](Json& c) { c["ignored"]["multicast"] = 11; }, kMalformed},
      {"count's name",
       [](Json& c) {
         c["limits"] = {{"a b", 1}};
       },
       kMalformed},
      {"count's order",
       [](Json& c) {
         c["limits"] = {{"b", 1}, {"a", 1}};
       },
       kMalformed},
      {"count's size",
       [](Json& c) {
         c["limits"] = {{"a", (1ULL << 48) + 1}};
       },
       kMalformed},
      {"many counts",
       [](Json& c) {
         for (int i = 0; i < 300; ++i)
           c["limits"][fmt::format("name{:04}", i)] = 1;
       },
       kMalformed},
      {"dropped", [](Json& c) { c["dropped"] = UINT64_MAX; }, kMalformed},
      {"visits", [](Json& c) { c["visits"] = true; }, kMalformed},
      {"odd activity", [](Json& c) { c["activity"].push_back(1); }, kMalformed},
      {"far activity", [](Json& c) { c["activity"][0] = 1'781'000'000'000'000'000; }, kMalformed},
      {"activity",
       [](Json& c) {
         c["activity"] = {INT64_MIN, INT64_MAX};
       },
       kMalformed},
      {"text", [](Json& c) { c["region_source"] = "a\nb"; }, kMalformed},
      {"rules", [](Json& c) { c["rule_version"] = 65536; }, kMalformed},
      {"scanner's text", [](Json& c) { c["scanners"][0] = "\x1b[2J"; }, kMalformed},
      {"scanners", [](Json& c) { c["scanners"].erase(1); }, kMalformed},
      {"accesses", [](Json& c) { c["accesses"] = 1; }, kMalformed},
      {"many accesses", [](Json& c) { c["accesses"] = 200'001; }, ErrorCode::limit_reached},
      {"huge accesses", [](Json& c) { c["accesses"] = UINT64_MAX; }, ErrorCode::limit_reached},
      {"no column", [](Json& c) { c["columns"].erase("scanner"); }, kMalformed},
      {"text for a column", [](Json& c) { c["columns"]["kind"] = "ab"; }, kMalformed},
      {"long column", [](Json& c) { c["columns"]["kind"].get_binary().push_back(0); }, kMalformed},
      {"kind", [](Json& c) { set_byte(c, "kind", 0, kKindCount); }, ErrorCode::unsupported},
      {"payload", [](Json& c) { set_byte(c, "payload", 1, 33); }, ErrorCode::unsupported},
      {"tool", [](Json& c) { set_byte(c, "tool", 1, 16); }, ErrorCode::unsupported},
      {"tool 1", [](Json& c) { set_byte(c, "tool", 1, 1); }, kMalformed},
      {"flags", [](Json& c) { set_byte(c, "flags", 1, 4); }, kMalformed},
      {"service", [](Json& c) { set_byte(c, "service", 3, 1); }, kMalformed},
      {"icmp", [](Json& c) { set_byte(c, "service", 2, 1); }, kMalformed},
      {"ip", [](Json& c) { set_byte(c, "service", 6, 47); }, kMalformed},
      {"region", [](Json& c) { set_byte(c, "region", 0, 'p'); }, kMalformed},
      {"no packets", [](Json& c) { set_byte(c, "packets", 4, 0); }, kMalformed},
      {"scanner", [](Json& c) { set_byte(c, "scanner", 0, 3); }, kMalformed},
      {"first", [](Json& c) { set_byte(c, "first", 7, 0); }, kMalformed},
      {"first negative", [](Json& c) { set_byte(c, "first", 15, 0xff); }, kMalformed},
      {"last wraps", [](Json& c) { set_byte(c, "duration", 7, 0xff); }, kMalformed},
      {"quarter", [](Json& c) { set_byte(c, "duration", 5, 1); }, kMalformed},
  };
  for (const Change& change : changes) {
    Json content = content_of(small_batch());
    change.make(content);
    auto decoded = decoded_from(content);
    ASSERT_FALSE(decoded.ok()) << change.name;
    EXPECT_EQ(decoded.error().code, change.code) << change.name << decoded.error().message;
    EXPECT_TRUE(decoded.error().message.starts_with("batch: ")) << decoded.error().message;
    EXPECT_LT(decoded.error().message.size(), 300U);
    EXPECT_EQ(decoded.error().message.find_first_of("\n\x1b"), std::string::npos);
  }
}

TEST(BatchCodec, SaysWhatIsWrong) {
  const auto message = [](const std::function<void(Json&)>& change) {
    Json content = content_of(small_batch());
    change(content);
    return decoded_from(content).error().message;
  };
  EXPECT_EQ(message([](Json& c) { c["version"] = 7; }),
            "batch: is in version 7 of the encoding, this teiten reads version 1");
  EXPECT_EQ(message([](Json& c) { c["epoch"] = "x"; }),
            "batch: field 'epoch': not an unsigned number");
  EXPECT_EQ(message([](Json& c) { c["frames"] = 32; }),
            "batch: conservation: what is counted is 31 frames, the batch says 32");
  EXPECT_EQ(message([](Json& c) { set_byte(c, "scanner", 0, 3); }),
            "batch: access 0 names a scanner that the batch does not");
}

TEST(BatchCodec, TellsAnAccessNearTheBatchFromOneFarAway) {
  Batch batch = small_batch();
  batch.accesses[1].first = batch.accesses[1].last = batch.range.from - std::chrono::hours(24);
  EXPECT_TRUE(decode_batch(encode_batch(batch)).ok());
  batch.accesses[1].first -= Duration(1);
  batch.accesses[1].last -= Duration(1);
  EXPECT_FALSE(decode_batch(encode_batch(batch)).ok());
  EXPECT_FALSE(check_batch_content(batch).ok());
}

TEST(BatchCodec, RefusesDamagedFrames) {
  const std::string sound = encode_batch(small_batch());
  for (std::size_t size = 0; size < sound.size(); ++size) {
    auto decoded = decode_batch(std::string_view(sound).substr(0, size));
    ASSERT_FALSE(decoded.ok()) << size;
    EXPECT_EQ(decoded.error().code, ErrorCode::malformed);
  }
  EXPECT_FALSE(decode_batch(sound + '\0').ok());
  EXPECT_FALSE(decode_batch(sound + sound).ok());
  // The frame's checksum sees every flipped bit but those of the frame's own header that say the
  // same thing in another way.
  std::size_t accepted = 0;
  for (std::size_t i = 0; i < sound.size(); ++i) {
    std::string damaged = sound;
    damaged[i] = static_cast<char>(damaged[i] ^ 0x10);
    auto decoded = decode_batch(damaged);
    if (decoded.ok()) {
      ++accepted;
      expect_equal(*decoded, small_batch());
    }
  }
  EXPECT_LE(accepted, 2U);
}

TEST(BatchCodec, IsNotMadeToTakeMemoryOrStack) {
  // Nested deeply; endless texts in texts; lengths that nothing follows.
  const std::string many(30U << 20, '\x81');
  for (const std::string& content :
       {many, "\xb6\x67version\x01\x66sensor" + many, "\xb6" + std::string(1U << 20, '\x7f'),
        std::string("\xb6\x67version\x01\x66sensor\x7b\xff\xff\xff\xff\xff\xff\xff\xff"),
        std::string("\xbb\xff\xff\xff\xff\xff\xff\xff\xff"), std::string("\xd8\x40\xd8\x40")}) {
    auto decoded = decode_batch(compress_frame(content));
    ASSERT_FALSE(decoded.ok());
    EXPECT_EQ(decoded.error().code, ErrorCode::malformed);
  }
}

TEST(BatchCodec, RefusesMoreThanItsLimitsBeforeUnpacking) {
  const std::string large(kMaxBatchContentBytes + 1, '\0');
  auto decoded = decode_batch(compress_frame(large));
  ASSERT_FALSE(decoded.ok());
  EXPECT_EQ(decoded.error().code, ErrorCode::limit_reached);
  EXPECT_EQ(decode_batch(std::string(kMaxBatchBytes + 1, '\0')).error().code,
            ErrorCode::limit_reached);
  // A frame that does not tell its size, as a stream is compressed.
  std::string frame(1000, '\0');
  ZSTD_CCtx* context = ZSTD_createCCtx();
  ZSTD_inBuffer in = {"abc", 3, 0};
  ZSTD_outBuffer out = {frame.data(), frame.size(), 0};
  ASSERT_EQ(ZSTD_compressStream2(context, &out, &in, ZSTD_e_continue), 0U + 0 * in.pos);
  ZSTD_inBuffer none = {nullptr, 0, 0};
  ASSERT_EQ(ZSTD_compressStream2(context, &out, &none, ZSTD_e_end), 0U);
  ZSTD_freeCCtx(context);
  frame.resize(out.pos);
  EXPECT_EQ(decode_batch(frame).error().message,
            "batch: a zstd frame that does not tell its content's size");
}

TEST(BatchCodec, TheLargestBatchFits) {
  const Batch batch = random_batch(3, kMaxBatchAccesses / 2);
  const std::string bytes = encode_batch(batch);
  EXPECT_LE(bytes.size(), kMaxBatchBytes);
  auto decoded = decode_batch(bytes);
  ASSERT_TRUE(decoded.ok()) << decoded.error().message;
  EXPECT_EQ(decoded->accesses.size(), 100'000U);
}

}  // namespace
}  // namespace teiten
