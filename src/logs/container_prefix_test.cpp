#include <string>

#include <gtest/gtest.h>

#include "logs/json_test_support.h"

namespace teiten {
namespace {

using namespace log_test;

const std::string kRead =
    "2024-05-07T02:57:48.123456Z 198.51.100.7:40000 > 192.0.2.1:1433 6 flags 2";

std::string record() {
  return example("dionaea");
}

TEST(ContainerPrefix, WhatRuntimesWriteBeforeALine) {
  for (const std::string prefix :
       {"2024-05-07T02:57:48.0Z stdout F ", "2024-05-07T02:57:48.123456789Z stderr F ",
        "2024-05-07T11:57:48.123456789+09:00 stdout F ", "2024-05-07T02:57:48Z stdout F ",
        "dionaea-1  | ", "dionaea_1 | ", "sensor.tokyo      | ", "5a | ",
        "dionaea-1  | 2024-05-07T02:57:48.123456789Z "}) {
    const std::string line = prefix + record() + "\n";
    const std::string other = prefix + "starting {\"src_ip\":\"198.51.100.7\"}\n";
    EXPECT_EQ(all_said(line + line), (Said{kRead, kRead})) << prefix;
    EXPECT_EQ(all_said(other + other + line + other + prefix + "\n" + line),
              (Said{"not_a_connection", "not_a_connection", kRead, "not_a_connection",
                    "not_a_connection", kRead}))
        << prefix;
    // What a stranger made the container write does not begin its line.
    EXPECT_EQ(all_said(line + prefix + "Invalid user " + record() + "\n"),
              (Said{kRead, "not_a_connection"}))
        << prefix;
  }
}

TEST(ContainerPrefix, TheRestOfALineThatKubernetesCutIsNoRecord) {
  const auto line = [](const std::string& stream, const std::string& text) {
    return "2024-05-07T02:57:48.0Z " + stream + " " + text + "\n";
  };
  const std::string whole = line("stdout", "F " + record());
  EXPECT_EQ(all_said(whole + line("stdout", "P user ") + whole + whole),
            (Said{kRead, "not_a_connection", "not_a_connection", kRead}));
  EXPECT_EQ(all_said(whole + line("stdout", "P user ") + line("stdout", "P " + record()) +
                     line("stderr", "F " + record()) + whole + whole),
            (Said{kRead, "not_a_connection", "not_a_connection", kRead, "not_a_connection", kRead}))
      << "each stream is cut by itself";
}

// Whoever can make a program write a line must not be able to write a record of another program's.
TEST(ContainerPrefix, NothingIsARecordBehindOtherText) {
  const std::string good = record() + "\n";
  for (const std::string text :
       {"Invalid user ", "x", "198.51.100.9 - - \"GET / HTTP/1.1\" 200 1 \"-\" ",
        "[    5.123456] pi cowrie[9]: ", "%ASA-4-106023: Deny tcp src outside ",
        "2024-05-07T02:57:48.Z stdout F ", "date=2024-05-07 time=02:57:48 devname=\"gw\" user=",
        "level=info user=", "\"a\": ", "<p>", "dionaea-1| ", "dionaea-1  |", "dionaea-1  |  ",
        "-a | ", "dionaea-1  | user ", "web 1 | ", "a b | "}) {
    const std::string forged = text + record() + "\n";
    const std::string reason = text == "dionaea-1  |  " || text == "dionaea-1  | user "
                                   ? "not_a_connection"
                                   : "invalid_json";
    EXPECT_EQ(all_said(good + forged + good), (Said{kRead, reason, kRead})) << text;
    EXPECT_EQ(all_said(good + forged + forged + good), (Said{kRead, reason, reason, kRead}))
        << text << ": each is counted";
    EXPECT_EQ(all_said(good + record().substr(0, 90) + "\n" + forged + good),
              (Said{kRead, "invalid_json", reason, kRead}))
        << text << ": not behind a record that is cut either";
    PieceInput first(forged + good, {7});
    EXPECT_EQ(read_log_as("dionaea", first).rejections().size(), 2U) << text;
    PieceInput alone(forged);
    EXPECT_EQ(recognise_log(alone).value(), nullptr) << text;
  }
  for (const std::string text :
       {"2024-05-07T02:57:48.0Z stdout X ", "2024-05-07T02:57:48.0Z stdout  F ",
        "2024-05-07T02:57:48.0Z stdout F  ", "2024-05-07T02:57:48.0Z stdin F ",
        "2024-05-07T02:57:48.1234567890Z stdout F ", "2024-05-07 02:57:48Z stdout F ",
        "2024-05-07T02:57:48 stdout F "})
    EXPECT_EQ(all_said(good + text + record() + "\n" + good),
              (Said{kRead, "not_a_connection", kRead}))
        << text;
}

TEST(ContainerPrefix, ALineOfOtherTextHasNoLimit) {
  const std::string text = record() + "\nInvalid user " + std::string(3 << 20, 'x') + record() +
                           "\nInvalid user " + record() + std::string(3 << 20, 'x') + record() +
                           "\n" + record() + "\n";
  for (const std::size_t piece : {std::size_t{1} << 20, std::size_t{4093}}) {
    PieceInput input(text, {piece});
    EXPECT_EQ(read_log_as("dionaea", input).rejections(),
              (std::vector{Rejection::none, Rejection::invalid_json, Rejection::invalid_json,
                           Rejection::none}));
  }
}

}  // namespace
}  // namespace teiten
