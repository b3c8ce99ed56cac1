#include "serve/intake.h"

#include <filesystem>

#include <gtest/gtest.h>

#include "serve/listen_address.h"
#include "serve/metrics_text.h"
#include "store/store_test_data.h"
#include "wire/batch_codec.h"

namespace teiten {
namespace {

using test::TemporaryFolder;

const UtcTime kNow = test::utc("2026-03-01T12:00:00Z");

class IntakeTest : public testing::Test {
 protected:
  void SetUp() override {
    SensorRecord record;
    record.name = peer_.sensor;
    record.serial = peer_.serial;
    ASSERT_TRUE(registry_.add(record).ok());
  }
  unsigned status(const RequestHead& head) {
    const auto admitted = intake_.admit(peer_, head, kNow);
    const auto* refusal = std::get_if<Refusal>(&admitted);
    return refusal == nullptr ? 0 : refusal->status;
  }
  static RequestHead head() { return {"PUT", "/v1/batches/tokyo/1/2", kBatchMediaType, true, 100}; }

  /// One access of one packet at the beginning of ten seconds.
  static Batch batch_at(UtcTime begin) {
    Batch batch;
    batch.sensor = "tokyo";
    batch.epoch = 1;
    batch.sequence = 2;
    batch.range = {begin, begin + std::chrono::seconds(10)};
    Access access;
    access.first = access.last = begin;
    access.source = *IpAddress::parse("192.0.2.7");
    access.service = Service(protocol::kTcp, 23);
    access.packets = 1;
    batch.accesses.push_back(access);
    batch.frames = batch.records = batch.packets_unsolicited = 1;
    return batch;
  }
  std::string outcome(const Batch& batch) {
    const auto taken = intake_.take({"tokyo", 1, 2}, encode_batch(batch), kNow);
    const auto* refusal = std::get_if<Refusal>(&taken);
    return refusal == nullptr ? "taken" : std::string(refusal->counter);
  }

