#include <filesystem>

#include <benchmark/benchmark.h>
#include <unistd.h>

#include "store/store.h"
#include "traffic.h"

namespace teiten {
namespace {

constexpr std::size_t kAccesses = 200'000;
constexpr std::size_t kBatches = 10;

std::string fresh_path() {
  const std::string path =
      std::filesystem::temp_directory_path() / ("teiten-bench-" + std::to_string(getpid()) + ".db");
  for (const char* suffix : {"", ".wal"})
    std::filesystem::remove(path + suffix);
  return path;
}

/// Items are accesses, committed in batches of 200,000.
void append(benchmark::State& state) {
  const std::string path = fresh_path();
  auto store = Store::open(path, StoreMode::write).value();
  std::uint64_t sequence = 0;
  for (auto _ : state) {
    state.PauseTiming();
    const std::vector<Batch> batches = {bench::batch_of(kAccesses, sequence++)};
    state.ResumeTiming();
    if (!store->append(batches).ok()) state.SkipWithError("append failed");
  }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(kAccesses));
  store.reset();
  fresh_path();
}
BENCHMARK(append)->UseRealTime()->Unit(benchmark::kMillisecond)->Iterations(10);

/// Packets and exact sources by service × region × day over two million accesses.
void count(benchmark::State& state) {
  const std::string path = fresh_path();
  auto store = Store::open(path, StoreMode::write).value();
  for (std::size_t i = 0; i < kBatches; ++i) {
    const std::vector<Batch> batches = {bench::batch_of(kAccesses, i)};
    if (!store->append(batches).ok()) state.SkipWithError("append failed");
  }
  Query query;
  query.bucket = Bucket::day;
  query.by = {Dimension::service, Dimension::region};
  query.measures = {Measure::packets, Measure::sources};
  for (auto _ : state) {
    const auto result = store->query(query);
    std::uint64_t packets = 0;
    if (result.ok()) {
      for (const ResultRow& row : result->rows)
        packets += row.measures[0];
    }
    if (packets != 3 * kAccesses * kBatches) state.SkipWithError("wrong answer");
  }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(kAccesses * kBatches));
  store.reset();
  fresh_path();
}
BENCHMARK(count)->UseRealTime()->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace teiten
