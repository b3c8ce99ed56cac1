#include "wire/uploader.h"

#include <algorithm>
#include <fstream>
#include <vector>

#include <gtest/gtest.h>

#include "wire/upload_answer.h"
#include "wire/wire_test_data.h"

namespace teiten {
namespace {

using namespace std::chrono_literals;

TEST(UploadAnswer, SaysWhatBecomesOfABatch) {
  const auto outcome = [](long status) {
    return result_of({status, 0s, ""}, "https://192.0.2.1:8443").outcome;
  };
  for (const long status : {200L, 202L})
    EXPECT_EQ(outcome(status), UploadOutcome::acknowledged) << status;
  for (const long status : {400L, 413L, 422L})
    EXPECT_EQ(outcome(status), UploadOutcome::refused) << status;
  for (const long status :
       {0L, 100L, 301L, 307L, 401L, 403L, 404L, 408L, 415L, 429L, 500L, 502L, 503L, 504L, 507L})
    EXPECT_EQ(outcome(status), UploadOutcome::retry_later) << status;
}

TEST(UploadAnswer, GivesAReasonOnOneLine) {
  EXPECT_EQ(result_of({200, 5s, "stored"}, "https://192.0.2.1").reason, "");
  EXPECT_EQ(result_of({200, 5s, "stored"}, "https://192.0.2.1").retry_after, 0s);
  const UploadResult busy = result_of({503, 7s, "queue\nfull \x1b[2J\xff"}, "https://192.0.2.1");
  EXPECT_EQ(busy.reason, "https://192.0.2.1: status 503: the collector is busy (queue full ?[2J?)");
  EXPECT_EQ(busy.retry_after, 7s);
  EXPECT_EQ(result_of({422, 7s, ""}, "x").retry_after, 0s);
  EXPECT_LT(result_of({500, 0s, std::string(5000, 'a')}, "x").reason.size(), 300U);
}

TEST(UploadAnswer, ReadsRetryAfter) {
  EXPECT_EQ(parse_retry_after(" 120\r\n"), 120s);
  EXPECT_EQ(parse_retry_after("0"), 0s);
  EXPECT_EQ(parse_retry_after("600"), 600s);
  EXPECT_EQ(parse_retry_after("601"), 600s);
  EXPECT_EQ(parse_retry_after("99999999999999999999999999"), 600s);
  for (const char* nonsense : {"", "-5", "1.5", "Wed, 21 Oct 2026 07:28:00 GMT", "5 s"})
    EXPECT_EQ(parse_retry_after(nonsense), 0s) << nonsense;
}

TEST(BackOff, DoublesItsCeilingAndStaysBelowIt) {
  const std::vector<std::chrono::milliseconds> ceilings = {100ms, 200ms,   400ms,
                                                           800ms, 1'000ms, 1'000ms};
  std::vector<std::chrono::milliseconds> longest(ceilings.size(), 0ms);
  for (std::uint64_t seed = 0; seed < 500; ++seed) {
    BackOff back_off(100ms, 1'000ms, seed);
    for (std::size_t i = 0; i < ceilings.size(); ++i) {
      const auto wait = back_off.next(0ms);
      EXPECT_GT(wait, 0ms);
      longest[i] = std::max(longest[i], wait);
    }
    back_off.reset();
    EXPECT_LE(back_off.next(0ms), 100ms);
  }
  for (std::size_t i = 0; i < ceilings.size(); ++i) {
    EXPECT_LE(longest[i], ceilings[i]) << i;
    EXPECT_GT(longest[i], ceilings[i] * 9 / 10) << i;
  }
}

TEST(BackOff, UsesTheWholeSpan) {
  std::int64_t least = 1'000;
  std::int64_t most = 0;
  std::int64_t sum = 0;
  for (std::uint64_t seed = 0; seed < 1'000; ++seed) {
    const std::int64_t wait = BackOff(1'000ms, 60'000ms, seed).next(0ms).count();
    least = std::min(least, wait);
    most = std::max(most, wait);
    sum += wait;
  }
  EXPECT_LT(least, 20);
  EXPECT_GT(most, 980);
  EXPECT_NEAR(static_cast<double>(sum) / 1'000, 500, 50);
}

TEST(BackOff, WaitsAtLeastAsLongAsAsked) {
  BackOff back_off(100ms, 1'000ms, 3);
  for (int i = 0; i < 20; ++i) {
    const auto wait = back_off.next(5'000ms);
    EXPECT_GE(wait, 5'000ms);
    EXPECT_LE(wait, 6'000ms);
  }
  // Ceilings that doubling never meets, and that would not fit if it went on.
  BackOff large(1ms, std::chrono::milliseconds::max(), 4);
  for (int i = 0; i < 200; ++i)
    EXPECT_GT(large.next(0ms), 0ms);
}

TEST(Uploader, RefusesOptionsThatMakeNoSense) {
  const wire_test::TemporaryFolder folder;
  const std::string pem = folder.file("a.pem");
  std::ofstream(pem) << "-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n";
  std::ofstream(folder.file("empty.pem")) << "nothing\n";
  UploadOptions sound;
  sound.sensor = "tokyo";
  sound.collectors = {"https://192.0.2.1:8443", "https://collector.example/"};
  sound.certificate_file = sound.key_file = sound.ca_file = pem;
  const auto made = Uploader::create(sound);
  EXPECT_TRUE(made.ok()) << made.error().message;
  const auto code = [&](const std::function<void(UploadOptions&)>& change) {
    UploadOptions options = sound;
    change(options);
    return Uploader::create(options).error().code;
  };
  using O = UploadOptions;
  EXPECT_EQ(code([](O& o) { o.sensor = "a b"; }), ErrorCode::invalid_argument);
  EXPECT_EQ(code([](O& o) { o.collectors.clear(); }), ErrorCode::invalid_argument);
  for (const char* bad : {"http://192.0.2.1", "192.0.2.1", "https://", "https:///x", "https://a/b",
                          "https://user@host", "https://a\r\nX: y", "file:///etc"})
    EXPECT_EQ(code([&](O& o) { o.collectors = {bad}; }), ErrorCode::invalid_argument) << bad;
  EXPECT_EQ(code([](O& o) { o.timeout = 0s; }), ErrorCode::invalid_argument);
  EXPECT_EQ(code([&](O& o) { o.ca_file = folder.file("none"); }), ErrorCode::not_found);
  EXPECT_EQ(code([&](O& o) { o.key_file = folder.file("empty.pem"); }), ErrorCode::malformed);
}

}  // namespace
}  // namespace teiten
