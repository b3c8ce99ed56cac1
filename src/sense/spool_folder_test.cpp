#include "sense/spool_folder.h"

#include <filesystem>

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

namespace teiten {
namespace {

namespace fs = std::filesystem;

class SpoolFolder : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string name = (fs::temp_directory_path() / "teiten-spool-XXXXXX").string();
    ASSERT_NE(mkdtemp(name.data()), nullptr);
    folder_ = name;
  }
  void TearDown() override { fs::remove_all(folder_); }
  static User somebody() {
    return geteuid() == 0 ? User{"nobody", 65534, 65534} : User{"this", geteuid(), getegid()};
  }
  fs::path folder_;
};

// Root would give what the link leads to away.
TEST_F(SpoolFolder, IsNoLink) {
  fs::create_directory(folder_ / "precious");
  fs::create_directory_symlink(folder_ / "precious", folder_ / "spool");
  const auto prepared = prepare_spool_folder((folder_ / "spool").string(), somebody());
  ASSERT_FALSE(prepared.ok());
  EXPECT_NE(prepared.error().message.find("is a link"), std::string::npos);
  struct stat status {};
  ASSERT_EQ(stat((folder_ / "precious").c_str(), &status), 0);
  EXPECT_EQ(status.st_uid, geteuid());
}

TEST_F(SpoolFolder, IsMadeForItsUser) {
  const std::string spool = (folder_ / "new" / "spool").string();
  ASSERT_TRUE(prepare_spool_folder(spool, somebody()).ok());
  struct stat status {};
  ASSERT_EQ(stat(spool.c_str(), &status), 0);
  EXPECT_EQ(status.st_uid, somebody().id);
  EXPECT_EQ(status.st_mode & 0777U, 0700U);
  EXPECT_TRUE(prepare_spool_folder(spool, somebody()).ok()) << "again";
}

}  // namespace
}  // namespace teiten
