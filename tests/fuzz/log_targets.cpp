#include <string>

#include <sqlite3.h>

#include "base/assert.h"
#include "fuzz_target.h"
#include "logs/log_format.h"
#include "logs/log_test_support.h"

namespace teiten::fuzz {
namespace {

using log_test::PieceInput;
using log_test::ReadLog;

constexpr const char* kCsvColumns =
    "time=datetime,sensor=host,source=src,destination=dst,protocol=proto,icmp_type=type,"
    "source_port=spt,destination_port=dpt,region=cc";

LogOptions options_of(std::string_view format) {
  LogOptions options;
  options.year = 2013;
  if (format == "csv") options.csv = *CsvMapping::parse(kCsvColumns);
  return options;
}

/// Records are numbered without gaps, an accepted one is whole, and pieces of other sizes give the
/// same records.
void read_as(const std::string& format, std::span<const std::byte> bytes) {
  const std::string text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  const LogOptions options = options_of(format);
  PieceInput whole(text);
  const ReadLog log = log_test::read_log_as(format, whole, options);
  TEITEN_ASSERT(log_test::fault_of(log).empty());
  PieceInput pieces(text, {1, 64, 3});
  const ReadLog again = log_test::read_log_as(format, pieces, options);
  TEITEN_ASSERT(again.rejections() == log.rejections());
  TEITEN_ASSERT(again.sensors == log.sensors);
  for (std::size_t i = 0; i < log.lines.size(); ++i) {
    TEITEN_ASSERT(again.lines[i].packet.time == log.lines[i].packet.time);
    TEITEN_ASSERT(again.lines[i].packet.source == log.lines[i].packet.source);
    TEITEN_ASSERT(again.lines[i].packet.destination_port == log.lines[i].packet.destination_port);
  }
}

/// No format is guessed in a way that depends on where the input is cut into pieces.
void recognise(std::span<const std::byte> bytes) {
  const std::string text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  PieceInput whole(text);
  PieceInput pieces(text, {1, 100});
  const auto format = recognise_log(whole);
  const auto again = recognise_log(pieces);
  TEITEN_ASSERT(format.ok() == again.ok());
  if (format.ok()) TEITEN_ASSERT(*format == *again);
}

Bytes sqlite_seed() {
  sqlite3* database = nullptr;
  sqlite3_open(":memory:", &database);
  sqlite3_exec(database,
               "PRAGMA page_size=512; CREATE TABLE connections (connection INTEGER PRIMARY KEY, "
               "connection_type TEXT, connection_transport TEXT, connection_protocol TEXT, "
               "connection_timestamp INTEGER, connection_root INTEGER, connection_parent INTEGER, "
               "local_host TEXT, local_port INTEGER, remote_host TEXT, remote_hostname TEXT, "
               "remote_port INTEGER);"
               "INSERT INTO connections VALUES (NULL, 'accept', 'tcp', 'smbd', 1700000000.5, 1, "
               "NULL, '192.0.2.1', 445, '198.51.100.7', '', 40000);",
               nullptr, nullptr, nullptr);
  sqlite3_int64 size = 0;
  unsigned char* image = sqlite3_serialize(database, "main", &size, 0);
  const auto* begin = reinterpret_cast<const std::byte*>(image);
  Bytes bytes(begin, begin + size);
  sqlite3_free(image);
  sqlite3_close(database);
  return bytes;
}

/// A plain Avro file of one record with FlowTuple's fields, written out by the format's rules
/// (Avro 1.11, "Object Container Files").
Bytes avro_seed() {
  const std::string schema =
      R"({"type":"record","name":"flowtuple","namespace":"org.caida.corsaro","fields":[)"
      R"({"name":"time","type":"long"},{"name":"src_ip","type":"long"},)"
      R"({"name":"dst_ip","type":"long"},)"
      R"({"name":"src_port","type":"int"},{"name":"dst_port","type":"int"},)"
      R"({"name":"protocol","type":"int"},{"name":"ttl","type":"int"},)"
      R"({"name":"tcp_flags","type":"int"},{"name":"ip_len","type":"int"},)"
      R"({"name":"packet_cnt","type":"long"}]})";
  const auto number = [](std::int64_t value) {
    std::string out;
    std::uint64_t rest = static_cast<std::uint64_t>(value) << 1;
    for (; rest > 0x7f; rest >>= 7)
      out += static_cast<char>((rest & 0x7f) | 0x80);
    return out + static_cast<char>(rest);
  };
  const auto text = [&](const std::string& value) {
    return number(static_cast<std::int64_t>(value.size())) + value;
  };
  const std::string sync(16, 's');
  std::string record;
  for (const std::int64_t value :
       {std::int64_t{1'600'000'020}, std::int64_t{0xC6336407}, std::int64_t{0xC0000201},
        std::int64_t{40000}, std::int64_t{23}, std::int64_t{6}, std::int64_t{244}, std::int64_t{2},
        std::int64_t{40}, std::int64_t{3}})
    record += number(value);
  const std::string block = record + record;
  return bytes_of(std::string("Obj\x01", 4) + number(2) + text("avro.schema") + text(schema) +
                  text("avro.codec") + text("null") + number(0) + sync + number(2) +
                  number(static_cast<std::int64_t>(block.size())) + block + sync);
}

std::vector<Bytes> seeds_of(const LogFormat& format) {
  if (format.name == "dionaea-sqlite") return {sqlite_seed()};
  if (format.name == "flowtuple") return {avro_seed()};
  if (format.name == "csv")
    return {
        bytes_of("datetime,host,src,proto,type,spt,dpt,cc\n"
                 "3/3/13 21:53,tokyo,198.51.100.7,TCP,,6000,1433,CN\n"
                 "\"2013-03-03 21:54:00\",\"to\"\"kyo\",3325256711,ICMP,8,,,\"J,P\"\n")};
  const std::string example(format.example);
  return {bytes_of(example), bytes_of(example + "\n" + example + "\r\n")};
}

}  // namespace

std::vector<FuzzTarget> log_targets() {
  std::vector<FuzzTarget> targets;
  std::vector<Bytes> all;
  for (const LogFormat& format : log_formats()) {
    FuzzTarget target;
    target.name = "log-" + std::string(format.name);
    target.run = [name = std::string(format.name)](std::span<const std::byte> bytes) {
      read_as(name, bytes);
    };
    target.seeds = seeds_of(format);
    all.insert(all.end(), target.seeds.begin(), target.seeds.end());
    targets.push_back(std::move(target));
  }
  targets.push_back({"log-recognise", recognise, all});
  return targets;
}

}  // namespace teiten::fuzz
