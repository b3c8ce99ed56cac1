#include "logs/dionaea_sqlite.h"

#include <filesystem>
#include <fstream>
#include <iterator>

#include <gtest/gtest.h>
#include <sqlite3.h>
#include <unistd.h>

#include "logs/log_test_support.h"

namespace teiten {
namespace {

DionaeaConnection accepted() {
  return {"accept", "tcp", 1'700'000'000.25, "192.0.2.1", "445", "198.51.100.7", "40000"};
}

TEST(Dionaea, ReadsAConnection) {
  Packet packet;
  ASSERT_EQ(read_dionaea_connection(accepted(), packet), Rejection::none);
  EXPECT_EQ(format_utc(packet.time), "2023-11-14T22:13:20.25Z");
  EXPECT_EQ(packet.source.to_string(), "198.51.100.7");
  EXPECT_EQ(packet.source_port, 40000);
  EXPECT_EQ(packet.destination.to_string(), "192.0.2.1");
  EXPECT_EQ(packet.destination_port, 445);
  EXPECT_EQ(packet.protocol, 6);
  EXPECT_EQ(packet.packets, 1U);
  EXPECT_TRUE(packet.has_flags);
  EXPECT_EQ(packet.tcp_flags, 0x02);
}

TEST(Dionaea, NamesWhatIsNoConnectionToIt) {
  const auto why = [](auto change) {
    DionaeaConnection connection = accepted();
    change(connection);
    Packet packet;
    return read_dionaea_connection(connection, packet);
  };
  EXPECT_EQ(why([](DionaeaConnection& c) { c.type = "reject"; }), Rejection::none);
  EXPECT_EQ(why([](DionaeaConnection& c) { c.type = "connect"; }), Rejection::outbound);
  EXPECT_EQ(why([](DionaeaConnection& c) { c.type = "listen"; }), Rejection::not_a_connection);
  EXPECT_EQ(why([](DionaeaConnection& c) { c.transport = "tls"; }), Rejection::none);
  EXPECT_EQ(why([](DionaeaConnection& c) { c.transport = "sctp"; }), Rejection::invalid_protocol);
  EXPECT_EQ(why([](DionaeaConnection& c) { c.time.reset(); }), Rejection::invalid_time);
  EXPECT_EQ(why([](DionaeaConnection& c) { c.time = 1e300; }), Rejection::invalid_time);
  EXPECT_EQ(why([](DionaeaConnection& c) { c.time = 12; }), Rejection::before_1990);
  EXPECT_EQ(why([](DionaeaConnection& c) { c.remote_host = ""; }), Rejection::no_source);
  EXPECT_EQ(why([](DionaeaConnection& c) { c.remote_host = "host"; }), Rejection::invalid_source);
  EXPECT_EQ(why([](DionaeaConnection& c) { c.local_port = "70000"; }), Rejection::invalid_port);
}

std::string table(const std::string& rows) {
  return "CREATE TABLE connections (connection INTEGER PRIMARY KEY, connection_type TEXT, "
         "connection_transport TEXT, connection_protocol TEXT, connection_timestamp INTEGER, "
         "connection_root INTEGER, connection_parent INTEGER, local_host TEXT, local_port INTEGER, "
         "remote_host TEXT, remote_hostname TEXT, remote_port INTEGER);" +
         rows;
}

std::string sip_row(const std::string& transport, const std::string& service, int local_port) {
  return "INSERT INTO connections VALUES (NULL, 'connect', '" + transport + "', '" + service +
         "', 1700000000.5, 1, NULL, '192.0.2.1', " + std::to_string(local_port) +
         ", '198.51.100.7', '', 40000);";
}

std::string row(const std::string& type, const std::string& source) {
  return "INSERT INTO connections VALUES (NULL, '" + type +
         "', 'tcp', 'smbd', 1700000000.5, 1, NULL, '192.0.2.1', 445, '" + source + "', '', 40000);";
}

/// A database on disk that goes with its object.
class DatabaseFile {
 public:
  explicit DatabaseFile(const std::string& sql)
      : path_(testing::TempDir() + "teiten %23?" + std::to_string(::getpid()) + ".sqlite") {
    std::filesystem::remove(path_);
    sqlite3* database = nullptr;
    sqlite3_open(path_.c_str(), &database);
    char* error = nullptr;
    const std::string quick =
        "PRAGMA synchronous=OFF;PRAGMA page_size=1024;BEGIN;" + sql + "COMMIT;";
    EXPECT_EQ(sqlite3_exec(database, quick.c_str(), nullptr, nullptr, &error), SQLITE_OK) << error;
    sqlite3_close(database);
  }
  DatabaseFile(const DatabaseFile&) = delete;
  DatabaseFile& operator=(const DatabaseFile&) = delete;
  ~DatabaseFile() { std::filesystem::remove(path_); }
  const std::string& path() const { return path_; }
  std::string bytes() const {
    std::ifstream file(path_, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }

 private:
  std::string path_;
};

TEST(DionaeaDatabase, ReadsAFileAndACompressedOne) {
  const DatabaseFile file(
      table(row("accept", "198.51.100.7") + row("listen", "") + row("reject", "2001:db8::7")));
  auto plain = Input::open(file.path());
  ASSERT_TRUE(plain.ok());
  for (int copied = 0; copied < 2; ++copied) {
    const auto log = copied != 0 ? log_test::read_log_as("dionaea-sqlite", file.bytes())
                                 : log_test::read_log_as("dionaea-sqlite", **plain);
    ASSERT_EQ(log.rejections(), (std::vector{Rejection::none, Rejection::not_a_connection,
                                             Rejection::invalid_destination}))
        << log.error;
    EXPECT_EQ(log.lines[0].packet.source.to_string(), "198.51.100.7");
    EXPECT_EQ(log.lines[0].packet.destination_port, 445);
    EXPECT_EQ(format_utc(log.lines[0].packet.time), "2023-11-14T22:13:20.5Z");
  }
}

// Dionaea connects to whoever sent it a datagram: that is how it answers.
TEST(DionaeaDatabase, ConnectOverUdpToAService) {
  const DatabaseFile file(
      table(sip_row("udp", "SipSession", 5060) + sip_row("udp", "SipCall", 5060) +
            sip_row("udp", "TftpServerHandler", 69) + sip_row("udp", "TftpClient", 40001) +
            sip_row("tcp", "ftp", 21) + sip_row("tcp", "SipSession", 5060) +
            sip_row("tls", "SipSession", 5061) + sip_row("tls", "SipSession", 32768)));
  EXPECT_EQ(log_test::read_log_as("dionaea-sqlite", file.bytes()).rejections(),
            (std::vector{Rejection::none, Rejection::not_a_connection, Rejection::none,
                         Rejection::outbound, Rejection::outbound, Rejection::none, Rejection::none,
                         Rejection::outbound}));
}

TEST(DionaeaDatabase, RefusesWhatIsNoTableOfDionaea) {
  EXPECT_NE(
      log_test::read_log_as("dionaea-sqlite", DatabaseFile("CREATE TABLE t(a);").bytes()).error,
      "");
  // A view is code of whoever made the file.
  const DatabaseFile view(
      "CREATE VIEW connections AS SELECT 1 AS rowid, 'accept' AS connection_type, 'tcp' AS "
      "connection_transport, 1700000000 AS connection_timestamp, '192.0.2.1' AS local_host, 445 AS "
      "local_port, '198.51.100.7' AS remote_host, 1 AS remote_port;");
  EXPECT_NE(log_test::read_log_as("dionaea-sqlite", view.bytes()).error, "");
}

TEST(DionaeaDatabase, SurvivesChangedBytes) {
  std::string rows;
  for (int i = 0; i < 200; ++i)
    rows += row("accept", "198.51.100." + std::to_string(i + 1));
  const std::string bytes = DatabaseFile(table(rows)).bytes();
  std::uint32_t random = 7;
  for (int round = 0; round < 200; ++round) {
    std::string changed = bytes;
    for (int i = 0; i < 20; ++i) {
      random = random * 1'664'525 + 1'013'904'223;
      changed[16 + (random >> 8) % (changed.size() - 16)] = static_cast<char>(random >> 24);
    }
    const auto log = log_test::read_log_as("dionaea-sqlite", changed);
    ASSERT_EQ(log.counted, log.lines.size());
    ASSERT_LE(log.lines.size(), 100'000U);
  }
}

TEST(DionaeaDatabase, GivesNoRowTwice) {
  // Two interior entries that point at one leaf: a small file may so hold endless rows.
  std::string rows;
  for (int i = 0; i < 400; ++i)
    rows += row("accept", "198.51.100.7");
  std::string bytes = DatabaseFile(table(rows)).bytes();
  constexpr std::size_t kPage = 1024;
  // The root of the table is page 2, an interior page (type 5); cell pointers follow its header.
  ASSERT_EQ(bytes[kPage], 5);
  const auto cell = [&](std::size_t index) {
    const std::size_t at = kPage + 12 + 2 * index;
    return kPage + (std::size_t{static_cast<unsigned char>(bytes[at])} << 8U) +
           static_cast<unsigned char>(bytes[at + 1]);
  };
  bytes.replace(cell(1), 4, bytes, cell(0), 4);
  const auto log = log_test::read_log_as("dionaea-sqlite", bytes);
  EXPECT_EQ(log.error, "");
  ASSERT_TRUE(log.warning.has_value());
  EXPECT_NE(log.warning->find("rows out of order"), std::string::npos) << *log.warning;
  EXPECT_LT(log.lines.size(), 400U);
}

}  // namespace
}  // namespace teiten
