#include "sense/channel.h"

#include <gtest/gtest.h>
#include <sys/socket.h>

#include "base/file_descriptor.h"

namespace teiten {
namespace {

class Channel : public ::testing::Test {
 protected:
  void SetUp() override {
    int ends[2] = {-1, -1};
    ASSERT_EQ(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
    here_ = FileDescriptor(ends[0]);
    there_ = FileDescriptor(ends[1]);
  }
  void write(std::string_view bytes) {
    ASSERT_EQ(send(here_.number(), bytes.data(), bytes.size(), 0),
              static_cast<ssize_t>(bytes.size()));
  }

  FileDescriptor here_;
  FileDescriptor there_;
  MessageReader reader_;
};

BatchMessage some_batch(std::size_t bytes) {
  BatchMessage batch;
  batch.epoch = 0x0102030405060708;
  batch.sequence = 9;
  batch.frames = 100;
  batch.unsolicited = 60;
  batch.dropped = 3;
  batch.to = -5;
  batch.told = 12;
  batch.note = SpoolNote{1, 2, 3, 4, 5};
  batch.bytes.assign(bytes, 'b');
  return batch;
}

TEST_F(Channel, MessagesComeWholeHoweverTheyAreCut) {
  const std::string wire = to_wire(some_batch(1000)) + to_wire(LossMessage{1, 2, 3, 4});
  for (const char byte : wire) {
    write({&byte, 1});
    ASSERT_TRUE(*reader_.fill(there_.number()));
    if (&byte == wire.data() + 500) {
      EXPECT_FALSE(reader_.next()->has_value());
    }
  }
  const auto first = *reader_.next();
  ASSERT_TRUE(first.has_value());
  const BatchMessage batch = *batch_message(*first);
  EXPECT_EQ(batch.epoch, 0x0102030405060708U);
  EXPECT_EQ(batch.sequence, 9U);
  EXPECT_EQ(batch.frames, 100U);
  EXPECT_EQ(batch.unsolicited, 60U);
  EXPECT_EQ(batch.dropped, 3U);
  EXPECT_EQ(batch.to, -5);
  EXPECT_EQ(batch.told, 12U);
  EXPECT_EQ(batch.note, (SpoolNote{1, 2, 3, 4, 5}));
  EXPECT_EQ(batch.bytes, std::string(1000, 'b'));
  const auto second = *reader_.next();
  ASSERT_TRUE(second.has_value());
  const LossMessage loss = *loss_message(*second);
  EXPECT_EQ(loss.number, 4U);
  EXPECT_EQ(loss.batches, 1U);
  EXPECT_EQ(loss.packets, 2U);
  EXPECT_EQ(loss.discarded, 3U);
  EXPECT_FALSE(reader_.next()->has_value());
}

TEST_F(Channel, TellsCollectors) {
  const Endpoint v4{*IpAddress::parse("192.0.2.1"), 8443};
  const Endpoint v6{*IpAddress::parse("2001:db8::1"), 443};
  write(to_wire(CollectorsMessage{{v4, v6}}));
  ASSERT_TRUE(*reader_.fill(there_.number()));
  const auto message = *reader_.next();
  ASSERT_TRUE(message.has_value());
  EXPECT_EQ(collectors_message(*message)->endpoints, (std::vector<Endpoint>{v4, v6}));
}

TEST_F(Channel, RefusesAMessageLongerThanABatch) {
  // Length 2^31, type batch.
  write(std::string_view("\0\0\0\x80\x01", 5));
  ASSERT_TRUE(*reader_.fill(there_.number()));
  const auto message = reader_.next();
  ASSERT_FALSE(message.ok());
  EXPECT_EQ(message.error().code, ErrorCode::limit_reached);
}

TEST_F(Channel, RefusesBodiesOfTheWrongLength) {
  EXPECT_FALSE(batch_message({MessageType::batch, std::string(103, '\0')}).ok());
  EXPECT_TRUE(batch_message({MessageType::batch, std::string(104, '\0')}).ok());
  EXPECT_FALSE(loss_message({MessageType::loss, std::string(31, '\0')}).ok());
  EXPECT_FALSE(loss_message({MessageType::loss, std::string(33, '\0')}).ok());
  EXPECT_FALSE(collectors_message({MessageType::collectors, std::string(17, '\0')}).ok());
  EXPECT_FALSE(collectors_message({MessageType::collectors, std::string(257 * 18, '\0')}).ok());
  EXPECT_TRUE(collectors_message({MessageType::collectors, std::string(256 * 18, '\0')}).ok());
}

TEST_F(Channel, TheEndIsSeen) {
  here_ = FileDescriptor();
  EXPECT_FALSE(*reader_.fill(there_.number()));
}

TEST_F(Channel, AReaderThatStandsStillCostsNoMoreThanTheBounds) {
  Outbox by_number(2, 1U << 20);
  EXPECT_TRUE(by_number.add("a"));
  EXPECT_TRUE(by_number.add("b"));
  EXPECT_FALSE(by_number.add("c"));
  Outbox by_bytes(100, 10);
  EXPECT_TRUE(by_bytes.add("1234567"));
  EXPECT_FALSE(by_bytes.add("1234"));
  EXPECT_TRUE(by_bytes.add("123"));
}

TEST_F(Channel, WritesWhatFitsAndTheRestLater) {
  Outbox outbox(4, 8U << 20);
  const std::string wire = to_wire(some_batch(3'000'000));
  ASSERT_TRUE(outbox.add(wire));
  ASSERT_TRUE(outbox.flush(here_.number()).ok());
  EXPECT_FALSE(outbox.empty());  // no socket buffer holds three megabytes
  std::optional<Message> message;
  while (!message) {
    ASSERT_TRUE(*reader_.fill(there_.number()));
    ASSERT_TRUE(outbox.flush(here_.number()).ok());
    message = *reader_.next();
  }
  EXPECT_TRUE(outbox.empty());
  EXPECT_EQ(batch_message(*message)->bytes.size(), 3'000'000U);
  EXPECT_TRUE(outbox.add(std::string(7U << 20, 'x')));  // its room is free again
}

TEST_F(Channel, NobodyReads) {
  Outbox outbox(4, 1000);
  ASSERT_TRUE(outbox.add("x"));
  there_ = FileDescriptor();
  EXPECT_FALSE(outbox.flush(here_.number()).ok());
}

}  // namespace
}  // namespace teiten
