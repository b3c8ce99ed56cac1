#include "capture/pcapng_reader.h"

#include <gtest/gtest.h>

#include "capture/capture_test_files.h"

namespace teiten {
namespace {

using namespace capture_test;

const Writer kLittle(std::endian::little);
const Writer kBig(std::endian::big);

// A section, an Ethernet interface with if_tsresol 9 and if_snaplen 256, and one enhanced packet
// block at 1184555045123456789 ns, which is 10706289 997aff15 in base 16.
const Bytes kBigFileByHand = literal(
    0x0a, 0x0d, 0x0d, 0x0a, 0, 0, 0, 0x1c, 0x1a, 0x2b, 0x3c, 0x4d, 0, 1, 0, 0,              //
    0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0x1c,                          //
    0, 0, 0, 1, 0, 0, 0, 0x20, 0, 1, 0, 0, 0, 0, 1, 0,                                      //
    0, 9, 0, 1, 9, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x20,                                      //
    0, 0, 0, 6, 0, 0, 0, 0x24, 0, 0, 0, 0, 0x10, 0x70, 0x62, 0x89, 0x99, 0x7a, 0xff, 0x15,  //
    0, 0, 0, 3, 0, 0, 0, 0x3c, 0xaa, 0xbb, 0xcc, 0, 0, 0, 0, 0x24);
const Bytes kLittleFileByHand = literal(
    0x0a, 0x0d, 0x0d, 0x0a, 0x1c, 0, 0, 0, 0x4d, 0x3c, 0x2b, 0x1a, 1, 0, 0, 0,              //
    0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x1c, 0, 0, 0,                          //
    1, 0, 0, 0, 0x20, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0,                                      //
    9, 0, 1, 0, 9, 0, 0, 0, 0, 0, 0, 0, 0x20, 0, 0, 0,                                      //
    6, 0, 0, 0, 0x24, 0, 0, 0, 0, 0, 0, 0, 0x89, 0x62, 0x70, 0x10, 0x15, 0xff, 0x7a, 0x99,  //
    3, 0, 0, 0, 0x3c, 0, 0, 0, 0xaa, 0xbb, 0xcc, 0, 0x24, 0, 0, 0);

TEST(PcapngReader, ReadsBytesWrittenByHandInBothOrders) {
  const KeptFrame expected{1184555045123456789, true, 1, literal(0xaa, 0xbb, 0xcc), 60};
  for (const Bytes& file : {kBigFileByHand, kLittleFileByHand}) {
    const Whole whole = read_whole(file);
    EXPECT_EQ(whole.warning, "");
    ASSERT_EQ(whole.frames.size(), 1U);
    EXPECT_EQ(whole.frames[0], expected);
    EXPECT_EQ(whole.format, "pcapng");
  }
}

TEST(PcapngReader, TakesLinkTypeAndClockFromEachFramesInterface) {
  for (const Writer& w : {kLittle, kBig}) {
    const Whole whole = read_whole(
        w.section() + w.interface(1) + w.enhanced_packet(0, 5, payload(3), 3) +
        w.interface(101, w.option(2, text("ppp0")) + w.option(9, w.u8(3)) +
                             w.option(14, w.u64(1'000'000)) + w.option(0, {})) +
        w.enhanced_packet(1, 7, payload(4), 4) + w.enhanced_packet(0, 6, payload(5), 99));
    EXPECT_EQ(whole.warning, "");
    ASSERT_EQ(whole.frames.size(), 3U);
    EXPECT_EQ(whole.frames[0], (KeptFrame{5000, true, 1, payload(3), 3}));
    EXPECT_EQ(whole.frames[1], (KeptFrame{1'000'000'007'000'000, true, 101, payload(4), 4}));
    EXPECT_EQ(whole.frames[2], (KeptFrame{6000, true, 1, payload(5), 99}));
  }
}

TEST(PcapngReader, ForgetsInterfacesAndByteOrderAtASection) {
  const Whole whole = read_whole(kLittle.section() + kLittle.interface(1) + kLittle.interface(113) +
                                 kLittle.enhanced_packet(1, 1, payload(8), 8) + kBig.section(1, 2) +
                                 kBig.interface(276) + kBig.enhanced_packet(0, 2, payload(9), 9) +
                                 kBig.enhanced_packet(1, 3, payload(9), 9));
  ASSERT_EQ(whole.frames.size(), 2U);
  EXPECT_EQ(whole.frames[0].link, 113);
  EXPECT_EQ(whole.frames[1].link, 276);
  EXPECT_EQ(whole.warning,
            "test: damaged at byte 200: a frame of interface 1, where the section has 1; 2 whole "
            "frames were read before it");
}

TEST(PcapngReader, ReadsTheObsoletePacketBlock) {
  for (const Writer& w : {kLittle, kBig}) {
    const Whole whole =
        read_whole(w.section() + w.interface(9) + w.interface(1) +
                   w.old_packet(1, 77, (std::uint64_t{1} << 32) + 1, payload(6), 60));
    EXPECT_EQ(whole.warning, "");
    ASSERT_EQ(whole.frames.size(), 1U);
    // 4,294,967,297 microseconds.
    EXPECT_EQ(whole.frames[0], (KeptFrame{4'294'967'297'000, true, 1, payload(6), 60}));
  }
}

TEST(PcapngReader, GivesSimplePacketsWithoutATime) {
  for (const Writer& w : {kLittle, kBig}) {
    const Whole whole =
        read_whole(w.section() + w.interface(1, {}, 10) + w.interface(101, {}, 5) +
                   w.simple_packet(payload(10), 60) + w.simple_packet(payload(7), 7));
    EXPECT_EQ(whole.warning, "");
    ASSERT_EQ(whole.frames.size(), 2U);
    EXPECT_EQ(whole.frames[0], (KeptFrame{0, false, 1, payload(10), 60}));
    EXPECT_EQ(whole.frames[1], (KeptFrame{0, false, 1, payload(7), 7}));
  }
  const Whole unlimited =
      read_whole(kBig.section() + kBig.interface(1, {}, 0) + kBig.simple_packet(payload(70), 70));
  ASSERT_EQ(unlimited.frames.size(), 1U);
  EXPECT_EQ(unlimited.frames[0].data, payload(70));
}

TEST(PcapngReader, GivesNoTimeWhereTheClockCannotTellIt) {
  const auto times = [](const Bytes& options, std::uint64_t count) {
    return read_whole(kBig.section() + kBig.interface(1, options) +
                      kBig.enhanced_packet(0, count, payload(1), 1));
  };
  // if_tsresol of two bytes, if_tsoffset of four; 2^64 - 1 µs lies in the year 586,524.
  EXPECT_FALSE(times(kBig.option(9, kBig.u16(6)), 5).frames.at(0).has_time);
  EXPECT_FALSE(times(kBig.option(14, kBig.u32(6)), 5).frames.at(0).has_time);
  EXPECT_FALSE(times({}, ~0ULL).frames.at(0).has_time);
  EXPECT_EQ(times({}, ~0ULL).frames.at(0).nanoseconds, 0);
  EXPECT_TRUE(times({}, 5).frames.at(0).has_time);
}

TEST(PcapngReader, PassesOverBlocksItDoesNotKnow) {
  for (const Writer& w : {kLittle, kBig}) {
    const Bytes packet = w.enhanced_packet(0, 5, payload(3), 3, w.option(1, text("a comment")));
    const Whole whole = read_whole(
        w.section() + w.block(4, payload(21)) + w.interface(1) + w.block(0x0bad, w.u32(32473)) +
        packet + w.block(0x40000bad, payload(8)) + w.block(9, text("MESSAGE=x\n")) +
        w.block(0x80000001, {}) + w.block(10, payload(3 << 20)) + packet);
    EXPECT_EQ(whole.warning, "");
    EXPECT_EQ(whole.frames.size(), 2U);
  }
}

TEST(PcapngReader, SumsTheDropsOfEachInterfacesNewestStatistics) {
  for (const Writer& w : {kLittle, kBig}) {
    const Whole whole = read_whole(
        w.section() + w.interface(1) + w.interface(1) +
        w.statistics(0, w.option(4, w.u64(1000)) + w.option(5, w.u64(3)) + w.option(7, w.u64(4))) +
        w.statistics(0, w.option(5, w.u64(10)) + w.option(7, w.u64(20)) + w.option(0, {})) +
        w.statistics(1, w.option(5, w.u64(100))) +   //
        w.statistics(7, w.option(5, w.u64(5000))) +  // nobody's interface
        w.statistics(1, w.option(5, w.u32(9999))) +  // no number of eight bytes: none known
        w.section() + w.interface(1) + w.statistics(0, w.option(5, w.u64(1))));
    EXPECT_EQ(whole.warning, "");
    EXPECT_EQ(whole.dropped, 31U);
  }
  const Whole many =
      read_whole(kBig.section() + kBig.interface(1) +
                 kBig.statistics(0, kBig.option(5, kBig.u64(~0ULL)) + kBig.option(7, kBig.u64(2))));
  EXPECT_EQ(many.dropped, ~0ULL);
}

/// One good frame, then `damage`, then another good one: the warning that follows.
std::string warning_at(const Bytes& damage) {
  const Writer& w = kLittle;
  const Bytes good = w.enhanced_packet(0, 5, payload(4), 4);
  const Whole whole = read_whole(w.section() + w.interface(1) + good + damage + good);
  EXPECT_EQ(whole.frames.size(), 1U);
  EXPECT_FALSE(whole.error);
  // Every one begins where the damage does.
  const std::string prefix = "test: damaged at byte 84: ";
  const std::string suffix = "; 1 whole frame was read before it";
  EXPECT_TRUE(whole.warning.starts_with(prefix) && whole.warning.ends_with(suffix))
      << whole.warning;
  if (whole.warning.size() < prefix.size() + suffix.size()) return whole.warning;
  return whole.warning.substr(prefix.size(), whole.warning.size() - prefix.size() - suffix.size());
}

TEST(PcapngReader, StopsAtDamage) {
  const Writer& w = kLittle;
  const auto length = [&](std::uint32_t n) { return w.u32(0x999) + w.u32(n) + payload(40); };
  const std::string possible = " bytes, where a multiple of 4 from 12 to 134217728 is possible";
  EXPECT_EQ(warning_at(length(0)), "a block of 0" + possible);
  EXPECT_EQ(warning_at(length(8)), "a block of 8" + possible);
  EXPECT_EQ(warning_at(length(13)), "a block of 13" + possible);
  EXPECT_EQ(warning_at(length(0xfffffffc)), "a block of 4294967292" + possible);
  // The length at its end would be payload bytes 12 to 15: 0x0f0e0d0c.
  EXPECT_EQ(warning_at(length(24)), "a block that gives its length as 24 and then as 252579084");
  Bytes packet = w.enhanced_packet(0, 5, payload(4), 4);
  packet.at(packet.size() - 4) = std::byte{37};
  EXPECT_EQ(warning_at(packet), "a block that gives its length as 36 and then as 37");

  EXPECT_EQ(warning_at(w.enhanced_packet(1, 5, payload(4), 4)),
            "a frame of interface 1, where the section has 1");
  EXPECT_EQ(warning_at(w.block(6, payload(16))), "a packet block that is too short");
  EXPECT_EQ(warning_at(w.block(2, payload(16))), "a packet block that is too short");
  EXPECT_EQ(warning_at(w.block(3, {})), "a packet block that is too short");
  const Bytes tail = w.u32(0) + w.u32(0) + w.u32(0);
  EXPECT_EQ(warning_at(w.block(6, tail + w.u32(5) + w.u32(5) + payload(4))),
            "a frame of 5 bytes in a block of 36");
  EXPECT_EQ(warning_at(w.simple_packet(payload(4), 5)), "a frame of 5 bytes in a block of 20");
  EXPECT_EQ(warning_at(w.enhanced_packet(0, 5, payload(262145), 4)),
            "a frame of 262145 bytes, where 262144 is the most");

  EXPECT_EQ(warning_at(w.block(1, payload(4))), "an interface description that is too short");
  EXPECT_EQ(warning_at(w.interface(1, w.u16(2) + w.u16(8) + payload(4))),
            "an interface description whose options do not fit into it");
  EXPECT_EQ(warning_at(w.block(5, payload(8))), "interface statistics that are too short");
  EXPECT_EQ(warning_at(w.statistics(0, w.u16(5) + w.u16(8) + payload(4))),
            "interface statistics whose options do not fit into them");
  EXPECT_EQ(warning_at(w.section(2)), "a section of the unknown version 2");
  EXPECT_EQ(warning_at(w.block(0x0a0d0d0a, payload(16))),
            "a section header without its byte-order magic");
  EXPECT_EQ(warning_at(w.block(0x0a0d0d0a, w.u32(0x1a2b3c4d))), "a section header of 16 bytes");
}

TEST(PcapngReader, NamesItsLimits) {
  const Writer& w = kBig;
  const Bytes one = w.interface(1);
  Bytes file = w.section();
  for (std::size_t i = 0; i < 65'536; ++i)
    file.insert(file.end(), one.begin(), one.end());
  const Bytes packet = w.enhanced_packet(65'535, 1, payload(1), 1);
  EXPECT_EQ(read_whole(file + packet).frames.size(), 1U);
  EXPECT_EQ(read_whole(file + packet).warning, "");
  EXPECT_EQ(
      read_whole(file + one + packet).warning,
      "test: damaged at byte 1310748: more than 65536 interfaces in a section; 0 whole frames "
      "were read before it");
  // An interface described in 17 MiB; a frame with as many options is refused alike.
  const Bytes large = w.block(1, payload(17 << 20));
  EXPECT_EQ(read_whole(w.section() + large).warning,
            "test: damaged at byte 28: a block of type 1 of 17825804 bytes, where 16777216 is the "
            "most; 0 whole frames were read before it");
}

TEST(PcapngReader, NeedsAnInterfaceBeforeASimplePacket) {
  EXPECT_EQ(read_whole(kBig.section() + kBig.simple_packet(payload(4), 4)).warning,
            "test: damaged at byte 28: a simple packet block before the first interface; 0 whole "
            "frames were read before it");
}

TEST(PcapngReader, RefusesALaterVersion) {
  const Whole whole = read_whole(kLittle.section(2, 1));
  ASSERT_TRUE(whole.error);
  EXPECT_EQ(whole.error->code, ErrorCode::unsupported);
  EXPECT_EQ(whole.error->message, "test: pcapng version 2.1 is unknown (1.0 is the current one)");
}

TEST(PcapngReader, SaysWhereAFileIsCutShort) {
  const Bytes file = kLittle.section() + kLittle.interface(1) + kLittle.block(99, payload(100));
  ASSERT_EQ(file.size(), 160U);
  EXPECT_EQ(read_whole(std::span(file).first(159)).warning,
            "test: cut short at byte 159, inside the block that begins at byte 48; 0 whole frames "
            "were read before it");
  EXPECT_EQ(read_whole(std::span(file).first(50)).warning,
            "test: cut short at byte 50, inside the block that begins at byte 48; 0 whole frames "
            "were read before it");
}

}  // namespace
}  // namespace teiten
