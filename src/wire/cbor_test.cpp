#include "wire/cbor.h"

#include <limits>

#include <gtest/gtest.h>

namespace teiten {
namespace {

using namespace std::string_literals;

std::string written(const std::function<void(CborWriter&)>& write) {
  std::string out;
  CborWriter writer(out);
  write(writer);
  return out;
}

// RFC 8949 Appendix A.
TEST(Cbor, WritesTheExamplesOfItsStandard) {
  const auto number = [](std::int64_t value) {
    return written([&](CborWriter& w) { w.integer(value); });
  };
  EXPECT_EQ(number(0), "\x00"s);
  EXPECT_EQ(number(23), "\x17"s);
  EXPECT_EQ(number(24), "\x18\x18"s);
  EXPECT_EQ(number(100), "\x18\x64"s);
  EXPECT_EQ(number(1000), "\x19\x03\xe8"s);
  EXPECT_EQ(number(1000000), "\x1a\x00\x0f\x42\x40"s);
  EXPECT_EQ(number(1000000000000), "\x1b\x00\x00\x00\xe8\xd4\xa5\x10\x00"s);
  EXPECT_EQ(number(-1), "\x20"s);
  EXPECT_EQ(number(-1000), "\x39\x03\xe7"s);
  EXPECT_EQ(written([](CborWriter& w) { w.unsigned_integer(UINT64_MAX); }),
            "\x1b\xff\xff\xff\xff\xff\xff\xff\xff"s);
  EXPECT_EQ(written([](CborWriter& w) { w.text("\u6c34"); }), "\x63\xe6\xb0\xb4"s);
  EXPECT_EQ(written([](CborWriter& w) { w.bytes(4); }), "\x44\0\0\0\0"s);
  EXPECT_EQ(written([](CborWriter& w) {
              w.map(2);
              w.text("a");
              w.integer(1);
              w.text("b");
              w.array(2);
              w.integer(2);
              w.integer(3);
            }),
            "\xa2\x61\x61\x01\x61\x62\x82\x02\x03"s);
}

TEST(Cbor, ReadsWhatItWrites) {
  constexpr std::int64_t kLowest = std::numeric_limits<std::int64_t>::min();
  constexpr std::int64_t kHighest = std::numeric_limits<std::int64_t>::max();
  for (const std::int64_t value : {kLowest, kLowest + 1, std::int64_t{-1}, std::int64_t{0},
                                   std::int64_t{255}, std::int64_t{256}, std::int64_t{65535},
                                   std::int64_t{65536}, std::int64_t{1} << 32, kHighest}) {
    const std::string bytes = written([&](CborWriter& w) { w.integer(value); });
    CborReader reader(bytes);
    EXPECT_EQ(reader.integer(), value);
    reader.end();
    EXPECT_FALSE(reader.failed()) << value << ": " << reader.failure();
  }
}

std::string failure_of(const std::string& bytes, const std::function<void(CborReader&)>& read) {
  CborReader reader(bytes);
  read(reader);
  reader.end();
  return reader.failure();
}

TEST(Cbor, RefusesWhatItDoesNotWrite) {
  const auto number = [](CborReader& r) { r.unsigned_integer(); };
  const auto text = [](CborReader& r) { r.text(8); };
  EXPECT_EQ(failure_of("\x18\x17"s, number), "field '': a number not in its shortest form");
  EXPECT_EQ(failure_of("\x1b\x00\x00\x00\x00\xff\xff\xff\xff"s, number),
            "field '': a number not in its shortest form");
  EXPECT_EQ(failure_of("\x19\x01"s, number), "field '': ends too early");
  EXPECT_EQ(failure_of(""s, number), "field '': ends too early");
  EXPECT_EQ(failure_of("\x1c"s, number), "field '': not an unsigned number");
  EXPECT_EQ(failure_of("\x20"s, number), "field '': not an unsigned number");
  EXPECT_EQ(failure_of("\x05\x05"s, number), "field '': more bytes after the end");
  EXPECT_EQ(failure_of("\x7f\x61\x61\xff"s, text), "field '': not a text");
  EXPECT_EQ(failure_of("\x69"
                       "123456789",
                       text),
            "field '': a text that is too long");
  EXPECT_EQ(failure_of("\x61\x1b"s, text),
            "field '': a text with a control character or bytes that are no UTF-8");
  // Overlong, a surrogate, past U+10FFFF, cut, a C1 control character.
  for (const std::string& bad : {"\x62\xc0\xaf"s, "\x63\xed\xa0\x80"s, "\x64\xf4\x90\x80\x80"s,
                                 "\x62\xe6\xb0"s, "\x62\xc2\x85"s})
    EXPECT_NE(failure_of(bad, text), "");
  EXPECT_EQ(failure_of("\x5b\xff\xff\xff\xff\xff\xff\xff\xff"s, [](CborReader& r) { r.bytes(); }),
            "field '': ends too early");
  EXPECT_EQ(failure_of("\x9b\xff\xff\xff\xff\xff\xff\xff\xff"s, [](CborReader& r) { r.array(9); }),
            "field '': too many elements");
  EXPECT_EQ(failure_of("\x3b\x80\x00\x00\x00\x00\x00\x00\x00"s, [](CborReader& r) { r.integer(); }),
            "field '': a number out of range");
}

TEST(Cbor, TheFirstFailureStaysAndNamesItsField) {
  const std::string bytes = "\x61\x61\x05\x61\x62\x20\x61\x63\x05"s;
  CborReader reader(bytes);
  reader.key("a");
  EXPECT_EQ(reader.unsigned_integer(), 5U);
  reader.key("b");
  EXPECT_EQ(reader.unsigned_integer(), 0U);
  reader.key("c");
  EXPECT_EQ(reader.unsigned_integer(), 0U);
  EXPECT_EQ(reader.failure(), "field 'b': not an unsigned number");
}

}  // namespace
}  // namespace teiten
