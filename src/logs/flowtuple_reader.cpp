#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <mutex>
#include <unordered_map>
#include <utility>

#include <avro.h>
#include <fmt/format.h>

#include "logs/flowtuple.h"
#include "logs/formats.h"

namespace teiten {
namespace {

/// What libavro holds for one reader. It takes sizes from the file and asks for them at once, and
/// of a damaged header or block it forgets to give back what it has: both end here.
class Memory {
 public:
  Memory() = default;
  Memory(const Memory&) = delete;
  Memory& operator=(const Memory&) = delete;
  ~Memory() {
    for (const auto& [block, size] : blocks_)
      std::free(block);
  }

  void* resize(void* block, std::size_t size) {
    const auto held = blocks_.find(block);
    const std::size_t before = held == blocks_.end() ? 0 : held->second;
    if (size > FlowTupleReader::kMaxAvroBytes ||
        total_ - before + size > FlowTupleReader::kMaxAvroTotal) {
      return nullptr;
    }
    void* resized = std::realloc(block, size);
    if (resized == nullptr) return nullptr;
    if (held != blocks_.end()) blocks_.erase(held);
    blocks_.emplace(resized, size);
    total_ += size - before;
    return resized;
  }
  void release(void* block) {
    const auto held = blocks_.find(block);
    if (held != blocks_.end()) {
      total_ -= held->second;
      blocks_.erase(held);
    }
    std::free(block);
  }

  /// The memory of the reader at work in this thread.
  static thread_local Memory* current;

 private:
  std::unordered_map<void*, std::size_t> blocks_;
  std::size_t total_ = 0;
};
thread_local Memory* Memory::current = nullptr;

class AtWork {
 public:
  explicit AtWork(Memory& memory) : before_(std::exchange(Memory::current, &memory)) {}
  AtWork(const AtWork&) = delete;
  AtWork& operator=(const AtWork&) = delete;
  ~AtWork() { Memory::current = before_; }

 private:
  Memory* before_;
};

void* allocate(void* /*user*/, void* block, std::size_t /*old_size*/, std::size_t size) {
  Memory* const memory = Memory::current;
  if (size == 0) {
    if (memory != nullptr) {
      memory->release(block);
    } else {
      std::free(block);
    }
    return nullptr;
  }
  return memory != nullptr ? memory->resize(block, size) : std::realloc(block, size);
}

/// What libavro reads: the input behind a C stream.
struct Stream {
  Input* input;
  std::optional<Error> error;
};

ssize_t read_stream(void* cookie, char* buffer, std::size_t size) {
  auto* stream = static_cast<Stream*>(cookie);
  auto bytes = stream->input->read(size);
  if (!bytes.ok()) {
    stream->error = bytes.error();
    errno = EIO;
    return -1;
  }
  std::memcpy(buffer, bytes->data(), bytes->size());
  return static_cast<ssize_t>(bytes->size());
}

// libavro's macros for types mix an enumerator with -1, which Clang warns of.
bool is_number(avro_schema_t schema) {
  return schema->type == AVRO_INT32 || schema->type == AVRO_INT64;
}

bool is_flat(avro_schema_t schema) {
  return is_number(schema) || schema->type == AVRO_STRING ||
         (schema->type == AVRO_ARRAY && is_number(avro_schema_array_items(schema)));
}

avro_type_t type_of(const avro_value_t& value) {
  return value.iface->get_type(value.iface, value.self);
}

std::optional<std::int64_t> number_in(const avro_value_t& value) {
  std::int64_t large = 0;
  std::int32_t small = 0;
  if (type_of(value) == AVRO_INT64 && avro_value_get_long(&value, &large) == 0) {
    return large;
  }
  if (type_of(value) == AVRO_INT32 && avro_value_get_int(&value, &small) == 0) {
    return small;
  }
  return std::nullopt;
}

}  // namespace

struct FlowTupleReader::Avro {
  Memory memory;
  Stream stream;
  std::FILE* file = nullptr;
  avro_file_reader_t reader = nullptr;
  avro_schema_t schema = nullptr;
  avro_value_iface_t* value_class = nullptr;
  avro_value_t value{};

