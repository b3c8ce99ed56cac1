#include "logs/log_reader.h"

#include <cstdlib>
#include <filesystem>
#include <map>
#include <random>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "logs/firewall_line.h"
#include "logs/line_source.h"
#include "logs/log_test_support.h"

namespace teiten {
namespace {

using log_test::PieceInput;
using log_test::read_log;
using log_test::ReadLog;

const std::string kGood =
    "Aug 16 06:25:20 vps kernel: [UFW BLOCK] IN=ens3 OUT= SRC=198.51.100.7 DST=192.0.2.1 LEN=40 "
    "TTL=244 ID=54321 PROTO=TCP SPT=40000 DPT=1433 WINDOW=1024 RES=0x00 SYN URGP=0";

LogOptions csv_options() {
  LogOptions options;
  options.csv = CsvMapping::parse("time=t,source=s,protocol=p,destination_port=d").value();
  return options;
}

TEST(LogReader, LineEndsAndNumbers) {
  for (const char* form : {"{0}\n{0}", "{0}\n{0}\n", "{0}\r\n{0}\r\n"}) {
    const std::string text = fmt::format(fmt::runtime(form), kGood);
    const ReadLog log = read_log(text);
    ASSERT_EQ(log.lines.size(), 2U);
    EXPECT_EQ(log.counted, 2U);
    EXPECT_EQ(log.lines[1].number, 2U);
    EXPECT_EQ(log.lines[1].rejection, Rejection::none);
  }
  EXPECT_EQ(read_log(std::string()).lines.size(), 0U);
  EXPECT_EQ(read_log("\n\n").rejections(), std::vector<Rejection>(2, Rejection::empty_line));
  EXPECT_EQ(read_log("\xef\xbb\xbf" + kGood).lines.at(0).rejection, Rejection::none);
}

TEST(LogReader, ReadsRejectionsByName) {
  std::set<std::string_view> names;
  for (std::size_t i = 0; i < kRejectionCount; ++i)
    names.insert(to_string(static_cast<Rejection>(i)));
  EXPECT_EQ(names.size(), kRejectionCount);
  EXPECT_EQ(to_string(Rejection::line_too_long), "line_too_long");
  EXPECT_EQ(to_string(Rejection::truncated_line), "truncated_line");
  EXPECT_EQ(to_string(Rejection::invalid_port), "invalid_port");
}

TEST(LogReader, LongLines) {
  const std::string fits(kMaxLineBytes, 'x');
  EXPECT_EQ(read_log(fits + "\n" + fits + "x\n" + kGood).rejections(),
            (std::vector<Rejection>{Rejection::not_a_firewall_line, Rejection::line_too_long,
                                    Rejection::none}));
  EXPECT_EQ(read_log(std::string(3'000'000, 'x') + "\n" + kGood).rejections(),
            (std::vector<Rejection>{Rejection::line_too_long, Rejection::none}));
  EXPECT_EQ(read_log(std::string(3'000'000, '\0')).rejections(),
            std::vector<Rejection>{Rejection::line_too_long});
}

TEST(LogReader, LongRows) {
  const std::string row = "1362347639,198.51.100.7,tcp,80\n";
  const std::string header = "t,s,p,d\n";
  EXPECT_EQ(read_log(header + std::string(3'000'000, 'x') + "\n" + row, csv_options()).rejections(),
            (std::vector<Rejection>{Rejection::line_too_long, Rejection::none}));
  EXPECT_EQ(read_log(header + "\"" + std::string(3'000'000, 'x') + "\n" + row, csv_options())
                .rejections(),
            (std::vector<Rejection>{Rejection::line_too_long, Rejection::none}));
  std::string many = header + "\"1362347639,198.51.100.7,tcp,80\n";
  for (int i = 0; i < 5000; ++i)
    many += row;
  const ReadLog log = read_log(many, csv_options());
  ASSERT_EQ(log.lines.size(), 5001U) << "a lost quote does not swallow the file";
  EXPECT_EQ(log.lines[0].rejection, Rejection::unterminated_quote);
  EXPECT_EQ(log.lines[1].rejection, Rejection::none);
  EXPECT_EQ(log.lines[5000].rejection, Rejection::none);
}

TEST(LogReader, ADamagedEndIsAWarning) {
  PieceInput input(kGood + "\n" + kGood.substr(0, 100));
  input.damage_at_end("test.log.gz: damaged at byte 7");
  LogOptions options;
  options.year = 2013;
  const ReadLog log = read_log(input, options);
  EXPECT_EQ(log.error, "");
  EXPECT_EQ(log.rejections(), (std::vector<Rejection>{Rejection::none, Rejection::truncated_line}));
  ASSERT_TRUE(log.warning.has_value());
  EXPECT_EQ(*log.warning, "test.log.gz: damaged at byte 7");
  EXPECT_FALSE(read_log(kGood).warning.has_value());
}

TEST(LogReader, Recognises) {
  const auto recognised = [](const std::string& text) {
    PieceInput input(text);
    const bool result = recognise_log(input).value() == find_log_format("iptables");
    EXPECT_EQ(input.offset(), 0U);
    return result;
  };
  EXPECT_TRUE(recognised(kGood));
  EXPECT_TRUE(recognised("-- Logs begin --\nAug 16 06:25:20 gw cron[1]: x\n" + kGood));
  EXPECT_FALSE(recognised(""));
  EXPECT_FALSE(recognised("datetime,host,srcstr\n2013-03-03 21:53:59,east,198.51.100.7\n"));
  EXPECT_FALSE(recognised("Aug 16 06:25:20 gw cron[1]: x\n"));
  EXPECT_FALSE(recognised(std::string("\xd4\xc3\xb2\xa1\0\0\n\0IN=", 11)));
  EXPECT_TRUE(recognised(std::string(70'000, '\n') + kGood));
  EXPECT_FALSE(recognised(std::string(std::size_t{17} << 20, '\n') + kGood))
      << "only the first 16 MiB";
}

/// What tells one line from another.
using Seen = std::tuple<std::uint64_t, Rejection, UtcTime, IpAddress, std::uint16_t, std::uint16_t>;

std::vector<Seen> seen_in(const ReadLog& log) {
  std::vector<Seen> result;
  for (const LogLine& line : log.lines) {
    result.emplace_back(line.number, line.rejection, line.packet.time, line.packet.source,
                        line.packet.destination_port, line.packet.sensor_label);
  }
  return result;
}

/// Lines good and bad, glued, cut, repeated and sprinkled with odd bytes.
std::string random_text(std::mt19937& random, const std::vector<std::string>& seeds,
                        std::size_t pieces) {
  const auto below = [&](std::size_t bound) { return static_cast<std::size_t>(random() % bound); };
  std::string text;
  for (std::size_t i = 0; i < pieces; ++i) {
    std::string piece = seeds[below(seeds.size())];
    switch (below(8)) {
      case 0:
        piece.resize(below(piece.size() + 1));
        break;
      case 1:
        piece.erase(0, below(piece.size() + 1));
        break;
      case 2:
        for (std::size_t n = below(6); n > 0 && !piece.empty(); --n)
          piece[below(piece.size())] = static_cast<char>(below(256));
        break;
      case 3:
        piece.insert(below(piece.size() + 1), seeds[below(seeds.size())]);
        break;
      default:
        break;
    }
    text += piece;
    if (below(10) != 0) text += below(20) == 0 ? "\r\n" : "\n";
  }
  return text;
}

const std::string kUnreachable =
    "Jan  1 00:00:00 gw kernel: IN=eth0 OUT= SRC=198.51.100.9 DST=192.0.2.1 LEN=56 TTL=9 ID=1 "
    "PROTO=ICMP TYPE=3 CODE=3 [SRC=192.0.2.1 DST=198.51.100.9 LEN=28 TTL=2 ID=2 PROTO=UDP SPT=53 "
    "DPT=4001 LEN=8 ] ";
const std::string kFragment =
    "2024-05-07T11:57:48.123456+09:00 gw kernel: IN=e OUT= SRC=2001:db8::7 DST=2001:db8::1 LEN=60 "
    "TC=0 HOPLIMIT=55 FLOWLBL=0 OPT ( FRAG:0 INCOMPLETE ID:00000001 ) PROTO=UDP SPT=1 DPT=2 LEN=9";

const std::vector<std::string> kFirewallSeeds = {
    kGood,
    kUnreachable,
    kFragment,
    "Dec 31 23:59:59 gw sshd[1]: x",
    "<4>1 2013-08-16T06:25:20.003Z gw kernel - - - [UFW AUDIT] IN= OUT=eth0 SRC=192.0.2.1",
    "IN=IN=IN=IN=IN=IN=IN=IN=IN=IN=IN=IN= [SRC=[SRC=[[[ ]]] <1><4>=",
    "16/Aug/2013:06:25:20 +0900 +99:99 06:25:20 23:59:60 Feb 29 23:59:60 9999 Z"};

const std::vector<std::string> kCsvSeeds = {"1362347639,198.51.100.7,tcp,80",
                                            "\"1362347639\",\"198.51.100.7\",\"u\"\"dp\",\"80\"",
                                            "2013-03-03 21:53:59,2001:db8::7,6,80.0",
                                            "\"",
                                            "\"\"",
                                            "\r",
                                            ",,,",
                                            "3/3/13 1:02,0,tcp,"};

/// accepted + rejected = lines, in order, whatever the bytes and however they come.
void expect_conserved(const std::string& text, const LogOptions& options, std::mt19937& random) {
  PieceInput whole(text, {text.size() + 1});
  const ReadLog expected = read_log(whole, options);
  if (!expected.error.empty()) return;
  EXPECT_EQ(expected.counted, expected.lines.size());
  for (std::size_t i = 0; i < expected.lines.size(); ++i) {
    EXPECT_EQ(expected.lines[i].number, i + 1);
    EXPECT_LT(static_cast<std::size_t>(expected.lines[i].rejection), kRejectionCount);
  }
  std::vector<std::size_t> sizes(7);
  for (std::size_t i = 0; i < sizes.size(); ++i)
    sizes[i] = 1 + random() % (i < 4 ? 9 : 700);
  PieceInput pieces(text, sizes);
  EXPECT_EQ(seen_in(read_log(pieces, options)), seen_in(expected));
}

// However little is consumed at a time, what is unread moves less than twice as far as it is long.
TEST(LogReader, AWindowMovesEachByteOnce) {
  constexpr std::size_t kSize = std::size_t{3} << 20;
  constexpr std::size_t kWanted = std::size_t{1} << 20;
  std::string text(kSize, 'x');
  for (std::size_t i = 0; i < kSize; ++i)
    text[i] = static_cast<char>('a' + i % 23);
  for (const std::size_t piece : {std::size_t{4093}, std::size_t{1} << 20}) {
    PieceInput input(text, {piece});
    LineWindow window(input, kWanted);
    std::size_t at = 0;
    std::size_t moved = 0;
    const char* expected = nullptr;
    while (true) {
      const std::string_view view = window.peek(kWanted).value();
      ASSERT_EQ(view.size() >= kWanted, kSize - at >= kWanted);
      if (view.empty()) break;
      ASSERT_EQ(view.front(), text[at]);
      ASSERT_EQ(view.back(), text[at + view.size() - 1]);
      if (expected != nullptr && view.data() != expected) moved += view.size();
      const std::size_t taken = std::min<std::size_t>(view.size(), 61);
      window.consume(taken);
      at += taken;
      expected = view.data() + taken;
    }
    EXPECT_EQ(at, kSize);
    EXPECT_LT(moved, 2 * kSize) << piece;
  }
}

TEST(LogReader, GarbageIsConservedAndHowBytesComeDoesNotMatter) {
  std::mt19937 random(20070716);
  for (int round = 0; round < 60; ++round) {
    const std::string text = random_text(random, kFirewallSeeds, 60);
    expect_conserved(text, {}, random);
    const auto newlines = static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n'));
    const bool open_end = !text.empty() && text.back() != '\n';
    EXPECT_EQ(read_log(text).counted, newlines + (open_end ? 1 : 0));
    expect_conserved("t,s,p,d\n" + random_text(random, kCsvSeeds, 60), csv_options(), random);
  }
}

TEST(LogReader, ALineEndIsOneWhereverABlockEnds) {
  const std::string row = "1362347639,198.51.100.7,tcp,80\r\n";
  std::string rows;
  for (int i = 0; i < 3000; ++i)
    rows += row;
  for (std::size_t shift = 0; shift < row.size(); ++shift) {
    PieceInput input("t,s,p,d" + std::string(shift, ' ') + "\r\n" + rows, {1});
    EXPECT_EQ(read_log(input, csv_options()).rejections(),
              std::vector<Rejection>(3000, Rejection::none));
  }
}

TEST(LogReader, LinesInExactHeapBlocksAreNeverReadPastTheirEnd) {
  std::mt19937 random(19);
  std::map<Rejection, int> seen;
  for (int round = 0; round < 20'000; ++round) {
    const std::string text = random_text(random, kFirewallSeeds, 1 + random() % 2);
    const auto block = std::make_unique<char[]>(text.size());
    std::copy(text.begin(), text.end(), block.get());
    FirewallHeader header;
    Packet packet;
    ++seen[parse_firewall_line({block.get(), text.size()}, header, packet)];
  }
  EXPECT_GT(seen[Rejection::none], 1000);
  EXPECT_GT(seen[Rejection::truncated_line], 100);
}

std::filesystem::path shared_data() {
  if (const char* path = std::getenv("TEITEN_SHARED_DATA")) return path;
  return std::filesystem::path(__FILE__).parent_path() / "../../../shared/data";
}

// 187,849 rows, nine sensors, and the months' counts: the data set's own description, and Python's
// csv module.
TEST(LogReader, AwsHoneypotSet) {
  const auto path = shared_data() / "aws_honeypot_2013-03_05.csv.gz";
  if (!std::filesystem::exists(path)) GTEST_SKIP() << path << " is not there";
  const auto input = Input::open(path.string()).value();
  LogOptions options;
  options.csv = CsvMapping::parse(
                    "time=datetime,sensor=host,source=srcstr,protocol=proto,"
                    "icmp_type=type,source_port=spt,destination_port=dpt,region=cc")
                    .value();
  const auto reader = open_log(*find_log_format("csv"), *input, options).value();
  std::map<std::string, int> months;
  std::map<std::string_view, int> rejected;
  std::map<int, int> icmp_types;
  int no_region = 0;
  LogLine line;
  while (reader->next(line).value()) {
    if (line.rejection != Rejection::none) {
      ++rejected[to_string(line.rejection)];
      continue;
    }
    ++months[format_utc(line.packet.time).substr(0, 7)];
    if (line.packet.is_icmp()) ++icmp_types[line.packet.has_icmp_type ? line.packet.icmp_type : -1];
    if (line.packet.region_label.is_unknown()) ++no_region;
  }
  EXPECT_EQ(reader->lines(), 187'849U);
  EXPECT_EQ(rejected, (std::map<std::string_view, int>{}));
  EXPECT_EQ(months, (std::map<std::string, int>{
                        {"2013-03", 53'465}, {"2013-04", 63'376}, {"2013-05", 71'008}}));
  EXPECT_EQ(icmp_types,
            (std::map<int, int>{{8, 15'384}, {3, 2496}, {11, 623}, {0, 164}, {5, 126}, {13, 16}}));
  EXPECT_EQ(no_region, 1544);
  EXPECT_EQ(reader->sensor_names().size(), 9U);
  EXPECT_FALSE(reader->warning().has_value());
}

}  // namespace
}  // namespace teiten
