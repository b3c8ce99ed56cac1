#include "base/private_file.h"

#include <filesystem>
#include <fstream>
#include <sstream>

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

namespace teiten {
namespace {

namespace fs = std::filesystem;

class PrivateFile : public testing::Test {
 protected:
  void SetUp() override { fs::create_directory(folder_); }
  void TearDown() override { fs::remove_all(folder_); }
  static std::string content(const fs::path& path) {
    std::ostringstream text;
    text << std::ifstream(path, std::ios::binary).rdbuf();
    return text.str();
  }
  /// Where the file is built.
  fs::path partial() const {
    return path_.string() + "." + std::to_string(::getpid()) + ".partial";
  }

  fs::path folder_ = fs::temp_directory_path() / ("teiten-base-test-" + std::to_string(::getpid()));
  fs::path path_ = folder_ / "key.pem";
};

TEST_F(PrivateFile, IsWholeAndItsOwnersOnly) {
  const std::string large(1U << 20, 'k');
  for (const std::string& text : {std::string("one"), large, std::string()}) {
    ASSERT_TRUE(write_private_file(path_.string(), text).ok());
    EXPECT_EQ(content(path_), text);
    struct stat status {};
    ASSERT_EQ(::stat(path_.c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 07777U, 0600U);
  }
  EXPECT_EQ(std::distance(fs::directory_iterator(folder_), {}), 1);
}

TEST_F(PrivateFile, WhatWasPlantedWhereItIsBuiltStaysAsItIs) {
  std::ofstream(folder_ / "victim") << "precious";
  fs::create_symlink(folder_ / "victim", partial());
  ASSERT_TRUE(write_private_file(path_.string(), "secret").ok());
  EXPECT_EQ(content(path_), "secret");
  EXPECT_FALSE(fs::is_symlink(path_));
  EXPECT_EQ(content(folder_ / "victim"), "precious");
  // Another name of a file that somebody else has open: O_TRUNC would hand them what follows.
  fs::create_hard_link(folder_ / "victim", partial());
  ASSERT_TRUE(write_private_file(path_.string(), "secret").ok());
  EXPECT_EQ(content(folder_ / "victim"), "precious");
}

TEST_F(PrivateFile, ALinkInItsPlaceIsReplacedNotFollowed) {
  std::ofstream(folder_ / "victim") << "precious";
  fs::create_symlink(folder_ / "victim", path_);
  ASSERT_TRUE(write_private_file(path_.string(), "secret").ok());
  EXPECT_EQ(content(folder_ / "victim"), "precious");
  EXPECT_EQ(content(path_), "secret");
}

TEST_F(PrivateFile, FailuresNameTheFileAndLeaveNothing) {
  const auto nowhere = write_private_file((folder_ / "none" / "x").string(), "x");
  EXPECT_EQ(nowhere.error().code, ErrorCode::not_found);
  EXPECT_NE(nowhere.error().message.find("none/x"), std::string::npos);
  fs::create_directory(path_);
  EXPECT_FALSE(write_private_file(path_.string(), "x").ok());
  EXPECT_EQ(std::distance(fs::directory_iterator(folder_), {}), 1);
  fs::create_directories(partial() / "full");
  EXPECT_FALSE(write_private_file(path_.string(), "x").ok());
}

}  // namespace
}  // namespace teiten
