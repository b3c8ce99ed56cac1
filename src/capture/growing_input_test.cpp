#include "capture/growing_input.h"

#include <filesystem>
#include <fstream>
#include <string>

#include <gtest/gtest.h>
#include <unistd.h>

namespace teiten {
namespace {

namespace fs = std::filesystem;

class GrowingInputTest : public ::testing::Test {
 protected:
  GrowingInputTest()
      : path_(fs::temp_directory_path() / ("growing_" + std::to_string(::getpid()) + ".log")) {}
  ~GrowingInputTest() override {
    fs::remove(path_);
    fs::remove(path_.string() + ".1");
  }
  void write(const std::string& text, std::ios::openmode mode = std::ios::app) const {
    std::ofstream(path_, std::ios::binary | mode) << text;
  }
  static std::string take(Input& input) {
    const auto bytes = input.read(1000);
    EXPECT_TRUE(bytes.ok());
    return {reinterpret_cast<const char*>(bytes->data()), bytes->size()};
  }
  fs::path path_;
};

TEST_F(GrowingInputTest, ShowsWholeLinesAsTheyCome) {
  write("one\ntw");
  const auto input = GrowingInput::open(path_.string()).value();
  EXPECT_EQ(take(*input), "one\n");
  EXPECT_EQ(take(*input), "");
  write("o\nthree\nfo");
  EXPECT_EQ(take(*input), "two\nthree\n");
  EXPECT_EQ(input->offset(), 14U);
  const std::string taken = "one\ntwo\nthree\n";
  EXPECT_EQ(input->digest(), digest_of(std::as_bytes(std::span(taken))));
  ASSERT_TRUE(input->rewind().ok());
  EXPECT_EQ(take(*input), taken);
  input->set_ended();
  EXPECT_EQ(take(*input), "fo");
}

TEST_F(GrowingInputTest, NoticesRotationAndTruncation) {
  write("one\n");
  const auto input = GrowingInput::open(path_.string()).value();
  EXPECT_EQ(take(*input), "one\n");
  EXPECT_FALSE(input->was_replaced());
  fs::rename(path_, path_.string() + ".1");
  EXPECT_TRUE(input->was_replaced());
  write("new\n");
  EXPECT_TRUE(input->was_replaced());
  std::ofstream(path_.string() + ".1", std::ios::app) << "last\n";
  EXPECT_EQ(take(*input), "last\n") << "it reads on in the file it opened";
  EXPECT_FALSE(input->was_truncated());
  fs::resize_file(path_.string() + ".1", 0);
  EXPECT_TRUE(input->was_truncated());
}

TEST_F(GrowingInputTest, NoticesThatItWasWrittenAnew) {
  write("one\ntwo\n");
  const auto input = GrowingInput::open(path_.string()).value();
  EXPECT_EQ(take(*input), "one\ntwo\n");
  write("one\ntwo\nthree\n", std::ios::trunc);
  EXPECT_FALSE(input->was_truncated()) << "it is as if it had grown";
  write("longer than what it held before\n", std::ios::trunc);
  EXPECT_TRUE(input->was_truncated());
}

TEST_F(GrowingInputTest, AnEndlessLineIsShownInPieces) {
  write(std::string(3 << 20, 'x'));
  const auto input = GrowingInput::open(path_.string()).value();
  const auto bytes = input->peek(1);
  ASSERT_TRUE(bytes.ok());
  EXPECT_GE(bytes->size(), 1U);
  EXPECT_LE(bytes->size(), 2U << 20);
}

TEST_F(GrowingInputTest, WhatCannotBeFollowedIsRefused) {
  write(std::string("\x1f\x8b\x08\0\0\0\0\0\0\xff", 10));
  EXPECT_EQ(GrowingInput::open(path_.string()).error().code, ErrorCode::unsupported);
  EXPECT_EQ(GrowingInput::open(path_.string() + ".none").error().code, ErrorCode::not_found);
}

}  // namespace
}  // namespace teiten
