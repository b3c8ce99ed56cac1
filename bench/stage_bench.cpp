#include <benchmark/benchmark.h>

#include "access/access_stage.h"
#include "decode/decode.h"
#include "traffic.h"

namespace teiten {
namespace {

void decode_syn(benchmark::State& state) {
  const std::vector<std::byte> bytes = bench::syn_frame();
  Frame frame;
  frame.data = bytes;
  frame.original_length = static_cast<std::uint32_t>(bytes.size());
  Packet packet;
  for (auto _ : state) {
    benchmark::DoNotOptimize(decode(frame, packet));
    benchmark::DoNotOptimize(packet);
  }
  if (packet.destination_port != 1433) state.SkipWithError("the frame was not decoded as 1433/tcp");
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(decode_syn);

/// Order, attribution, tracking and cutting of batches; items are packets.
void track(benchmark::State& state) {
  const std::vector<Packet> packets = bench::syn_packets(600'000);
  const bool named = state.range(1) != 0;
  for (auto _ : state) {
    std::uint64_t counted = 0;
    AccessStageOptions options;
    options.threads = static_cast<std::size_t>(state.range(0));
    std::vector<SensorSpec> specs;
    if (named) specs.push_back({"bench", {*Prefix::parse("192.0.2.0/24")}});
    AccessStage stage(SensorMap::create(std::move(specs)).value(), options, [&](Slice slice) {
      for (const Batch& batch : cut_batches(std::move(slice), 0))
        counted += batch.packets_unsolicited;
    });
    for (const Packet& packet : packets)
      stage.add_packet(packet);
    stage.finish();
    if (counted != packets.size()) state.SkipWithError("packets were lost");
  }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(packets.size()));
}
BENCHMARK(track)
    ->ArgNames({"threads", "named"})
    ->ArgsProduct({{1, 2}, {0, 1}})
    ->UseRealTime()
    ->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace teiten
