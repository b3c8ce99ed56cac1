#include "serve/quarantine.h"

#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>

#include "store/store_test_data.h"

namespace teiten {
namespace {

using test::TemporaryFolder;

TEST(Quarantine, CountsDiskBlocksAndWhatOthersRemove) {
  const TemporaryFolder folder;
  Quarantine quarantine = Quarantine::open(folder.file("q")).value();
  for (std::uint64_t sequence = 0; sequence < 10; ++sequence)
    ASSERT_TRUE(quarantine.keep("tokyo", 1, sequence, "x").ok());
  ASSERT_TRUE(quarantine.keep("tokyo", 1, 0, "x").ok());
  ASSERT_TRUE(quarantine.keep("osaka", 1, 0, "x").ok());
  EXPECT_EQ(quarantine.usage().files, 11U);
  EXPECT_GE(quarantine.usage().bytes, 11U * 4096);
  std::filesystem::remove_all(folder.file("q/tokyo"));
  EXPECT_EQ(quarantine.usage().files, 1U);
  // Another collector's beginning.
  EXPECT_EQ(Quarantine::open(folder.file("q")).value().usage().files, 1U);
}

TEST(Quarantine, IsFullForOneSensorAlone) {
  const TemporaryFolder folder;
  Quarantine quarantine = Quarantine::open(folder.file("q")).value();
  std::filesystem::create_directory(folder.file("q/tokyo"));
  // What a hole takes is nothing; what it says is everything.
  std::ofstream(folder.file("q/tokyo/1-5.batch")) << "x";
  std::filesystem::resize_file(folder.file("q/tokyo/1-5.batch"), kMaxSensorQuarantineBytes);
  const std::string large(8U << 20, 'x');
  for (std::uint64_t sequence = 10; sequence < 17; ++sequence)
    ASSERT_TRUE(quarantine.keep("tokyo", 1, sequence, large).ok()) << sequence;
  EXPECT_EQ(quarantine.keep("tokyo", 1, 17, large).error().code, ErrorCode::limit_reached);
  EXPECT_TRUE(quarantine.keep("osaka", 1, 17, large).ok());
  std::filesystem::remove(folder.file("q/tokyo/1-10.batch"));
  EXPECT_TRUE(quarantine.keep("tokyo", 1, 17, large).ok());
}

TEST(Quarantine, AnotherContentOfTheSameIdentityIsKeptBeside) {
  const TemporaryFolder folder;
  Quarantine quarantine = Quarantine::open(folder.file("q")).value();
  ASSERT_TRUE(quarantine.keep("tokyo", 1, 10, "one").ok());
  ASSERT_TRUE(quarantine.keep("tokyo", 1, 10, "two").ok());
  ASSERT_TRUE(quarantine.keep("tokyo", 1, 10, "two").ok());
  ASSERT_TRUE(quarantine.keep_conflicting("tokyo", 1, 9, "three").ok());
  std::ofstream(folder.file("q/tokyo/notes.txt")) << "x";
  const auto files = quarantine.files("tokyo");
  ASSERT_EQ(files.size(), 3U);
  EXPECT_EQ(files[0].sequence, 9U);
  EXPECT_TRUE(files[0].conflicting);
  EXPECT_EQ(files[1].conflicting + files[2].conflicting, 1);
  EXPECT_EQ(quarantine.sensors(), std::vector<std::string>{"tokyo"});
}

}  // namespace
}  // namespace teiten
