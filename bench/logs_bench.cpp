#include <cstddef>
#include <span>
#include <string>

#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include "capture/input.h"
#include "logs/log_format.h"

namespace teiten {
namespace {

constexpr std::size_t kLines = 100'000;

std::string firewall_log() {
  std::string text;
  for (std::size_t i = 0; i < kLines; ++i) {
    text += fmt::format(
        "Aug 16 06:{:02}:{:02} vps kernel: [12345.678901] [UFW BLOCK] IN=ens3 OUT= "
        "MAC=00:00:5e:00:53:01:00:00:5e:00:53:02:08:00 SRC=198.51.100.{} DST=192.0.2.{} LEN=40 "
        "TOS=0x00 PREC=0x00 TTL=244 ID={} PROTO=TCP SPT={} DPT=1433 WINDOW=1024 RES=0x00 SYN "
        "URGP=0\n",
        i / 3000 % 60, i / 50 % 60, i % 251, i % 7, i % 65'536, 1024 + i % 60'000);
  }
  return text;
}

std::string zeek_log() {
  std::string text =
      "#separator \\x09\n#set_separator\t,\n#empty_field\t(empty)\n#unset_field\t-\n#path\tconn\n"
      "#fields\tts\tuid\tid.orig_h\tid.orig_p\tid.resp_h\tid.resp_p\tproto\tservice\tduration\t"
      "orig_bytes\tresp_bytes\tconn_state\tlocal_orig\tlocal_resp\tmissed_bytes\thistory\t"
      "orig_pkts\torig_ip_bytes\tresp_pkts\tresp_ip_bytes\ttunnel_parents\n";
  for (std::size_t i = 0; i < kLines; ++i) {
    text += fmt::format(
        "{}.{:06}\tCk7d2{:09}\t198.51.100.{}\t{}\t192.0.2.{}\t1433\ttcp\t-\t-\t-\t-\tS0\tF\tT\t0\tS"
        "\t1\t40\t0\t0\t(empty)\n",
        1'700'000'000 + i / 50, i % 1'000'000, i, i % 251, 1024 + i % 60'000, i % 7);
  }
  return text;
}

/// From bytes in memory to packets, on one thread.
void read_log(benchmark::State& state, const char* name, const std::string& text) {
  LogOptions options;
  options.year = 2013;
  const LogFormat& format = *find_log_format(name);
  for (auto _ : state) {
    const auto input = Input::from_memory(name, std::as_bytes(std::span(text.data(), text.size())));
    auto reader = open_log(format, *input, options);
    LogLine line;
    std::size_t packets = 0;
    while (reader.ok() && (*reader)->next(line).value())
      packets += line.rejection == Rejection::none ? 1U : 0U;
    if (packets != kLines) state.SkipWithError("lines were rejected");
  }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(kLines));
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(text.size()));
}

void read_firewall_log(benchmark::State& state) {
  read_log(state, "iptables", firewall_log());
}
BENCHMARK(read_firewall_log)->Unit(benchmark::kMillisecond);

void read_zeek_log(benchmark::State& state) {
  read_log(state, "zeek", zeek_log());
}
BENCHMARK(read_zeek_log)->Unit(benchmark::kMillisecond);

/// Every format's example, over and over.
void read_examples(benchmark::State& state, const LogFormat& format) {
  std::string text;
  while (text.size() < (std::size_t{16} << 20)) {
    text += format.example;
    if (!text.ends_with('\n')) text += '\n';
  }
  LogOptions options;
  options.year = 2013;
  for (auto _ : state) {
    const auto input =
        Input::from_memory("example", std::as_bytes(std::span(text.data(), text.size())));
    auto reader = open_log(format, *input, options);
    LogLine line;
    std::size_t packets = 0;
    while (reader.ok() && (*reader)->next(line).value())
      packets += line.rejection == Rejection::none ? 1U : 0U;
    if (packets < 1000) state.SkipWithError("records were rejected");
  }
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(text.size()));
}

[[maybe_unused]] const bool kRegistered = [] {
  for (const LogFormat& format : log_formats()) {
    if (format.example.empty() || format.name == "csv") continue;
    benchmark::RegisterBenchmark(("read_examples/" + std::string(format.name)).c_str(),
                                 read_examples, format)
        ->Unit(benchmark::kMillisecond);
  }
  return true;
}();

}  // namespace
}  // namespace teiten
