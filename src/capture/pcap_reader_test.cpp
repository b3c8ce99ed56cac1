#include "capture/pcap_reader.h"

#include <gtest/gtest.h>

#include "capture/capture_test_files.h"

namespace teiten {
namespace {

using namespace capture_test;

constexpr std::uint32_t kMicroseconds = 0xa1b2c3d4;
constexpr std::uint32_t kNanoseconds = 0xa1b23c4d;
constexpr std::uint32_t kModified = 0xa1b2cd34;

const Writer kLittle(std::endian::little);
const Writer kBig(std::endian::big);

// 2007-07-16T03:04:05.678901Z is 1184555045 s = 0x469ae025 (date -d); 678901 = 0x0a5bf5.
const Bytes kLittleFileByHand = literal(0xd4, 0xc3, 0xb2, 0xa1, 0x02, 0x00, 0x04, 0x00, 0, 0, 0, 0,
                                        0, 0, 0, 0, 0xff, 0xff, 0, 0, 0x01, 0x00, 0x00, 0x00,  //
                                        0x25, 0xe0, 0x9a, 0x46, 0xf5, 0x5b, 0x0a, 0x00, 0x03, 0, 0,
                                        0, 0x3c, 0, 0, 0, 0xaa, 0xbb, 0xcc);
const Bytes kBigFileByHand = literal(0xa1, 0xb2, 0xc3, 0xd4, 0x00, 0x02, 0x00, 0x04, 0, 0, 0, 0, 0,
                                     0, 0, 0, 0, 0, 0xff, 0xff, 0x00, 0x00, 0x00, 0x01,  //
                                     0x46, 0x9a, 0xe0, 0x25, 0x00, 0x0a, 0x5b, 0xf5, 0, 0, 0, 0x03,
                                     0, 0, 0, 0x3c, 0xaa, 0xbb, 0xcc);

TEST(PcapReader, ReadsBytesWrittenByHandInBothOrders) {
  const KeptFrame expected{1184555045678901000, true, 1, literal(0xaa, 0xbb, 0xcc), 60};
  for (const Bytes& file : {kLittleFileByHand, kBigFileByHand}) {
    const Whole whole = read_whole(file);
    ASSERT_EQ(whole.frames.size(), 1U);
    EXPECT_EQ(whole.frames[0], expected);
    EXPECT_EQ(whole.warning, "");
    EXPECT_EQ(whole.format, "pcap");
    EXPECT_EQ(whole.dropped, 0U);
  }
}

TEST(PcapReader, ReadsNanoseconds) {
  for (const Writer& writer : {kLittle, kBig}) {
    const Whole whole = read_whole(writer.pcap_header(kNanoseconds, 101) +
                                   writer.record(1184555045, 123456789, payload(20), 20));
    ASSERT_EQ(whole.frames.size(), 1U);
    EXPECT_EQ(whole.frames[0], (KeptFrame{1184555045123456789, true, 101, payload(20), 20}));
  }
}

TEST(PcapReader, ReadsTheModifiedFormatWithItsLongerRecords) {
  for (const Writer& writer : {kLittle, kBig}) {
    const Bytes extra = writer.u32(2) + writer.u16(0x0800) + writer.u8(4) + writer.u8(0);
    const Whole whole =
        read_whole(writer.pcap_header(kModified, 1) + writer.record_header(10, 20, 5, 9) + extra +
                   payload(5, 7) + writer.record_header(11, 0, 0, 0) + extra);
    ASSERT_EQ(whole.frames.size(), 2U);
    EXPECT_EQ(whole.frames[0], (KeptFrame{10000020000, true, 1, payload(5, 7), 9}));
    EXPECT_EQ(whole.frames[1], (KeptFrame{11000000000, true, 1, {}, 0}));
    EXPECT_EQ(whole.warning, "");
  }
}

TEST(PcapReader, TakesTheLatestTimeAndCarriesAFractionOfMoreThanASecond) {
  const Whole whole = read_whole(
      kLittle.pcap_header(kMicroseconds, 1) + kLittle.record(0xffffffff, 999999, {}, 0) +
      kLittle.record(1, 3'500'000, {}, 0) + kLittle.record(0xffffffff, 0xffffffff, {}, 0));
  ASSERT_EQ(whole.frames.size(), 3U);
  EXPECT_EQ(whole.frames[0].nanoseconds, 4294967295999999000);
  EXPECT_EQ(whole.frames[1].nanoseconds, 4500000000);
  EXPECT_EQ(whole.frames[2].nanoseconds, 4294971589967295000);
}

TEST(PcapReader, MasksTheFrameCheckSequenceBitsOfTheLinkType) {
  const Whole whole =
      read_whole(kLittle.pcap_header(kMicroseconds, 0x24000071) + kLittle.record(1, 2, {}, 0));
  ASSERT_EQ(whole.frames.size(), 1U);
  EXPECT_EQ(whole.frames[0].link, 113);
}

TEST(PcapReader, KeepsAnUnknownLinkType) {
  const Whole whole =
      read_whole(kBig.pcap_header(kMicroseconds, 65001) + kBig.record(1, 2, payload(4), 4));
  ASSERT_EQ(whole.frames.size(), 1U);
  EXPECT_EQ(whole.frames[0].link, 65001);
}

TEST(PcapReader, PutsTheLengthsOfOldFilesInOrder) {
  // Before 2.3 the length on the wire came first.
  for (const std::uint16_t minor : {std::uint16_t{2}, std::uint16_t{3}}) {
    const Whole whole = read_whole(kLittle.pcap_header(kMicroseconds, 1, 2, minor) +
                                   kLittle.record_header(1, 2, 60, 4) + payload(4));
    ASSERT_EQ(whole.frames.size(), 1U) << minor;
    EXPECT_EQ(whole.frames[0].data, payload(4));
    EXPECT_EQ(whole.frames[0].original_length, 60U);
    EXPECT_EQ(whole.warning, "");
  }
  // In 2.4 what the file says holds, however odd.
  const Whole whole = read_whole(kLittle.pcap_header(kMicroseconds, 1) +
                                 kLittle.record_header(1, 2, 6, 4) + payload(6));
  ASSERT_EQ(whole.frames.size(), 1U);
  EXPECT_EQ(whole.frames[0].data, payload(6));
}

TEST(PcapReader, RefusesAVersionThatNobodyWrote) {
  const Whole whole = read_whole(kLittle.pcap_header(kMicroseconds, 1, 3, 0));
  ASSERT_TRUE(whole.error);
  EXPECT_EQ(whole.error->code, ErrorCode::unsupported);
  EXPECT_EQ(whole.error->message, "test: pcap version 3.0 is unknown (2.4 is the current one)");
}

TEST(PcapReader, StopsAtAFrameThatNoLinkCarries) {
  const Bytes good = kLittle.record(1, 2, payload(10), 10);
  const Whole largest =
      read_whole(kLittle.pcap_header(kMicroseconds, 1) + kLittle.record(1, 2, payload(262144), 1));
  EXPECT_EQ(largest.frames.size(), 1U);
  EXPECT_EQ(largest.warning, "");
  const Whole whole = read_whole(kLittle.pcap_header(kMicroseconds, 1) + good +
                                 kLittle.record(1, 2, payload(262145), 1) + good);
  EXPECT_EQ(whole.frames.size(), 1U);
  EXPECT_FALSE(whole.error);
  EXPECT_EQ(whole.warning,
            "test: damaged at byte 50: a frame of 262145 bytes, where 262144 is the most; 1 whole "
            "frame was read before it");
}

TEST(PcapReader, SaysWhereAFileIsCutShort) {
  const Bytes file = kLittle.pcap_header(kMicroseconds, 1) + kLittle.record(1, 2, payload(10), 10) +
                     kLittle.record(1, 2, payload(10), 10) + kLittle.record(3, 4, payload(10), 10);
  ASSERT_EQ(file.size(), 102U);
  EXPECT_EQ(read_whole(std::span(file).first(90)).warning,
            "test: cut short at byte 90, inside the frame that begins at byte 76; 2 whole frames "
            "were read before it");
  EXPECT_EQ(read_whole(std::span(file).first(101)).warning,
            "test: cut short at byte 101, inside the frame that begins at byte 76; 2 whole frames "
            "were read before it");
}

TEST(PcapReader, StaysAtTheEnd) {
  const Bytes file = kLittle.pcap_header(kMicroseconds, 1) + kLittle.record(1, 2, payload(10), 10) +
                     literal(1, 2, 3);
  const auto input = Input::from_memory("test", file);
  const auto reader = CaptureReader::open(*input).value();
  Frame frame;
  EXPECT_TRUE(*reader->next(frame));
  EXPECT_FALSE(reader->warning());
  for (int i = 0; i < 3; ++i)
    EXPECT_FALSE(*reader->next(frame));
  EXPECT_TRUE(reader->warning());
  EXPECT_EQ(reader->frames(), 1U);
}

}  // namespace
}  // namespace teiten
