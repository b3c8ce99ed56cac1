#include "decode/anomaly.h"

#include <cctype>
#include <set>
#include <string>

#include <gtest/gtest.h>

#include "decode/decode.h"

namespace teiten {
namespace {

TEST(Anomaly, EveryNameIsItsOwn) {
  std::set<std::string_view> names;
  for (std::size_t i = 0; i < kAnomalyCount; ++i) {
    const std::string_view name = to_string(static_cast<Anomaly>(i));
    EXPECT_TRUE(names.insert(name).second) << name;
    for (const char c : name)
      EXPECT_TRUE(std::islower(c) != 0 || std::isdigit(c) != 0 || c == '_') << name;
  }
  EXPECT_EQ(to_string(Anomaly::truncated_ipv4_header), "truncated_ipv4_header");
}

TEST(Layer, EveryNameIsItsOwn) {
  std::set<std::string_view> names;
  for (int i = 0; i <= static_cast<int>(Layer::other); ++i)
    EXPECT_TRUE(names.insert(to_string(static_cast<Layer>(i))).second) << i;
  EXPECT_EQ(to_string(Layer::llc_snap), "llc_snap");
}

TEST(LayerTrace, KeepsWhatFits) {
  LayerTrace trace;
  for (int i = 0; i < 30; ++i)
    trace.add(Layer::vlan);
  EXPECT_EQ(trace.count, 24U);
}

}  // namespace
}  // namespace teiten
