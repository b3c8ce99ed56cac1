#include <random>

#include <gtest/gtest.h>

#include "decode/sample_frames.h"
#include "decode/test_frames.h"

namespace teiten::test {
namespace {

void expect_consistent(const Outcome& outcome) {
  EXPECT_EQ(fault_of(outcome), "");
}

TEST(Hostile, SamplesAreWholePackets) {
  for (const SampleFrame& sample : sample_frames()) {
    const Outcome outcome = decode_bytes(sample.link, sample.bytes);
    EXPECT_EQ(outcome.verdict(), "packet") << outcome.layers();
    expect_consistent(outcome);
  }
}

TEST(Hostile, EveryPrefixCutByTheCaptureOrTheWire) {
  for (const SampleFrame& sample : sample_frames()) {
    for (std::size_t size = 0; size <= sample.bytes.size(); ++size) {
      const std::vector<std::byte> prefix(sample.bytes.begin(),
                                          sample.bytes.begin() + static_cast<std::ptrdiff_t>(size));
      expect_consistent(
          decode_bytes(sample.link, prefix, static_cast<std::uint32_t>(sample.bytes.size())));
      expect_consistent(decode_bytes(sample.link, prefix));
    }
  }
}

TEST(Hostile, EveryByteTakesEveryValue) {
  for (const SampleFrame& sample : sample_frames()) {
    std::vector<std::byte> bytes = sample.bytes;
    for (std::byte& byte : bytes) {
      const std::byte before = byte;
      for (int value = 0; value < 256; ++value) {
        byte = static_cast<std::byte>(value);
        expect_consistent(decode_bytes(sample.link, bytes));
      }
      byte = before;
    }
  }
}

TEST(Hostile, RandomMutations) {
  constexpr int kRounds = 20'000;  // for each sample: about a second in all
  std::mt19937 random(20070701);
  for (const SampleFrame& sample : sample_frames()) {
    for (int round = 0; round < kRounds; ++round) {
      std::vector<std::byte> bytes = sample.bytes;
      const std::size_t changes = 1 + random() % 6;
      for (std::size_t i = 0; i < changes; ++i)
        bytes[random() % bytes.size()] = static_cast<std::byte>(random());
      bytes.resize(random() % (bytes.size() + 8));
      const auto original_length = static_cast<std::uint32_t>(random() % 3 == 0 ? random() : 0);
      expect_consistent(decode_bytes(sample.link, bytes, original_length));
    }
  }
}

TEST(Hostile, RandomBytesOnEveryLinkType) {
  std::mt19937 random(20070731);
  for (int link = 0; link < 300; ++link) {
    for (int round = 0; round < 100; ++round) {
      std::vector<std::byte> bytes(random() % 200);
      for (std::byte& byte : bytes)
        byte = static_cast<std::byte>(random());
      expect_consistent(decode_bytes(static_cast<LinkType>(link), bytes));
    }
  }
}

}  // namespace
}  // namespace teiten::test
