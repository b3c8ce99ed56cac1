// Prints every batch of a spool folder as one JSON object a line, oldest first, and takes it out of
// the spool: give it a copy of a folder. Or every batch that is named as a file (of a quarantine).
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>

#include <fmt/format.h>

#include "wire/batch_codec.h"
#include "wire/spool.h"

namespace {

using teiten::Batch;

std::string counts(const teiten::NamedCounts& named) {
  std::string text;
  for (const auto& [name, count] : named)
    text += fmt::format("{}\"{}\": {}", text.empty() ? "" : ", ", name, count);
  return "{" + text + "}";
}

void print(const Batch& batch) {
  fmt::print(
      "{{\"sensor\": \"{}\", \"epoch\": {}, \"sequence\": {}, \"from\": {}, \"to\": {}, "
      "\"frames\": "
      "{}, \"packets\": {}, \"solicited\": {}, \"dropped\": {}, \"ignored\": {}, \"anomalies\": "
      "{}, "
      "\"rejected\": {}, \"limits\": {}, \"accesses\": [",
      batch.sensor, batch.epoch, batch.sequence, teiten::to_microseconds(batch.range.from),
      teiten::to_microseconds(batch.range.to), batch.frames, batch.packets_unsolicited,
      batch.solicited, batch.dropped, counts(batch.ignored), counts(batch.anomalies),
      counts(batch.rejected), counts(batch.limits));
  const char* comma = "";
  for (const teiten::Access& access : batch.accesses) {
    fmt::print(
        "{}{{\"service\": \"{}\", \"source\": \"{}\", \"kind\": \"{}\", \"packets\": {}, "
        "\"continues\": {}, \"first\": {}, \"last\": {}}}",
        comma, access.service.to_string(), access.source.to_string(),
        teiten::to_string(access.kind), access.packets, access.continues,
        teiten::to_microseconds(access.first), teiten::to_microseconds(access.last));
    comma = ", ";
  }
  fmt::print("]}}\n");
}

int fail(const teiten::Error& error) {
  fmt::print(stderr, "spool_dump: {}\n", error.message);
  return 1;
}

int dump_file(const char* path) {
  std::ifstream file(path, std::ios::binary);
  const std::string bytes((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  const auto batch = teiten::decode_batch(bytes);
  if (!batch.ok()) return fail(batch.error());
  print(*batch);
  return 0;
}

int dump_spool(const char* path) {
  teiten::SpoolLimits limits;
  limits.bytes = std::uint64_t{1} << 40;
  limits.age = std::chrono::hours(24 * 36'500);
  auto spool = teiten::Spool::open(path, limits);
  if (!spool.ok()) return fail(spool.error());
  while (true) {
    const auto front = (*spool)->front();
    if (!front.ok()) return fail(front.error());
    if (!*front) return 0;
    const auto batch = teiten::decode_batch((*front)->bytes);
    if (!batch.ok()) return fail(batch.error());
    if (batch->epoch != (*front)->epoch || batch->sequence != (*front)->sequence)
      return fail({teiten::ErrorCode::malformed, "a batch has another name than its record"});
    print(*batch);
    if (auto gone = (*spool)->acknowledge_front(); !gone.ok()) return fail(gone.error());
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) {
    fmt::print(stderr, "usage: spool_dump FOLDER | FILE...\n");
    return 2;
  }
  if (std::filesystem::is_directory(argv[1])) return argc == 2 ? dump_spool(argv[1]) : 2;
  int status = 0;
  for (int i = 1; i < argc && status == 0; ++i)
    status = dump_file(argv[i]);
  return status;
}
