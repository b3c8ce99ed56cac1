#include "access/tool_memory.h"

#include <random>

#include <gtest/gtest.h>

#include "access/test_packets.h"

namespace teiten {
namespace {

using namespace testing;

constexpr const char* kScanner = "198.51.100.7";

/// A SYN to 192.0.2.1 (0xc0000201), port 445 (0x01bd), with a Windows-like header.
Packet syn(double seconds, std::uint32_t sequence, std::uint16_t ip_id = 7,
           const char* source = kScanner) {
  Packet p = tcp(seconds, source, 40000, "192.0.2.1", 445, tcp_flag::kSyn, sequence);
  p.has_ttl = p.has_options = true;
  p.ttl = 113;
  p.ip_id = ip_id;
  p.window = 64240;
  p.tcp_header = 28;
  p.options = tcp_options({2, 1, 1, 4});
  p.mss = 1460;
  return p;
}

/// The tool that the last of these SYNs is taken for.
std::string tool_of(const std::vector<Packet>& syns) {
  ToolMemory memory(64);
  ToolMarks marks;
  for (const Packet& p : syns)
    marks = memory.note(p);
  return to_string(memory.judge(syns.back().source, marks));
}

TEST(Tool, NamesAreWordsBothWays) {
  for (std::uint8_t code = 0; code < kToolCount * 2; ++code) {
    if (code == 1) continue;  // "none" has no degree
    const ToolGuess guess = ToolGuess::from_code(code);
    EXPECT_EQ(guess.code(), code);
    EXPECT_EQ(parse_tool(to_string(guess)), guess) << to_string(guess);
  }
  EXPECT_EQ(to_string(ToolGuess::from_code(2)), "mirai?");
  EXPECT_EQ(to_string(ToolGuess::from_code(15)), "connect_linux");
  EXPECT_FALSE(parse_tool("none?"));
  EXPECT_FALSE(parse_tool("xmap"));
}

TEST(ToolMemory, AnOrdinarySystemIsNone) {
  EXPECT_EQ(tool_of({syn(0, 0x01020304), syn(1, 0x99887766), syn(2, 0x31415926)}), "none");
}

TEST(ToolMemory, Mirai) {
  EXPECT_EQ(tool_of({syn(0, 0xc0000201)}), "mirai?");
  EXPECT_EQ(tool_of({syn(0, 0xc0000201), syn(60, 0xc0000201)}), "mirai");
  EXPECT_EQ(tool_of({syn(0, 0xc0000202)}), "none") << "another address";
}

TEST(ToolMemory, MasscanOfBothGenerations) {
  // 0x0201 ^ 0x01bd ^ 0x3344 = 0x30f8
  Packet first = syn(0, 0x11223344, 0x30f8);
  EXPECT_EQ(tool_of({first}), "none") << "a window of 64240 is not Masscan's";
  first.window = 1024;
  first.tcp_header = 20;
  first.options = 0;
  EXPECT_EQ(tool_of({first}), "masscan?");
  Packet renewed = syn(5, 0x55667788, 0x7434);  // 0x0201 ^ 0x01bd ^ 0x7788
  renewed.window = 1025;
  renewed.tcp_header = 24;
  renewed.options = tcp_options({2});
  EXPECT_EQ(tool_of({renewed}), "masscan?");
  EXPECT_EQ(tool_of({first, renewed}), "masscan");
  renewed.window = 1024;
  EXPECT_EQ(tool_of({renewed}), "none");
}

TEST(ToolMemory, ZmapOfBothGenerationsAndXmap) {
  EXPECT_EQ(tool_of({syn(0, 1, 54321)}), "zmap?");
  EXPECT_EQ(tool_of({syn(0, 1, 54321), syn(1, 90000, 54321)}), "zmap");
  Packet renewed = syn(0, 1);
  renewed.ttl = 241;
  renewed.window = 65535;
  renewed.options = tcp_options({2, 1, 3, 1, 1, 4});
  EXPECT_EQ(tool_of({renewed}), "zmap?");
  renewed.ttl = 121;
  EXPECT_EQ(tool_of({renewed}), "none") << "Windows itself";
}

TEST(ToolMemory, NmapAndUnicornscanShowInPairs) {
  // One run of Nmap: the mask 0x12345678, over it 16 bits twice.
  const Packet a = syn(0, 0x12345678 ^ 0x00010001);
  const Packet b = syn(1, 0x12345678 ^ 0xbeefbeef);
  const Packet c = syn(2, 0x12345678 ^ 0x40004000);
  EXPECT_EQ(tool_of({a}), "none");
  EXPECT_EQ(tool_of({a, b}), "nmap?");
  EXPECT_EQ(tool_of({a, b, c}), "nmap");
  EXPECT_EQ(tool_of({a, b, a, b, a}), "nmap?") << "one relation, whatever its number of turns";
  EXPECT_EQ(tool_of({a, b, a, c}), "nmap");
  EXPECT_EQ(tool_of({a, a}), "none") << "the same number again is no pair";
  // Unicornscan: key 0xfeedface over 192.0.2.1 and ports, 0x01bd9c40 and 0x00509c41.
  Packet d = syn(0, 0xfeedface ^ 0xc0000201 ^ 0x01bd9c40);
  Packet e = syn(1, 0xfeedface ^ 0xc0000201 ^ 0x00509c41);
  e.destination_port = 80;
  e.source_port = 40001;
  EXPECT_EQ(tool_of({d, e}), "unicornscan?");
  // The address the other way round: 0x010200c0.
  d.sequence = 0xfeedface ^ 0x010200c0 ^ 0x01bd9c40;
  e.destination = address("192.0.2.9");  // 0x090200c0
  e.sequence = 0xfeedface ^ 0x090200c0 ^ 0x00509c41;
  EXPECT_EQ(tool_of({d, e}), "unicornscan?");
}

TEST(ToolMemory, AConfirmedPairToolOwnsItsFirstSynToo) {
  ToolMemory memory(64);
  const ToolMarks first = memory.note(syn(0, 0x12345678 ^ 0x00010001));
  EXPECT_TRUE(first.empty());
  memory.note(syn(1, 0x12345678 ^ 0xbeefbeef));
  EXPECT_EQ(to_string(memory.judge(address(kScanner), first)), "none");
  memory.note(syn(2, 0x12345678 ^ 0x40004000));
  EXPECT_EQ(to_string(memory.judge(address(kScanner), first)), "nmap");
}

TEST(ToolMemory, OneMatchByChanceStaysPossible) {
  // The same evidence twice is one piece of evidence: 16 bits that repeat themselves.
  Packet chance = syn(0, 0x11220000, 0x03bc);  // 0x0201 ^ 0x01bd ^ 0
  chance.window = 1024;
  chance.tcp_header = 20;
  Packet again = chance;
  again.sequence = 0x44550000;
  EXPECT_EQ(tool_of({chance, again}), "masscan?");
  EXPECT_EQ(tool_of({syn(0, 5, 54321), syn(1, 5, 54321)}), "zmap?");
  // Two of 65,536 × 2 SYNs of a busy system.
  std::vector<Packet> busy;
  std::mt19937 random(1);
  for (int i = 0; i < 20; ++i)
    busy.push_back(syn(i, static_cast<std::uint32_t>(random()), 7));
  busy[3].ip_id = busy[19].ip_id = 54321;
  EXPECT_EQ(tool_of(busy), "zmap?");
}

TEST(ToolMemory, NineTenthsMustFit) {
  std::vector<Packet> syns;
  std::mt19937 random(1);
  for (int i = 0; i < 10; ++i)
    syns.push_back(syn(i, static_cast<std::uint32_t>(random()), 54321));
  syns[4].ip_id = 7;
  EXPECT_EQ(tool_of(syns), "zmap");
  syns[5].ip_id = 7;
  EXPECT_EQ(tool_of(syns), "zmap?");
}

TEST(ToolMemory, AfterADayASourceBeginsAnew) {
  EXPECT_EQ(tool_of({syn(0, 1, 54321), syn(86'400, 90000, 54321)}), "zmap");
  EXPECT_EQ(tool_of({syn(0, 1, 54321), syn(86'401, 90000, 54321)}), "zmap?");
}

TEST(ToolMemory, WhatIsSilentLongestMakesRoom) {
  // Eight places; nine sources in turn, all within a day.
  ToolMemory memory(8);
  const auto source = [](int i) { return "203.0.113." + std::to_string(i); };
  for (int i = 0; i < 9; ++i)
    memory.note(syn(i, 1, 54321, source(i).c_str()));
  EXPECT_EQ(memory.forgotten(), 1U);
  const ToolMarks kept = memory.note(syn(20, 2, 54321, source(1).c_str()));
  EXPECT_EQ(to_string(memory.judge(address(source(1)), kept)), "zmap");
  const ToolMarks gone = memory.note(syn(21, 2, 54321, source(0).c_str()));
  EXPECT_EQ(to_string(memory.judge(address(source(0)), gone)), "zmap?");
  EXPECT_EQ(memory.forgotten(), 2U);
}

TEST(ToolMemory, Ipv6HasNoIdentificationToMatch) {
  Packet p = syn(0, 0xc0000201, 54321, "2001:db8::7");
  p.destination = address("2001:db8::c000:201");
  EXPECT_EQ(tool_of({p}), "none");
}

TEST(ToolMemory, ALogWithoutNumbersHasNoTool) {
  Packet p = syn(0, 0xc0000201, 54321);
  p.has_sequence = false;
  EXPECT_EQ(tool_of({p}), "none");
}

}  // namespace
}  // namespace teiten
