#include "app/config_file.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>
#include <gtest/gtest.h>
#include <unistd.h>

namespace teiten {
namespace {

/// A command as sense and serve are: required, repeatable, number, flag.
struct Given {
  std::vector<std::string> interfaces;
  std::string spool = "default";
  double seconds = 5;
  unsigned bytes = 1;
  bool status = false;
};

class ConfigFile : public testing::Test {
 protected:
  void SetUp() override {
    path_ = std::filesystem::temp_directory_path() /
            ("teiten-config-" + std::to_string(getpid()) + ".toml");
  }
  void TearDown() override { std::filesystem::remove(path_); }

  /// What main() would print, empty where all was well.
  std::string parse(const std::string& toml, std::vector<std::string> arguments = {}) {
    std::ofstream(path_, std::ios::binary) << toml;
    given_ = {};
    ran_ = false;
    CLI::App app("test", "test");
    CLI::App* command = app.add_subcommand("sense", "");
    command->add_option("--interface", given_.interfaces)->required()->allow_extra_args(false);
    command->add_option("--spool", given_.spool);
    command->add_option("--batch-seconds", given_.seconds)->check(CLI::Range(1.0, 60.0));
    command->add_option("--spool-bytes", given_.bytes);
    command->add_flag("--status", given_.status);
    add_config_option(*command);
    command->callback([this] { ran_ = true; });
    arguments.insert(arguments.begin(), {"sense", "--config", path_.string()});
    std::reverse(arguments.begin(), arguments.end());
    try {
      app.parse(arguments);
    } catch (const CLI::ParseError& error) {
      EXPECT_FALSE(ran_);
      return error.what();
    }
    EXPECT_TRUE(ran_);
    return {};
  }

  std::filesystem::path path_;
  Given given_;
  bool ran_ = false;
};

TEST_F(ConfigFile, GivesWhatTheCommandLineWould) {
  EXPECT_EQ(parse("interface = ['eth0', \"ppp0\"]\nspool = '/srv/spool'\nbatch-seconds = 2.5\n"
                  "spool-bytes = 1_000_000\nstatus = true\n"),
            "");
  EXPECT_EQ(given_.interfaces, (std::vector<std::string>{"eth0", "ppp0"}));
  EXPECT_EQ(given_.spool, "/srv/spool");
  EXPECT_EQ(given_.seconds, 2.5);
  EXPECT_EQ(given_.bytes, 1000000U);
  EXPECT_TRUE(given_.status);
  // One value where several may be, false, a whole number where a fraction may be.
  EXPECT_EQ(parse("interface = 'eth0'\nstatus = false\nbatch-seconds = 3\n"), "");
  EXPECT_EQ(given_.interfaces, std::vector<std::string>{"eth0"});
  EXPECT_FALSE(given_.status);
  EXPECT_EQ(given_.seconds, 3);
}

TEST_F(ConfigFile, LetsTheCommandLineGoBefore) {
  EXPECT_EQ(parse("interface = ['eth0', 'eth1']\nspool = '/srv/spool'\n",
                  {"--interface", "wlan0", "--spool", "/tmp/spool"}),
            "");
  EXPECT_EQ(given_.interfaces, std::vector<std::string>{"wlan0"});
  EXPECT_EQ(given_.spool, "/tmp/spool");
}

TEST_F(ConfigFile, ListsTheKeysWhereOneIsUnknown) {
  const std::string keys = "the keys are interface, spool, batch-seconds, spool-bytes, status";
  const std::string at = path_.string() + ", line 2: ";
  EXPECT_EQ(parse("interface = 'eth0'\ninterfaces = 'eth1'\n"),
            at + "there is no key interfaces; " + keys);
  EXPECT_EQ(parse("interface = 'eth0'\nconfig = 'other.toml'\n"),
            at + "there is no key config; " + keys);
  EXPECT_EQ(parse("interface = 'eth0'\n[help]\n"), at + "there is no key help; " + keys);
}

TEST_F(ConfigFile, SaysWhatAValueMustBe) {
  const std::string at = path_.string() + ", line 1: ";
  EXPECT_EQ(parse("spool = ['a', 'b']\n", {"--interface", "e"}),
            at + "spool takes one value, not a list");
  EXPECT_EQ(parse("spool = {a = 1}\n", {"--interface", "e"}),
            at + "spool takes a string, a number or a list");
  EXPECT_EQ(parse("interface = [['eth0']]\n"), at + "interface takes strings and numbers");
  EXPECT_EQ(parse("status = 'yes'\n", {"--interface", "e"}), at + "status is true or false");
  EXPECT_EQ(parse("spool = true\n", {"--interface", "e"}),
            at + "spool takes a value, not true or false");
  const std::string range = parse("batch-seconds = 61\n", {"--interface", "e"});
  EXPECT_EQ(range.find(at + "batch-seconds: "), 0U) << range;
  const std::string number = parse("spool-bytes = 'many'\n", {"--interface", "e"});
  EXPECT_EQ(number.find(at + "spool-bytes: "), 0U) << number;
}

TEST_F(ConfigFile, IsOneReadableBoundedFileOfToml) {
  EXPECT_EQ(parse("interface = 'eth0'\nspool = \n").find(path_.string() + ", line 2: "), 0U);
  // What is missing in both is still missing.
  EXPECT_NE(parse("spool = 'x'\n").find("--interface is required"), std::string::npos);
  EXPECT_EQ(parse("# " + std::string(kMaxConfigBytes, 'x') + "\ninterface = 'eth0'\n"),
            path_.string() + ": a configuration has at most 1048576 bytes");
  CLI::App app("test", "test");
  add_config_option(*app.add_subcommand("sense", ""));
  for (const std::string path : {"/nonexistent.toml", "/tmp"}) {
    try {
      app.parse(std::vector<std::string>{path, "--config", "sense"});
      ADD_FAILURE() << path;
    } catch (const CLI::ParseError& error) {
      EXPECT_EQ(error.what(),
                path + ": cannot read the configuration; give --config a readable file");
    }
  }
}

}  // namespace
}  // namespace teiten
