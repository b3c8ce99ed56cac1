#include "logs/sensor_names.h"

#include <gtest/gtest.h>

namespace teiten {
namespace {

TEST(SensorNames, LettersOfAnyScript) {
  for (const char* name : {"home", "a.b_c-9", "大阪", "Zürich", "Москва", "a..b"})
    EXPECT_TRUE(is_sensor_name(name)) << name;
}

TEST(SensorNames, NothingThatLooksLikeSomethingElse) {
  for (const char* name :
       {"", "-", ".", "..", "a b", "東京 1", "東京\u30001", "a\u200bb", "\u202elive", "a\u2066b",
        "\ufeffhome", "a\u00adb", "a/b", "a\x1b[0m", "a\U000e0041", "\xc0\xaf"})
    EXPECT_FALSE(is_sensor_name(name)) << name;
}

}  // namespace
}  // namespace teiten
