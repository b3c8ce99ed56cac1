#include "sense/losses.h"

#include <filesystem>

#include <gtest/gtest.h>

namespace teiten {
namespace {

class LossesTest : public ::testing::Test {
 protected:
  void SetUp() override {
    char name[] = "/tmp/teiten-losses-XXXXXX";
    ASSERT_NE(mkdtemp(name), nullptr);
    folder_ = name;
    open();
  }
  void TearDown() override {
    spool_.reset();
    std::filesystem::remove_all(folder_);
  }

  /// As a process does that was killed.
  void open() {
    spool_.reset();
    spool_ = *Spool::open(folder_, {.bytes = 400});
  }
  /// Two batches fit.
  void append(std::uint64_t sequence) {
    ASSERT_TRUE(spool_->append({7, sequence, std::string(100, 'x')}).ok());
  }

  std::string folder_;
  std::unique_ptr<Spool> spool_;
};

TEST_F(LossesTest, AGapIsForgottenOnlyWhenABatchThatTellsItIsSpooled) {
  for (std::uint64_t sequence = 0; sequence < 4; ++sequence)
    append(sequence);
  {
    Losses losses(*spool_);
    EXPECT_EQ(losses.next()->discarded, 2U);
    EXPECT_FALSE(losses.next());
    losses.spooled(0);  // a batch that was made before
  }
  open();
  Losses losses(*spool_);
  const auto told = losses.next();
  ASSERT_TRUE(told);
  EXPECT_EQ(told->discarded, 2U);
  append(4);
  losses.spooled(told->number);
  EXPECT_EQ(spool_->gaps(), (std::vector<SpoolGap>{{7, 2, 2, 1}}));
  EXPECT_EQ(losses.next()->discarded, 1U);
}

TEST_F(LossesTest, WhatABatchTellsThatCannotBeSpooledIsToldAgain) {
  for (std::uint64_t sequence = 0; sequence < 3; ++sequence)
    append(sequence);
  Losses losses(*spool_);
  losses.unkept(0, 1000);
  const LossMessage first = *losses.next();
  EXPECT_EQ(first.batches, 1U);
  EXPECT_EQ(first.packets, 1000U);
  EXPECT_EQ(first.discarded, 1U);
  // The next one holds the 1,000 as dropped, beside 50 of its own.
  losses.unkept(first.number, 1050);
  const LossMessage second = *losses.next();
  EXPECT_EQ(second.batches, 2U);
  EXPECT_EQ(second.packets, 1050U);
  EXPECT_EQ(second.discarded, 1U);
  losses.spooled(first.number);
  EXPECT_EQ(spool_->gaps().size(), 1U);
  losses.spooled(second.number);
  EXPECT_TRUE(spool_->gaps().empty());
  EXPECT_FALSE(losses.next());
}

TEST_F(LossesTest, WhatCouldNotBeSaidIsSaidLater) {
  Losses losses(*spool_);
  losses.unkept(0, 10);
  ASSERT_TRUE(losses.next());
  losses.untell();
  EXPECT_EQ(losses.next()->packets, 10U);
}

}  // namespace
}  // namespace teiten
