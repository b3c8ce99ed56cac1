#include "serve/upload_body.h"

#include <algorithm>

#include <gtest/gtest.h>

namespace teiten {
namespace {

constexpr std::size_t kLength = 8U << 20;

TEST(UploadBody, TakesMemoryAsItsBytesCome) {
  Budget budget(64U << 20);
  Share share(budget);
  UploadBody body(share, kLength);
  EXPECT_EQ(budget.used(), 0U);
  std::string wanted;
  while (!body.is_whole()) {
    const auto room = body.room();
    ASSERT_FALSE(room.empty());
    EXPECT_LE(budget.used(), body.arrived() + kBodyStepBytes);
    const std::size_t size = std::min<std::size_t>(room.size(), 100'000);
    std::fill_n(room.begin(), size, static_cast<char>('a' + wanted.size() % 26));
    wanted.append(size, static_cast<char>('a' + wanted.size() % 26));
    body.arrived(size);
  }
  EXPECT_EQ(budget.used(), kLength);
  EXPECT_EQ(body.take(), wanted);
  share.release();
  EXPECT_EQ(budget.used(), 0U);
}

TEST(UploadBody, SaysThatThereIsNoMemory) {
  Budget budget(kBodyStepBytes + 10);
  Share share(budget);
  UploadBody body(share, kLength);
  ASSERT_EQ(body.room().size(), kBodyStepBytes);
  body.arrived(kBodyStepBytes);
  EXPECT_TRUE(body.room().empty());
  EXPECT_EQ(budget.used(), kBodyStepBytes);
}

TEST(UploadBody, IsWaitedForByWhatCameNotByWhatWasAnnounced) {
  EXPECT_EQ(body_patience(0), std::chrono::seconds(20));
  EXPECT_EQ(body_patience(16U << 10), std::chrono::seconds(21));
  EXPECT_EQ(body_patience(8U << 20), std::chrono::seconds(532));
}

}  // namespace
}  // namespace teiten
