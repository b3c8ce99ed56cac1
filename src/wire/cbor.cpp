#include "wire/cbor.h"

#include <limits>

#include <fmt/format.h>

namespace teiten {
namespace {

constexpr unsigned kUnsigned = 0;
constexpr unsigned kNegative = 1;
constexpr unsigned kBytes = 2;
constexpr unsigned kText = 3;
constexpr unsigned kArray = 4;
constexpr unsigned kMap = 5;
constexpr char kNull = '\xf6';
/// Additional information: a value below it stands in the first byte, 24 to 27 say that 1, 2, 4 or
/// 8 bytes follow.
constexpr unsigned kFollows = 24;

/// Bytes of the character at the start of `text`; 0 if it is none (RFC 3629 §4) or a control one.
std::size_t character_bytes(std::string_view text) {
  const auto byte = [&](std::size_t i) {
    return i < text.size() ? static_cast<unsigned char>(text[i]) : 0U;
  };
  const unsigned lead = byte(0);
  if (lead < 0x80) return lead >= 0x20 && lead != 0x7f ? 1 : 0;
  const std::size_t length = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
  if (lead < 0xc2 || lead > 0xf4) return 0;
  for (std::size_t i = 1; i < length; ++i)
    if ((byte(i) & 0xc0U) != 0x80) return 0;
  const unsigned second = byte(1);
  const bool bad = (lead == 0xc2 && second < 0xa0) || (lead == 0xe0 && second < 0xa0) ||
                   (lead == 0xed && second > 0x9f) || (lead == 0xf0 && second < 0x90) ||
                   (lead == 0xf4 && second > 0x8f);
  return bad ? 0 : length;
}

bool is_clean_text(std::string_view text) {
  while (!text.empty()) {
    const std::size_t length = character_bytes(text);
    if (length == 0) return false;
    text.remove_prefix(length);
  }
  return true;
}

}  // namespace

void CborWriter::head(unsigned major, std::uint64_t value) {
  const auto put = [&](std::uint64_t bits) { out_ += static_cast<char>(bits & 0xffU); };
  const std::uint64_t first = std::uint64_t{major} << 5;
  if (value < kFollows) return put(first | value);
  unsigned power = 0;
  while (power < 3 && (value >> (8U << power)) != 0)
    ++power;
  put(first | (kFollows + power));
  for (unsigned shift = 8U << power; shift > 0; shift -= 8)
    put(value >> (shift - 8));
}

void CborWriter::integer(std::int64_t value) {
  const auto bits = static_cast<std::uint64_t>(value);
  if (value < 0) {
    head(kNegative, ~bits);
  } else {
    head(kUnsigned, bits);
  }
}

void CborWriter::text(std::string_view value) {
  head(kText, value.size());
  out_ += value;
}

std::size_t CborWriter::bytes(std::size_t size) {
  head(kBytes, size);
  const std::size_t offset = out_.size();
  out_.resize(offset + size);
  return offset;
}

void CborReader::fail(const char* what) {
  if (failure_ == nullptr) failure_ = what;
  rest_ = {};
}

std::string CborReader::failure() const {
  return failed() ? fmt::format("field '{}': {}", key_, failure_) : std::string();
}

std::string_view CborReader::take(std::uint64_t size) {
  if (size > rest_.size()) {
    fail("ends too early");
    return {};
  }
  const std::string_view taken = rest_.substr(0, static_cast<std::size_t>(size));
  rest_.remove_prefix(taken.size());
  return taken;
}

std::uint64_t CborReader::head(unsigned major, const char* what) {
  const std::string_view first = take(1);
  if (first.empty()) return 0;
  const auto byte = static_cast<unsigned char>(first.front());
  const unsigned information = byte & 0x1fU;
  if (byte >> 5 != major || information > kFollows + 3) {
    fail(what);
    return 0;
  }
  if (information < kFollows) return information;
  const unsigned power = information - kFollows;
  std::uint64_t value = 0;
  for (const char c : take(1U << power))
    value = (value << 8) | static_cast<unsigned char>(c);
  const bool shortest = power == 0 ? value >= kFollows : (value >> (4U << power)) != 0;
  if (!shortest) fail("a number not in its shortest form");
  return failed() ? 0 : value;
}

std::uint64_t CborReader::unsigned_integer() {
  return head(kUnsigned, "not an unsigned number");
}

std::int64_t CborReader::integer() {
  const bool negative =
      !rest_.empty() && static_cast<unsigned char>(rest_.front()) >> 5 == kNegative;
  const std::uint64_t value = head(negative ? kNegative : kUnsigned, "not a number");
  if (value > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max())) {
    fail("a number out of range");
    return 0;
  }
  return static_cast<std::int64_t>(negative ? ~value : value);
}

std::string_view CborReader::text(std::size_t most) {
  const std::uint64_t size = head(kText, "not a text");
  if (size > most) fail("a text that is too long");
  const std::string_view value = failed() ? std::string_view() : take(size);
  if (is_clean_text(value)) return value;
  fail("a text with a control character or bytes that are no UTF-8");
  return {};
}

std::string_view CborReader::bytes() {
  return take(head(kBytes, "not a byte string"));
}

bool CborReader::null() {
  if (rest_.empty() || rest_.front() != kNull) return false;
  rest_.remove_prefix(1);
  return true;
}

std::size_t CborReader::array(std::size_t most) {
  const std::uint64_t elements = head(kArray, "not an array");
  if (elements > most) fail("too many elements");
  return failed() ? 0 : static_cast<std::size_t>(elements);
}

std::size_t CborReader::map(std::size_t most) {
  const std::uint64_t pairs = head(kMap, "not a map");
  if (pairs > most) fail("too many entries");
  return failed() ? 0 : static_cast<std::size_t>(pairs);
}

void CborReader::key(const char* name) {
  if (failed()) return;
  key_ = name;
  const std::uint64_t size = head(kText, "missing or out of place");
  if (failed()) return;
  if (take(size) != std::string_view(name)) fail("missing or out of place");
}

void CborReader::end() {
  if (!failed() && !rest_.empty()) fail("more bytes after the end");
}

}  // namespace teiten
