#include "access/followed_file.h"

#include <filesystem>
#include <fstream>

#include <fcntl.h>
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

namespace teiten {
namespace {

using namespace std::chrono_literals;

/// 2024-05-07T00:00:00Z.
constexpr UtcTime kBegun{1'715'040'000s};

class Followed : public ::testing::Test {
 protected:
  void SetUp() override {
    char name[] = "/tmp/teiten-followed-XXXXXX";
    ASSERT_NE(mkdtemp(name), nullptr);
    folder_ = name;
    path_ = folder_ + "/ufw.log";
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  /// Lines of `day` in May 2024, written as then.
  void append(int day, int lines) const {
    std::ofstream file(path_, std::ios::app);
    for (int i = 0; i < lines; ++i) {
      file << fmt::format(
          "2024-05-{:02}T00:00:{:02}+00:00 vps kernel: [1.5] [UFW BLOCK] IN=ens3 OUT= MAC= "
          "SRC=198.51.100.7 DST=192.0.2.1 LEN=40 TOS=0x00 PREC=0x00 TTL=244 ID=1 PROTO=TCP "
          "SPT=40000 DPT=23 WINDOW=1024 RES=0x00 SYN URGP=0\n",
          day, i);
    }
    file.close();
    const timespec time{1'715'040'000 + (day - 7) * 86'400, 0};
    const timespec times[] = {time, time};
    ASSERT_EQ(utimensat(AT_FDCWD, path_.c_str(), times, 0), 0);
  }

  std::string folder_;
  std::string path_;
  SourceOptions options_;
  SensorMap sensors_ = *SensorMap::create({});
  std::uint64_t packets_ = 0;
  std::uint64_t others_ = 0;
  std::function<void(const Record&)> count_ = [this](const Record& record) {
    ++(record.what == Record::What::packet ? packets_ : others_);
  };
};

TEST_F(Followed, LinesOfLaterDaysCount) {
  append(7, 2);
  options_.log.now = kBegun;
  const auto file = *FollowedFile::open(path_, options_, sensors_, {});
  EXPECT_EQ(*file->read(100, kBegun, count_), 2U);
  append(17, 3);
  // Ten days ahead of the clock they are no records.
  append(27, 1);
  EXPECT_EQ(*file->read(100, kBegun + 240h, count_), 4U);
  EXPECT_EQ(packets_, 5U);
  EXPECT_EQ(others_, 1U);
}

TEST_F(Followed, GivesWhatIsNotKnownAndHowFarItIs) {
  append(7, 5);
  const auto file = *FollowedFile::open(path_, options_, sensors_, {{0, 3}});
  EXPECT_EQ(*file->read(100, kBegun, count_), 2U);
  const FollowedProgress progress = file->take_progress();
  EXPECT_EQ(progress.bytes, std::filesystem::file_size(path_));
  EXPECT_EQ(progress.settled, 5U);
  EXPECT_EQ(progress.counted, 2U);
  EXPECT_EQ(progress.format, "firewall");
  ASSERT_EQ(progress.records.size(), 1U);
  EXPECT_EQ(progress.records[0].first, 3U);
}

}  // namespace
}  // namespace teiten
