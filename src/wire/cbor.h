#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace teiten {

/// Writes the part of CBOR (RFC 8949) that batches need: lengths known beforehand, numbers in their
/// shortest form (§4.2.1), no tags, no floating point.
class CborWriter {
 public:
  /// Appends to `out`, which must outlive the writer.
  explicit CborWriter(std::string& out) : out_(out) {}
  void unsigned_integer(std::uint64_t value) { head(0, value); }
  void integer(std::int64_t value);
  /// `value` is UTF-8.
  void text(std::string_view value);
  void null() { out_ += '\xf6'; }
  void array(std::uint64_t elements) { head(4, elements); }
  void map(std::uint64_t pairs) { head(5, pairs); }
  /// Room for a byte string of `size` bytes, all zero: its offset in `out`, for the caller to fill.
  std::size_t bytes(std::size_t size);

 private:
  void head(unsigned major, std::uint64_t value);
  std::string& out_;
};

/// Reads what CborWriter writes, and nothing else, from bytes that may be hostile: it neither
/// recurses nor allocates, and a claimed length beyond the input's end fails at once. The first
/// failure sticks; from then on everything reads as 0 or empty.
class CborReader {
 public:
  /// Views into `input`, which must outlive the reader and what it gave.
  explicit CborReader(std::string_view input) : rest_(input) {}
  std::uint64_t unsigned_integer();
  std::int64_t integer();
  /// Valid UTF-8 without control characters, at most `most` bytes.
  std::string_view text(std::size_t most);
  std::string_view bytes();
  /// True, and past it, where null comes next.
  bool null();
  /// How many elements or pairs follow; more than `most` is a failure.
  std::size_t array(std::size_t most);
  std::size_t map(std::size_t most);
  /// The next text must be `name`; what fails until the next key() is blamed on it.
  void key(const char* name);
  void end();

  bool failed() const { return failure_ != nullptr; }
  void fail(const char* what);
  /// "field 'epoch': not a number"; empty if nothing failed.
  std::string failure() const;

 private:
  std::uint64_t head(unsigned major, const char* what);
  std::string_view take(std::uint64_t size);
  std::string_view rest_;
  const char* key_ = "";
  const char* failure_ = nullptr;
};

}  // namespace teiten
