#include "store/lend.h"

#include <filesystem>
#include <fstream>
#include <thread>

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "store/store_test_data.h"

namespace teiten {
namespace {

using test::TemporaryFolder;

TEST(Lend, WithoutACollectorNothingIsBorrowed) {
  const TemporaryFolder folder;
  const auto loan = Loan::ask(folder.file("s.db"), StoreMode::read);
  ASSERT_TRUE(loan.ok());
  EXPECT_FALSE(loan->has_value());
  EXPECT_EQ(ask_collector_status(folder.file("s.db")).error().code, ErrorCode::not_found);
}

TEST(Lend, OneCollectorAStoreAndTheSocketIsPrivate) {
  const TemporaryFolder folder;
  const auto first = listen_for_borrowers(folder.file("s.db"));
  ASSERT_TRUE(first.ok()) << first.error().message;
  struct stat status {};
  ASSERT_EQ(::stat(folder.file("s.db.sock").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 07777U, 0600U);
  EXPECT_EQ(listen_for_borrowers(folder.file("s.db")).error().code, ErrorCode::busy);
  ::close(*first);
  // What a killed collector leaves.
  const auto second = listen_for_borrowers(folder.file("s.db"));
  ASSERT_TRUE(second.ok()) << second.error().message;
  ::close(*second);
}

TEST(Lend, AFileInItsPlaceIsLeftAlone) {
  const TemporaryFolder folder;
  std::ofstream(folder.file("s.db.sock")) << "precious";
  EXPECT_EQ(listen_for_borrowers(folder.file("s.db")).error().code, ErrorCode::invalid_argument);
  EXPECT_EQ(std::filesystem::file_size(folder.file("s.db.sock")), 8U);
}

TEST(Lend, LongPathsAndLinksLeadToTheSameSocket) {
  const TemporaryFolder folder;
  const std::string deep = folder.file(std::string(120, 'd'));
  std::filesystem::create_directory(deep);
  std::ofstream(deep + "/s.db") << "x";
  std::filesystem::create_symlink(deep + "/s.db", folder.file("link.db"));
  const auto listening = listen_for_borrowers(deep + "/s.db");
  ASSERT_TRUE(listening.ok()) << listening.error().message;
  const auto connected = connect_to_collector(folder.file("link.db"));
  ASSERT_TRUE(connected.ok()) << connected.error().message;
  const int accepted = ::accept(*listening, nullptr, nullptr);
  EXPECT_GE(accepted, 0);
  for (const int fd : {accepted, *connected, *listening})
    ::close(fd);
}

TEST(Lend, ACollectorThatEndsInsteadOfAnsweringFreesTheStore) {
  const TemporaryFolder folder;
  const auto listening = listen_for_borrowers(folder.file("s.db"));
  ASSERT_TRUE(listening.ok());
  // The request waits in the backlog; closing the socket ends the connection.
  std::thread ending([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
    ::close(*listening);
  });
  const auto loan = Loan::ask(folder.file("s.db"), StoreMode::write);
  ending.join();
  ASSERT_TRUE(loan.ok()) << loan.error().message;
  EXPECT_FALSE(loan->has_value());
}

}  // namespace
}  // namespace teiten
