#include "serve/loan_watch.h"

#include <gtest/gtest.h>

namespace teiten {
namespace {

using std::chrono::seconds;

TEST(LoanWatch, SaysWhoHasTheStoreForHowLongAndThatItIsBack) {
  LoanWatch watch;
  const std::vector<std::string> import = {"import (process 42)"};
  EXPECT_FALSE(watch.look(import, seconds(59)).has_value());
  const auto first = watch.look(import, seconds(60));
  ASSERT_TRUE(first.has_value());
  EXPECT_EQ(*first,
            "teiten import (process 42) has had the store for 60 s: nothing is stored until it "
            "ends, sensors keep their batches");
  EXPECT_FALSE(watch.look(import, seconds(61)).has_value());
  EXPECT_FALSE(watch.look(import, seconds(119)).has_value());
  EXPECT_TRUE(watch.look(import, seconds(121)).has_value());
  EXPECT_FALSE(watch.look(import, seconds(240)).has_value());
  EXPECT_EQ(watch.look({}, seconds(0)), "the store is back after more than 121 s");
  EXPECT_FALSE(watch.look({}, seconds(0)).has_value());
  EXPECT_FALSE(watch.look(import, seconds(5)).has_value());
  EXPECT_TRUE(watch.look(import, seconds(60)).has_value());
}

}  // namespace
}  // namespace teiten
