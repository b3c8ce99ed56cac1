#include "logs/flowtuple.h"

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>

#include <avro.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "logs/log_test_support.h"

namespace teiten {
namespace {

constexpr std::int64_t kSource = 0xC6336407;       // 198.51.100.7
constexpr std::int64_t kDestination = 0xC0000201;  // 192.0.2.1
constexpr std::int64_t kNetwork = 0xC0000200;

FlowTuple version_3() {
  FlowTuple tuple;
  tuple.time = 1'600'000'020;
  tuple.source = kSource;
  tuple.destination = kDestination;
  tuple.protocol = 6;
  tuple.source_port = 40000;
  tuple.destination_port = 23;
  tuple.ttl = 244;
  tuple.tcp_flags = 2;
  tuple.length = 40;
  tuple.packets = 3;
  return tuple;
}

TEST(FlowTuple, ReadsVersion3) {
  Packet packet;
  ASSERT_EQ(read_flowtuple(version_3(), packet), Rejection::none);
  EXPECT_EQ(format_utc(packet.time), "2020-09-13T12:27:00Z");
  EXPECT_EQ(packet.source.to_string(), "198.51.100.7");
  EXPECT_EQ(packet.destination.to_string(), "192.0.2.1");
  EXPECT_EQ(packet.source_port, 40000);
  EXPECT_EQ(packet.destination_port, 23);
  EXPECT_EQ(packet.ttl, 244);
  EXPECT_EQ(packet.length, 40);
  EXPECT_EQ(packet.tcp_flags, 2);
  EXPECT_EQ(packet.packets, 3U);
  EXPECT_FALSE(packet.has_region);
}

TEST(FlowTuple, ReadsIcmpOfBothVersions) {
  FlowTuple tuple = version_3();
  tuple.protocol = 1;
  tuple.source_port = 3;
  tuple.destination_port = 10;
  Packet old_packet;
  ASSERT_EQ(read_flowtuple(tuple, old_packet), Rejection::none);
  EXPECT_EQ(old_packet.icmp_type, 3);
  EXPECT_EQ(old_packet.icmp_code, 10);
  tuple.is_version_4 = true;
  tuple.source_port.reset();
  tuple.destination_port = 778;  // 3 × 256 + 10
  Packet new_packet;
  ASSERT_EQ(read_flowtuple(tuple, new_packet), Rejection::none);
  EXPECT_EQ(new_packet.icmp_type, 3);
  EXPECT_EQ(new_packet.icmp_code, 10);
}

TEST(FlowTuple, NamesWhatIsWrong) {
  const auto why = [](auto change) {
    FlowTuple tuple = version_3();
    change(tuple);
    Packet packet;
    return read_flowtuple(tuple, packet);
  };
  EXPECT_EQ(why([](FlowTuple& t) { t.time = 0; }), Rejection::before_1990);
  EXPECT_EQ(why([](FlowTuple& t) { t.time = INT64_MAX; }), Rejection::invalid_time);
  EXPECT_EQ(why([](FlowTuple& t) { t.source = 0; }), Rejection::no_source);
  EXPECT_EQ(why([](FlowTuple& t) { t.source = -1; }), Rejection::invalid_source);
  EXPECT_EQ(why([](FlowTuple& t) { t.destination = 1LL << 32; }), Rejection::invalid_destination);
  EXPECT_EQ(why([](FlowTuple& t) { t.protocol = 256; }), Rejection::invalid_protocol);
  EXPECT_EQ(why([](FlowTuple& t) { t.destination_port = 65536; }), Rejection::invalid_port);
  EXPECT_EQ(why([](FlowTuple& t) { t.tcp_flags = 256; }), Rejection::invalid_tcp_flags);
  EXPECT_EQ(why([](FlowTuple& t) { t.packets = 0; }), Rejection::no_packets);
  EXPECT_EQ(why([](FlowTuple& t) { t.packets = -1; }), Rejection::invalid_packets);
  EXPECT_EQ(why([](FlowTuple& t) { t.packets = 4'294'967'296; }), Rejection::invalid_packets);
  EXPECT_EQ(why([](FlowTuple& t) { t.protocol = 1; }), Rejection::invalid_icmp_type);
}

constexpr const char* kVersion4Schema = R"({"type": "record", "namespace": "org.caida.corsaro",
  "name": "flowtuple4", "fields": [
    {"name": "time", "type": "long"}, {"name": "src_ip", "type": "long"},
    {"name": "dst_net", "type": "long"}, {"name": "dst_port", "type": "int"},
    {"name": "protocol", "type": "int"}, {"name": "packet_cnt", "type": "long"},
    {"name": "uniq_ttls", "type": "int"}, {"name": "uniq_tcp_flags", "type": "int"},
    {"name": "common_ttls", "type": {"type": "array", "items": "long"}},
    {"name": "common_tcpflags", "type": {"type": "array", "items": "long"}},
    {"name": "maxmind_country", "type": "string"}, {"name": "netacq_country", "type": "string"}]})";

/// Writes one Avro file with libavro, field by field.
class AvroFile {
 public:
  AvroFile(const std::string& schema, const char* codec) {
    EXPECT_EQ(avro_schema_from_json_length(schema.data(), schema.size(), &schema_), 0);
    path_ = testing::TempDir() + "teiten-" + std::to_string(::getpid()) + ".avro";
    std::filesystem::remove(path_);
    EXPECT_EQ(avro_file_writer_create_with_codec(path_.c_str(), schema_, &writer_, codec, 0), 0);
    class_ = avro_generic_class_from_schema(schema_);
    avro_generic_value_new(class_, &value_);
  }
  AvroFile(const AvroFile&) = delete;
  AvroFile& operator=(const AvroFile&) = delete;
  ~AvroFile() {
    avro_value_decref(&value_);
    avro_value_iface_decref(class_);
    avro_schema_decref(schema_);
    std::filesystem::remove(path_);
  }
  AvroFile& number(const char* name, std::int64_t number) {
    avro_value_t field;
    avro_value_get_by_name(&value_, name, &field, nullptr);
    if (field.iface->get_type(field.iface, field.self) == AVRO_INT32) {
      avro_value_set_int(&field, static_cast<std::int32_t>(number));
    } else {
      avro_value_set_long(&field, number);
    }
    return *this;
  }
  AvroFile& text(const char* name, const char* text) {
    avro_value_t field;
    avro_value_get_by_name(&value_, name, &field, nullptr);
    avro_value_set_string(&field, text);
    return *this;
  }
  AvroFile& add(const char* name, std::int64_t number) {
    avro_value_t field;
    avro_value_t element;
    avro_value_get_by_name(&value_, name, &field, nullptr);
    avro_value_append(&field, &element, nullptr);
    avro_value_set_long(&element, number);
    return *this;
  }
  void end_record() {
    EXPECT_EQ(avro_file_writer_append_value(writer_, &value_), 0);
    avro_value_reset(&value_);
  }
  std::string bytes() {
    avro_file_writer_close(writer_);
    std::ifstream file(path_, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }

 private:
  std::string path_;
  avro_schema_t schema_ = nullptr;
  avro_file_writer_t writer_ = nullptr;
  avro_value_iface_t* class_ = nullptr;
  avro_value_t value_{};
};

std::string version_4_file(const char* codec, int records = 2) {
  AvroFile file(kVersion4Schema, codec);
  for (int i = 0; i < records; ++i) {
    file.number("time", 1'600'000'200 + i)
        .number("src_ip", kSource)
        .number("dst_net", kNetwork)
        .number("dst_port", 23)
        .number("protocol", 6)
        .number("packet_cnt", 4'294'967'295)
        .number("uniq_ttls", 1)
        .add("common_ttls", 52)
        .number("uniq_tcp_flags", 2)
        .add("common_tcpflags", 2)
        .text("maxmind_country", "JP")
        .text("netacq_country", "??");
    file.end_record();
  }
  return file.bytes();
}

TEST(FlowTupleFile, ReadsVersion4ThroughEitherCodec) {
  for (const char* codec : {"null", "deflate"}) {
    const auto log = log_test::read_log_as("flowtuple", version_4_file(codec));
    ASSERT_EQ(log.rejections(), std::vector(2, Rejection::none)) << codec << log.error;
    const Packet& packet = log.lines[1].packet;
    EXPECT_EQ(format_utc(packet.time), "2020-09-13T12:30:01Z");
    EXPECT_EQ(packet.destination.to_string(), "192.0.2.0");
    EXPECT_EQ(packet.packets, 4'294'967'295U);
    EXPECT_TRUE(packet.has_ttl);
    EXPECT_EQ(packet.ttl, 52);
    EXPECT_FALSE(packet.has_flags);  // the packets had two kinds
    EXPECT_EQ(packet.region_label.to_string(), "JP");
    EXPECT_EQ(packet.source_port, 0);
  }
}

TEST(FlowTupleFile, KeepsWhatIsWholeOfADamagedFile) {
  // libavro ends a block at 16 KiB.
  std::string bytes = version_4_file("null", 2000);
  bytes.resize(bytes.size() / 2);
  const auto log = log_test::read_log_as("flowtuple", bytes);
  EXPECT_EQ(log.error, "");
  EXPECT_TRUE(log.warning.has_value());
  EXPECT_GT(log.lines.size(), 300U);
  EXPECT_EQ(log.counted, log.lines.size());
}

TEST(FlowTupleFile, SurvivesChangedBytes) {
  const std::string bytes = version_4_file("null", 20);
  std::uint32_t random = 7;
  for (int round = 0; round < 300; ++round) {
    std::string changed = bytes;
    for (int i = 0; i < 3; ++i) {
      random = random * 1'664'525 + 1'013'904'223;
      changed[(random >> 8) % changed.size()] = static_cast<char>(random >> 24);
    }
    const auto log = log_test::read_log_as("flowtuple", changed);
    ASSERT_EQ(log.counted, log.lines.size());
    ASSERT_LE(log.lines.size(), 2000U);
  }
}

TEST(FlowTupleFile, RefusesSchemasThatNestAndOthers) {
  const std::string nested = R"({"type": "record", "name": "flowtuple", "fields": [
    {"name": "time", "type": "long"}, {"name": "src_ip", "type": "long"},
    {"name": "dst_ip", "type": "long"}, {"name": "dst_port", "type": "int"},
    {"name": "protocol", "type": "int"}, {"name": "packet_cnt", "type": "long"},
    {"name": "more", "type": {"type": "array", "items": "flowtuple"}}]})";
  EXPECT_NE(log_test::read_log_as("flowtuple", AvroFile(nested, "null").bytes())
                .error.find("not with the fields of CAIDA's FlowTuple"),
            std::string::npos);
  const std::string other =
      R"({"type": "record", "name": "x", "fields": [{"name": "time", "type": "long"}]})";
  EXPECT_NE(log_test::read_log_as("flowtuple", AvroFile(other, "null").bytes()).error, "");
  EXPECT_NE(log_test::read_log_as("flowtuple", std::string("Obj\x01\xff\xff\xff")).error, "");
}

TEST(FlowTupleFile, IsKnownByItsSchema) {
  const std::string bytes = version_4_file("null");
  EXPECT_TRUE(FlowTupleReader::recognises(bytes));
  EXPECT_FALSE(FlowTupleReader::recognises("Obj\x01 something else"));
}

}  // namespace
}  // namespace teiten
