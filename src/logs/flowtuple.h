#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "logs/log_reader.h"

namespace teiten {

/// One record of CAIDA's FlowTuple files (corsaro3: "flowtuple" is version 3, "flowtuple4" version
/// 4), numbers as they stand. What a version does not have is absent.
struct FlowTuple {
  std::int64_t time = 0;         ///< beginning of the interval, seconds since 1970
  std::int64_t source = 0;       ///< IPv4 address
  std::int64_t destination = 0;  ///< version 3: IPv4 address; 4: beginning of its /16 or /24
  std::int64_t protocol = 0;
  /// Version 3: source and destination port, ICMP type and code. Version 4: no source port (but
  /// where one was common to all packets), and ICMP type × 256 + code for the destination.
  std::optional<std::int64_t> source_port;
  std::int64_t destination_port = 0;
  bool is_version_4 = false;
  std::optional<std::int64_t> ttl;
  std::optional<std::int64_t> tcp_flags;
  std::optional<std::int64_t> length;
  std::int64_t packets = 0;
  std::string_view country;  ///< of the source when the record was made; empty if not known
};

/// The packets of one record. Numbers that no packet has are rejected by field.
Rejection read_flowtuple(const FlowTuple& tuple, Packet& packet);

/// FlowTuple files in Avro containers, through libavro. Only flat records of numbers, texts and
/// arrays of numbers are read: a schema that nests would let a small file recurse without end.
class FlowTupleReader final : public LogReader {
 public:
  /// malformed where the container or its schema is damaged; unsupported for another schema.
  static Result<std::unique_ptr<LogReader>> open(Input& input, const LogOptions& options);
  static bool recognises(std::string_view beginning);

  explicit FlowTupleReader(Input& input);
  ~FlowTupleReader() override;

  const std::vector<std::string>& sensor_names() const override { return no_names_; }
  std::string_view format() const override { return "flowtuple"; }
  std::uint64_t lines() const override { return lines_; }
  const std::optional<std::string>& warning() const override { return warning_; }

  /// More memory than this at once is not given to libavro (the largest block of a file), nor more
  /// in all.
  static constexpr std::size_t kMaxAvroBytes = std::size_t{64} << 20;
  static constexpr std::size_t kMaxAvroTotal = std::size_t{256} << 20;

 private:
  Result<bool> read(LogLine& line) override;
  struct Avro;

  std::unique_ptr<Avro> avro_;
  std::vector<std::string> no_names_;
  std::optional<std::string> warning_;
  std::string raw_;  ///< of the record rejected last, as text
  std::uint64_t lines_ = 0;
};

}  // namespace teiten