  TemporaryFolder folder_;
  Registry registry_ = Registry::open(folder_.file("fleet")).value();
  Quarantine quarantine_ = Quarantine::open(folder_.file("fleet/quarantine")).value();
  GeoDatabases geo_ = GeoDatabases::open({}).value();
  KnownScanners scanners_ = KnownScanners::open({}).value();
  Intake intake_{registry_, quarantine_, geo_, scanners_, {}};
  PeerIdentity peer_{"tokyo", "AA", test::utc("2026-03-02T00:00:00Z")};
};

TEST_F(IntakeTest, TheHeadDecidesFirst) {
  EXPECT_EQ(status(head()), 0U);
  RequestHead other = head();
  other.method = "POST";
  EXPECT_EQ(status(other), 405U);
  other = head();
  other.target = "/v1/batches/osaka/1/2";
  EXPECT_EQ(status(other), 403U);
  other = head();
  other.media_type = "text/plain";
  EXPECT_EQ(status(other), 415U);
  other = head();
  other.has_length = false;
  EXPECT_EQ(status(other), 411U);
  other = head();
  other.length = (8U << 20) + 1;
  EXPECT_EQ(status(other), 413U);
  other.length = 8U << 20;
  EXPECT_EQ(status(other), 0U);
  peer_.expires = kNow;
  EXPECT_EQ(status(head()), 403U);
}

TEST_F(IntakeTest, ThePeerIsLookedAtAgainWhenItsBodyIsThere) {
  EXPECT_FALSE(intake_.refuse_peer(peer_, kNow).has_value());
  ASSERT_TRUE(registry_.change("tokyo", [](SensorRecord& r) { r.enabled = false; }).ok());
  EXPECT_EQ(intake_.refuse_peer(peer_, kNow)->counter, "disabled");
  ASSERT_TRUE(registry_
                  .change("tokyo",
                          [](SensorRecord& r) {
                            r.enabled = true;
                            r.next_serial = "BB";
                          })
                  .ok());
  const auto held = FolderLock::take(folder_.file("fleet"));
  peer_.serial = "BB";
  const auto busy = intake_.refuse_peer(peer_, kNow);
  ASSERT_TRUE(busy.has_value());
  EXPECT_EQ(busy->status, 503U);
  EXPECT_GT(busy->retry_after.count(), 0);
}

TEST_F(IntakeTest, PathsOfBatches) {
  const auto name = parse_batch_path("/v1/batches/tokyo/18446744073709551615/0");
  ASSERT_TRUE(name.has_value());
  EXPECT_EQ(name->sensor, "tokyo");
  EXPECT_EQ(name->epoch, 18446744073709551615ULL);
  EXPECT_EQ(name->sequence, 0U);
  for (const char* bad :
       {"", "/", "/v1/batches/", "/v1/batches/tokyo", "/v1/batches/tokyo/1", "/v1/batches/tokyo/1/",
        "/v1/batches/tokyo/1/2/", "/v1/batches/tokyo/1/2/3", "/v1/batches//1/2",
        "/v1/batches/../1/2", "/v1/batches/tokyo/-1/2", "/v1/batches/tokyo/1/+2",
        "/v1/batches/tokyo/01/2", "/v1/batches/tokyo/1/18446744073709551616",
        "/v1/batches/tokyo/1/2?x", "/v2/batches/tokyo/1/2"})
    EXPECT_FALSE(parse_batch_path(bad).has_value()) << bad;
}

TEST_F(IntakeTest, AGoodBatchIsEnriched) {
  Batch sent = batch_at(kNow);
  sent.region_source = "the sensor's own idea";
  auto taken = intake_.take({"tokyo", 1, 2}, encode_batch(sent), kNow);
  const auto* batch = std::get_if<Batch>(&taken);
  ASSERT_NE(batch, nullptr);
  EXPECT_TRUE(batch->live);
  EXPECT_EQ(batch->region_source.find("the sensor"), std::string::npos);
  EXPECT_NE(batch->region_source, "");
}

TEST_F(IntakeTest, TimesOutOfBoundsAreKeptAside) {
  using std::chrono::hours;
  using std::chrono::seconds;
  EXPECT_EQ(outcome(batch_at(kNow + seconds(590))), "taken");
  EXPECT_EQ(outcome(batch_at(kNow + seconds(591))), "quarantined_ahead");
  EXPECT_EQ(outcome(batch_at(kNow - hours(60 * 24))), "taken");
  std::filesystem::remove(folder_.file("fleet/quarantine/tokyo/1-2.batch"));
  EXPECT_EQ(outcome(batch_at(kNow - hours(60 * 24) - seconds(1))), "quarantined_old");
  EXPECT_EQ(std::filesystem::file_size(folder_.file("fleet/quarantine/tokyo/1-2.batch")),
            encode_batch(batch_at(kNow - hours(60 * 24) - seconds(1))).size());
  Intake timeless(registry_, quarantine_, geo_, scanners_, {std::chrono::hours(0)});
  const auto taken = timeless.take({"tokyo", 1, 2},
                                   encode_batch(batch_at(test::utc("2007-10-20T00:00:00Z"))), kNow);
  EXPECT_TRUE(std::holds_alternative<Batch>(taken));
}

TEST_F(IntakeTest, AccessesOlderThanTheStoreKeepsAreKeptAside) {
  Batch batch = batch_at(kNow - std::chrono::hours(1));
  batch.accesses.resize(1);
  batch.accesses[0].first = batch.accesses[0].last = batch.range.from;
  batch.accesses[0].packets = 1;
  batch.frames = batch.records = batch.packets_unsolicited = 1;
  const auto take = [&](UtcTime kept_from) {
    return intake_.take({"tokyo", 1, 2}, encode_batch(batch), kNow, kept_from);
  };
  EXPECT_TRUE(std::holds_alternative<Batch>(take(batch.range.from)));
  const auto aside = take(batch.range.from + std::chrono::seconds(1));
  ASSERT_TRUE(std::holds_alternative<Refusal>(aside));
  EXPECT_EQ(std::get<Refusal>(aside).status, 202);
  batch = batch_at(kNow - std::chrono::hours(1));
  batch.accesses.clear();
  batch.frames = batch.records = batch.packets_unsolicited = 0;
  batch.ignored.clear();
  EXPECT_TRUE(std::holds_alternative<Batch>(take(kNow))) << "an empty batch only says who watched";
}

TEST_F(IntakeTest, ABatchThatCallsItselfOtherwiseIsRefused) {
  for (Batch batch : {batch_at(kNow), batch_at(kNow), batch_at(kNow)}) {
    static int field = 0;
    if (field == 0) batch.sensor = "osaka";
    if (field == 1) batch.epoch = 5;
    if (field == 2) batch.sequence = 5;
    ++field;
    EXPECT_EQ(outcome(batch), "wrong_name");
  }
  const auto garbage = intake_.take({"tokyo", 1, 2}, "garbage", kNow);
  ASSERT_TRUE(std::holds_alternative<Refusal>(garbage));
  EXPECT_EQ(std::get<Refusal>(garbage).status, 400U);
}

TEST(ListenAddress, Forms) {
  const auto v4 = parse_listen_address("0.0.0.0:8443");
  ASSERT_TRUE(v4.ok());
  EXPECT_EQ(v4->host, "0.0.0.0");
  EXPECT_EQ(v4->port, 8443);
  const auto v6 = parse_listen_address("[2001:db8::1]:0");
  ASSERT_TRUE(v6.ok());
  EXPECT_EQ(v6->host, "2001:db8::1");
  for (const char* bad : {"", "8443", ":8443", "localhost:8443", "192.0.2.1:", "192.0.2.1:65536",
                          "2001:db8::1:80", "[192.0.2.1]:80", "192.0.2.1:80x"})
    EXPECT_FALSE(parse_listen_address(bad).ok()) << bad;
  EXPECT_EQ(format_endpoint("2001:db8::1", 80), "[2001:db8::1]:80");
}

TEST(MetricsText, Form) {
  MetricsText out;
  out.metric("x_seconds", "gauge", "seconds", "Age (seconds)");
  out.sample("sensor", "a\"b\\c\nd", 1.5);
  out.metric("y_total", "counter", "", "Things (count)");
  out.sample(12345678901234);
  EXPECT_EQ(out.text(),
            "# HELP x_seconds Age (seconds)\n"
            "# UNIT x_seconds seconds\n"
            "# TYPE x_seconds gauge\n"
            "x_seconds{sensor=\"a\\\"b\\\\c\\nd\"} 1.5\n"
            "# HELP y_total Things (count)\n"
            "# TYPE y_total counter\n"
            "y_total 12345678901234\n");
}

}  // namespace
}  // namespace teiten
