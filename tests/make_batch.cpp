// Makes encoded batches for tests of the collector. Each line of standard input names one:
//   SENSOR EPOCH SEQUENCE FROM TO ACCESSES DROPPED FILE
// with FROM and TO in microseconds since 1970. Access number i comes at FROM from 203.0.113.(i %
// 250) to 23/tcp, with 1 + i % 3 packets.
#include <fstream>
#include <iostream>
#include <string>

#include "wire/batch_codec.h"

namespace {

struct Wanted {
  std::string sensor;
  std::uint64_t epoch = 0;
  std::uint64_t sequence = 0;
  std::int64_t from = 0;
  std::int64_t to = 0;
  std::uint32_t accesses = 0;
  std::uint64_t dropped = 0;
  std::string file;
};

teiten::Batch batch_of(const Wanted& wanted) {
  constexpr std::uint32_t kHosts = 250;
  teiten::Batch batch;
  batch.sensor = wanted.sensor;
  batch.epoch = wanted.epoch;
  batch.sequence = wanted.sequence;
  batch.range = {teiten::from_microseconds(wanted.from), teiten::from_microseconds(wanted.to)};
  batch.dropped = wanted.dropped;
  for (std::uint32_t i = 0; i < wanted.accesses; ++i) {
    teiten::Access access;
    access.first = access.last = batch.range.from;
    access.source = *teiten::IpAddress::parse("203.0.113." + std::to_string(i % kHosts));
    access.service = teiten::Service(teiten::protocol::kTcp, 23);
    access.kind = teiten::Kind::scan;
    access.source_port = static_cast<std::uint16_t>(1024 + i % 60000);
    access.destination_port = 23;
    access.packets = 1 + i % 3;
    batch.packets_unsolicited += access.packets;
    batch.accesses.push_back(access);
  }
  batch.visits = wanted.accesses > 0 ? 1 : 0;
  batch.frames = batch.records = batch.packets_unsolicited;
  if (wanted.accesses > 0)
    batch.activity.push_back({batch.range.from, batch.range.from + std::chrono::microseconds(1)});
  return batch;
}

}  // namespace

int main() {
  Wanted wanted;
  while (std::cin >> wanted.sensor >> wanted.epoch >> wanted.sequence >> wanted.from >> wanted.to >>
         wanted.accesses >> wanted.dropped >> wanted.file) {
    std::ofstream out(wanted.file, std::ios::binary);
    const std::string bytes = teiten::encode_batch(batch_of(wanted));
    out.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    if (!out.flush()) return 1;
  }
  return 0;
}
