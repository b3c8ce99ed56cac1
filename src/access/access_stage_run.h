#pragma once

#include <algorithm>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "access/access_stage.h"
#include "access/slice.h"
#include "access/test_packets.h"

namespace teiten::testing {

/// What a whole access stage made of some packets.
struct Outcome {
  std::vector<Access> accesses;
  std::uint64_t records = 0;
  std::uint64_t frames = 0;
  std::uint64_t unsolicited = 0;
  std::uint64_t solicited = 0;
  NamedCounts ignored;
  NamedCounts limits;
  std::vector<Batch> batches;
};

/// Runs a stage and checks that every packet is accounted for; accesses in the order of the store.
inline Outcome run(const std::vector<Packet>& packets, std::size_t threads,
                   std::vector<SensorSpec> specs, std::uint64_t slice_packets = 1000) {
  Outcome outcome;
  AccessStageOptions options;
  options.threads = threads;
  options.slice_packets = slice_packets;
  AccessStage stage(SensorMap::create(std::move(specs)).value(), options, [&](Slice slice) {
    for (Batch& batch : cut_batches(std::move(slice), 0)) {
      std::uint64_t packets_in_rows = 0;
      for (const Access& access : batch.accesses)
        packets_in_rows += access.packets;
      EXPECT_EQ(batch.packets_unsolicited, packets_in_rows);
      EXPECT_EQ(batch.frames,
                batch.packets_unsolicited + batch.solicited + total_of(batch.ignored));
      outcome.frames += batch.frames;
      outcome.records += batch.records;
      outcome.unsolicited += batch.packets_unsolicited;
      outcome.solicited += batch.solicited;
      add_counts(outcome.ignored, batch.ignored);
      add_counts(outcome.limits, batch.limits);
      outcome.accesses.insert(outcome.accesses.end(), batch.accesses.begin(), batch.accesses.end());
      outcome.batches.push_back(std::move(batch));
    }
  });
  std::uint64_t weight = 0;
  for (const Packet& p : packets) {
    weight += p.packets;
    stage.add_packet(p);
  }
  stage.finish();
  EXPECT_EQ(outcome.records, packets.size()) << "every record is accounted for";
  EXPECT_EQ(outcome.frames, weight) << "every packet is accounted for";
  std::sort(outcome.accesses.begin(), outcome.accesses.end(), stored_before);
  return outcome;
}

inline auto row(const Access& a) {
  return std::tuple(a.first, a.last, a.source, a.service, a.source_port, a.destination_port,
                    a.sensor, a.target, a.kind, a.packets, a.continues, to_string(a.tool),
                    a.payload);
}

inline void expect_same(const Outcome& a, const Outcome& b) {
  EXPECT_EQ(a.unsolicited, b.unsolicited);
  EXPECT_EQ(a.solicited, b.solicited);
  EXPECT_EQ(a.ignored, b.ignored);
  ASSERT_EQ(a.accesses.size(), b.accesses.size());
  for (std::size_t i = 0; i < a.accesses.size(); ++i) {
    ASSERT_EQ(row(a.accesses[i]), row(b.accesses[i])) << "row " << i;
  }
}

inline std::vector<SensorSpec> two_sensors() {
  return {parse_sensor("a=192.0.2.1,192.0.2.2").value(), parse_sensor("b=192.0.2.128/26").value()};
}

}  // namespace teiten::testing
