// fleet_load COLLECTOR FOLDER SECONDS ACCESSES: as many sensors as FOLDER has bundles (teiten
// sensor add) send a batch of ACCESSES accesses every five seconds, each over its own connection.
// Prints what was acknowledged, how fast, and after how long.
#include <algorithm>
#include <atomic>
#include <chrono>
#include <filesystem>
#include <mutex>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include <fmt/format.h>

#include "sense/bundle.h"
#include "sense/spool_folder.h"
#include "wire/batch_codec.h"
#include "wire/uploader.h"

namespace teiten {
namespace {

using Clock = std::chrono::steady_clock;
constexpr auto kInterval = std::chrono::seconds(5);

struct Tally {
  std::mutex mutex;
  std::vector<double> milliseconds;
  std::atomic<std::uint64_t> accesses{0};
  std::atomic<std::uint64_t> failures{0};
  std::string last_failure;
};

UtcTime now() {
  return std::chrono::floor<std::chrono::microseconds>(std::chrono::system_clock::now());
}

Batch make_batch(const std::string& sensor, std::uint64_t epoch, std::uint64_t sequence,
                 TimeRange range, std::size_t accesses, std::mt19937_64& random) {
  Batch batch;
  batch.sensor = sensor;
  batch.epoch = epoch;
  batch.sequence = sequence;
  batch.range = range;
  batch.frames = batch.records = batch.packets_unsolicited = accesses;
  batch.visits = accesses;
  const auto span = std::chrono::duration_cast<std::chrono::microseconds>(range.to - range.from);
  for (std::size_t i = 0; i < accesses; ++i) {
    Access access;
    access.first = access.last =
        range.from + std::chrono::microseconds(random() % std::uint64_t(span.count()));
    // 198.18.0.0/15, the benchmarking block.
    access.source = IpAddress::v4(static_cast<std::uint32_t>(0xc6120000U + random() % 0x20000U));
    access.service = Service(protocol::kTcp, static_cast<std::uint16_t>(random() % 1000));
    access.source_port = static_cast<std::uint16_t>(random());
    access.destination_port = access.service.number();
    access.kind = Kind::scan;
    access.packets = 1;
    batch.accesses.push_back(access);
  }
  std::sort(batch.accesses.begin(), batch.accesses.end(),
            [](const Access& a, const Access& b) { return a.first < b.first; });
  return batch;
}

void run_sensor(const std::string& collector, const std::string& bundle_file,
                Clock::time_point begin, Clock::time_point end, std::size_t accesses,
                Tally& tally) {
  const auto bundle = load_bundle(bundle_file);
  if (!bundle.ok()) return;
  UploadOptions options;
  options.sensor = bundle->sensor;
  options.collectors = {collector};
  const std::string folder = bundle_file + ".tls";
  std::filesystem::create_directories(folder);
  if (!write_credentials(folder, *bundle, options).ok()) return;
  const auto uploader = Uploader::create(options);
  if (!uploader.ok()) return;
  std::mt19937_64 random(std::hash<std::string>{}(bundle_file));
  const auto epoch = static_cast<std::uint64_t>(to_microseconds(now()));
  UtcTime from = now();
  std::this_thread::sleep_until(begin + std::chrono::milliseconds(random() % std::uint64_t(5000)));
  for (std::uint64_t sequence = 0; Clock::now() < end; ++sequence) {
    const auto due = Clock::now() + kInterval;
    const UtcTime to = now();
    const Batch batch = make_batch(options.sensor, epoch, sequence, {from, to}, accesses, random);
    from = to;
    SpooledBatch spooled{epoch, sequence, encode_batch(batch)};
    while (true) {
      const auto sent = Clock::now();
      const UploadResult result = (*uploader)->send(spooled, {});
      const std::chrono::duration<double, std::milli> took = Clock::now() - sent;
      if (result.outcome == UploadOutcome::acknowledged) {
        tally.accesses += accesses;
        const std::lock_guard lock(tally.mutex);
        tally.milliseconds.push_back(took.count());
        break;
      }
      ++tally.failures;
      {
        const std::lock_guard lock(tally.mutex);
        tally.last_failure = result.reason;
      }
      if (Clock::now() > end + kInterval) return;
      std::this_thread::sleep_for(std::max<std::chrono::milliseconds>(
          result.retry_after, std::chrono::milliseconds(500 + random() % 1000)));
    }
    std::this_thread::sleep_until(due);
  }
}

}  // namespace
}  // namespace teiten

int main(int argc, char** argv) {
  using namespace teiten;
  if (argc != 5) {
    fmt::print(stderr, "fleet_load COLLECTOR FOLDER SECONDS ACCESSES\n");
    return 2;
  }
  std::vector<std::string> bundles;
  for (const auto& entry : std::filesystem::directory_iterator(argv[2]))
    if (entry.path().extension() == ".toml") bundles.push_back(entry.path().string());
  Tally tally;
  const auto begin = Clock::now() + std::chrono::seconds(5);
  const auto end = begin + std::chrono::seconds(std::stoi(argv[3]));
  std::vector<std::thread> threads;
  for (const std::string& bundle : bundles) {
    threads.emplace_back(
        [&, bundle] { run_sensor(argv[1], bundle, begin, end, std::stoul(argv[4]), tally); });
  }
  for (std::thread& thread : threads)
    thread.join();
  const double seconds = std::chrono::duration<double>(Clock::now() - begin).count();
  std::sort(tally.milliseconds.begin(), tally.milliseconds.end());
  const auto at = [&](double share) {
    if (tally.milliseconds.empty()) return 0.0;
    return tally.milliseconds[static_cast<std::size_t>(
        share * static_cast<double>(tally.milliseconds.size() - 1))];
  };
  fmt::print("{} sensors, {} batches, {} accesses in {:.1f} s: {:.0f} accesses/s\n", bundles.size(),
             tally.milliseconds.size(), tally.accesses.load(), seconds,
             static_cast<double>(tally.accesses.load()) / seconds);
  fmt::print(
      "acknowledged after {:.0f} ms (median), {:.0f} ms (99 %), {:.0f} ms (all); {} tries "
      "failed{}{}\n",
      at(0.5), at(0.99), at(1), tally.failures.load(),
      tally.last_failure.empty() ? "" : ", the last: ", tally.last_failure);
  return tally.milliseconds.empty() ? 1 : 0;
}