  /// How many different values the packets had, and the commonest.
  struct Common {
    int count = -1;
    int values = -1;
  };
  int time = -1, source = -1, destination = -1, network = -1, source_port = -1,
      destination_port = -1, protocol = -1, packets = -1, ttl = -1, flags = -1, length = -1,
      netacq = -1, maxmind = -1;
  Common ports, ttls, all_flags, lengths;

  explicit Avro(Input& input) : stream{&input, std::nullopt} {}
  Avro(const Avro&) = delete;
  Avro& operator=(const Avro&) = delete;
  ~Avro() {
    const AtWork work(memory);
    if (value.self != nullptr) avro_value_decref(&value);
    if (value_class != nullptr) avro_value_iface_decref(value_class);
    if (schema != nullptr) avro_schema_decref(schema);
    if (reader != nullptr) avro_file_reader_close(reader);
    if (file != nullptr) std::fclose(file);
  }

  /// Where a field stands; -1 where the schema does not have it. (libavro's
  /// avro_schema_record_field_get() returns anything for a name that is not there.)
  int index_of(const char* name) const { return avro_schema_record_field_get_index(schema, name); }
  bool has_number(const char* name) const {
    const int index = index_of(name);
    return index >= 0 && is_number(avro_schema_record_field_get_by_index(schema, index));
  }
  void find_columns();
  bool field(int index, avro_value_t& found) const {
    return index >= 0 &&
           avro_value_get_by_index(&value, static_cast<std::size_t>(index), &found, nullptr) == 0;
  }
  std::optional<std::int64_t> number(int index) const {
    avro_value_t found;
    return field(index, found) ? number_in(found) : std::nullopt;
  }
  /// The first of the common values, where all packets had the same.
  std::optional<std::int64_t> only(const Common& common) const {
    avro_value_t array;
    avro_value_t first;
    if (number(common.count) != 1 || !field(common.values, array) || type_of(array) != AVRO_ARRAY ||
        avro_value_get_by_index(&array, 0, &first, nullptr) != 0) {
      return std::nullopt;
    }
    return number_in(first);
  }
  std::string_view text(int index) const {
    avro_value_t found;
    const char* characters = nullptr;
    std::size_t size = 0;
    if (!field(index, found) || type_of(found) != AVRO_STRING ||
        avro_value_get_string(&found, &characters, &size) != 0 || size == 0) {
      return {};
    }
    return {characters, size - 1};  // the size counts the NUL
  }
  FlowTuple tuple() const;
};

void FlowTupleReader::Avro::find_columns() {
  time = index_of("time");
  source = index_of("src_ip");
  destination = index_of("dst_ip");
  network = index_of("dst_net");
  source_port = index_of("src_port");
  destination_port = index_of("dst_port");
  protocol = index_of("protocol");
  packets = index_of("packet_cnt");
  ttl = index_of("ttl");
  flags = index_of("tcp_flags");
  length = index_of("ip_len");
  netacq = index_of("netacq_country");
  maxmind = index_of("maxmind_country");
  ports = {index_of("uniq_src_ports"), index_of("common_srcports")};
  ttls = {index_of("uniq_ttls"), index_of("common_ttls")};
  all_flags = {index_of("uniq_tcp_flags"), index_of("common_tcpflags")};
  lengths = {index_of("uniq_pkt_sizes"), index_of("common_pktsizes")};
}

FlowTuple FlowTupleReader::Avro::tuple() const {
  FlowTuple tuple;
  tuple.time = number(time).value_or(0);
  tuple.source = number(source).value_or(0);
  tuple.destination_port = number(destination_port).value_or(-1);
  tuple.protocol = number(protocol).value_or(-1);
  tuple.packets = number(packets).value_or(0);
  tuple.is_version_4 = network >= 0;
  if (tuple.is_version_4) {
    tuple.destination = number(network).value_or(0);
    tuple.source_port = only(ports);
    tuple.ttl = only(ttls);
    tuple.tcp_flags = only(all_flags);
    tuple.length = only(lengths);
  } else {
    tuple.destination = number(destination).value_or(0);
    tuple.source_port = number(source_port);
    tuple.ttl = number(ttl);
    tuple.tcp_flags = number(flags);
    tuple.length = number(length);
  }
  tuple.country = text(netacq);
  if (!Region::parse(tuple.country)) tuple.country = text(maxmind);
  return tuple;
}

FlowTupleReader::FlowTupleReader(Input& input) : avro_(std::make_unique<Avro>(input)) {}
FlowTupleReader::~FlowTupleReader() = default;

Result<std::unique_ptr<LogReader>> FlowTupleReader::open(Input& input,
                                                         const LogOptions& /*options*/) {
  static std::once_flag limited;
  std::call_once(limited, [] { avro_set_allocator(allocate, nullptr); });
  auto result = std::make_unique<FlowTupleReader>(input);
  Avro& avro = *result->avro_;
  const AtWork work(avro.memory);
  const auto damaged = [&](std::string_view what) {
    if (avro.stream.error) return *avro.stream.error;
    return failure(ErrorCode::malformed, fmt::format("{}: {}", input.name(), what));
  };
  cookie_io_functions_t functions{};
  functions.read = read_stream;
  avro.file = fopencookie(&avro.stream, "rb", functions);
  if (avro.file == nullptr) return failure(ErrorCode::internal, "no C stream for an Avro file");
  if (avro_file_reader_fp(avro.file, input.name().c_str(), 0, &avro.reader) != 0) {
    avro.reader = nullptr;
    return damaged("its Avro header or its first block is damaged");
  }
  avro.schema = avro_file_reader_get_writer_schema(avro.reader);
  if (avro.schema->type != AVRO_RECORD) return damaged("its Avro schema is no record");
  bool flat = true;
  for (std::size_t i = 0; i < avro_schema_record_size(avro.schema); ++i) {
    flat = flat && is_flat(avro_schema_record_field_get_by_index(avro.schema, static_cast<int>(i)));
  }
  bool known = avro.has_number("dst_net") || avro.has_number("dst_ip");
  for (const char* name : {"time", "src_ip", "dst_port", "protocol", "packet_cnt"})
    known = known && avro.has_number(name);
  if (!flat || !known) {
    return failure(ErrorCode::unsupported,
                   fmt::format("{}: an Avro file, but not with the fields of CAIDA's FlowTuple 3 "
                               "or 4",
                               input.name()));
  }
  avro.find_columns();
  avro.value_class = avro_generic_class_from_schema(avro.schema);
  if (avro.value_class == nullptr || avro_generic_value_new(avro.value_class, &avro.value) != 0) {
    return damaged("its Avro schema cannot be read");
  }
  return std::unique_ptr<LogReader>(std::move(result));
}

Result<bool> FlowTupleReader::read(LogLine& line) {
  if (warning_) return false;
  const AtWork work(avro_->memory);
  avro_value_reset(&avro_->value);
  const int status = avro_file_reader_read_value(avro_->reader, &avro_->value);
  if (status == EOF) return false;
  if (status != 0) {
    if (avro_->stream.error && avro_->stream.error->code != ErrorCode::malformed) {
      return *avro_->stream.error;
    }
    warning_ = avro_->stream.error ? avro_->stream.error->message
                                   : fmt::format("{}: its Avro content is damaged after record {}",
                                                 avro_->stream.input->name(), lines_);
    return false;
  }
  line.number = line.line = ++lines_;
  const FlowTuple tuple = avro_->tuple();
  line.rejection = read_flowtuple(tuple, line.packet);
  if (line.rejection != Rejection::none) {
    raw_ = fmt::format("time={} src={} dst={} dst_port={} protocol={} packet_cnt={}", tuple.time,
                       tuple.source, tuple.destination, tuple.destination_port, tuple.protocol,
                       tuple.packets);
    line.raw = raw_;
  }
  return true;
}

bool FlowTupleReader::recognises(std::string_view beginning) {
  return beginning.starts_with("Obj\x01") &&
         beginning.find("avro.schema") != std::string_view::npos &&
         beginning.find("packet_cnt") != std::string_view::npos &&
         beginning.find("src_ip") != std::string_view::npos;
}

LogFormat flowtuple_format() {
  LogFormat format;
  format.name = "flowtuple";
  format.title = "CAIDA FlowTuple 3 and 4 (Avro)";
  format.recognises = [](const LogBeginning& beginning) {
    return FlowTupleReader::recognises(beginning.text);
  };
  format.open = FlowTupleReader::open;
  return format;
}

}  // namespace teiten
