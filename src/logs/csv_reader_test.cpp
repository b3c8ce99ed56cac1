#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "logs/log_test_support.h"

namespace teiten {
namespace {

using log_test::read_log;
using log_test::ReadLog;

constexpr const char* kMapping =
    "time=datetime,sensor=host,source=srcstr,protocol=proto,icmp_type=type,source_port=spt,"
    "destination_port=dpt,region=cc";
const std::string kHeader = "datetime,host,srcstr,proto,type,spt,dpt,cc,country\n";

LogOptions csv_options(const std::string& mapping = kMapping) {
  LogOptions options;
  options.csv = CsvMapping::parse(mapping).value();
  return options;
}

ReadLog read_csv(const std::string& text, const std::string& mapping = kMapping) {
  return read_log(text, csv_options(mapping));
}

/// The only row under the usual header.
LogLine read_row(const std::string& row) {
  const ReadLog log = read_csv(kHeader + row);
  EXPECT_EQ(log.lines.size(), 1U) << row;
  return log.lines.empty() ? LogLine{} : log.lines.front();
}

TEST(CsvReader, ReadsARow) {
  const ReadLog log =
      read_csv(kHeader + "2013-03-03 21:53:59,east,198.51.100.7,TCP,,6000,1433,CN,China\n");
  ASSERT_EQ(log.lines.size(), 1U);
  const LogLine& line = log.lines[0];
  EXPECT_EQ(line.number, 1U) << "a header is no line";
  ASSERT_EQ(line.rejection, Rejection::none);
  EXPECT_EQ(format_utc(line.packet.time), "2013-03-03T21:53:59Z");
  EXPECT_EQ(line.packet.source.to_string(), "198.51.100.7");
  EXPECT_TRUE(line.packet.is_tcp());
  EXPECT_TRUE(line.packet.has_ports);
  EXPECT_EQ(line.packet.source_port, 6000);
  EXPECT_EQ(line.packet.destination_port, 1433);
  EXPECT_TRUE(line.packet.has_region);
  EXPECT_EQ(line.packet.region_label.to_string(), "CN");
  EXPECT_FALSE(line.packet.has_flags);
  EXPECT_FALSE(line.packet.has_destination);
  EXPECT_FALSE(line.packet.has_ttl);
  EXPECT_EQ(line.packet.sensor_label, 1);
  EXPECT_EQ(log.sensors, std::vector<std::string>{"east"});
}

TEST(CsvReader, SensorsAreNumberedAsTheyCome) {
  const std::string rest = ",198.51.100.7,UDP,,1,2,US,x\n";
  const ReadLog log =
      read_csv(kHeader + "2013-03-03 21:53:59,east" + rest + "2013-03-03 21:53:59,west" + rest +
               "2013-03-03 21:53:59,east" + rest + "2013-03-03 21:53:59," + rest +
               "2013-03-03 21:53:59,観測点" + rest + "2013-03-03 21:53:59,\xff" + rest +
               "2013-03-03 21:53:59,a\tb" + rest);
  ASSERT_EQ(log.lines.size(), 7U);
  EXPECT_EQ(log.sensors, (std::vector<std::string>{"east", "west", "観測点"}));
  EXPECT_EQ(log.lines[0].packet.sensor_label, 1);
  EXPECT_EQ(log.lines[1].packet.sensor_label, 2);
  EXPECT_EQ(log.lines[2].packet.sensor_label, 1);
  EXPECT_EQ(log.lines[3].packet.sensor_label, 0);
  EXPECT_EQ(log.lines[4].packet.sensor_label, 3);
  EXPECT_EQ(log.lines[5].rejection, Rejection::invalid_sensor);
  EXPECT_EQ(log.lines[6].rejection, Rejection::invalid_sensor);
}

TEST(CsvReader, EqualRowsAreAllKept) {
  const std::string row = "2013-03-03 21:53:59,east,198.51.100.7,TCP,,6000,1433,CN,China\n";
  EXPECT_EQ(read_csv(kHeader + row + row + row).rejections(),
            std::vector<Rejection>(3, Rejection::none));
}

TEST(CsvReader, EveryLineEnd) {
  const std::string header = "time,ip,proto,dpt";
  const std::string row = "2013-03-03 21:53:59,198.51.100.7,TCP,80";
  for (const std::string end : {"\n", "\r\n", "\r"}) {
    for (const std::string& last : {end, std::string()}) {
      std::string text = header;
      text.append(end).append(row).append(end).append(row).append(last);
      const ReadLog log = read_csv(text, "time=time,source=ip,protocol=proto,destination_port=dpt");
      EXPECT_EQ(log.rejections(), std::vector<Rejection>(2, Rejection::none));
      EXPECT_EQ(log.counted, 2U);
    }
  }
}

TEST(CsvReader, ByteOrderMarkBlanksAndColumnOrder) {
  const ReadLog log = read_csv(
      "\xef\xbb\xbf dport ,\" ip \",proto,when\r\n 23 , 2001:db8::7 , udp ,"
      "2013-03-03T21:53:59Z\r\n",
      "time=when,source=ip,protocol=proto,destination_port=dport");
  ASSERT_EQ(log.error, "");
  ASSERT_EQ(log.lines.size(), 1U);
  ASSERT_EQ(to_string(log.lines[0].rejection), "none");
  EXPECT_EQ(log.lines[0].packet.source.to_string(), "2001:db8::7");
  EXPECT_EQ(log.lines[0].packet.destination_port, 23);
  EXPECT_TRUE(log.lines[0].packet.is_udp());
  EXPECT_FALSE(log.lines[0].packet.has_region) << "no column, no label";
}

TEST(CsvReader, QuotedFields) {
  const ReadLog log = read_csv(
      kHeader +
      "\"2013-03-03 21:53:59\",\"east-1\",\"198.51.100.7\",\"TCP\",\"\",\"6000\",\"1433\",\"CN\","
      "\"two\nlines, \"\"quoted\"\"\"\n2013-03-03 21:54:00,b,198.51.100.8,TCP,,1,2,JP,5\" pipe\n");
  ASSERT_EQ(log.lines.size(), 2U);
  EXPECT_EQ(log.lines[0].rejection, Rejection::none);
  EXPECT_EQ(log.lines[1].rejection, Rejection::none);
  EXPECT_EQ(log.sensors, (std::vector<std::string>{"east-1", "b"}));
}

TEST(CsvReader, AnUnterminatedQuoteCostsOneLine) {
  const std::string good = "2013-03-03 21:53:59,east,198.51.100.7,TCP,,6000,1433,CN,x\n";
  const ReadLog log = read_csv(
      kHeader + good + "2013-03-03 21:53:59,\"east,198.51.100.7,TCP,,1,2,CN,x\n" + good + good);
  EXPECT_EQ(log.rejections(),
            (std::vector<Rejection>{Rejection::none, Rejection::unterminated_quote, Rejection::none,
                                    Rejection::none}));
}

TEST(CsvReader, ColumnCountAndBlankLines) {
  EXPECT_EQ(read_row("2013-03-03 21:53:59,east,198.51.100.7,TCP,,6000,1433,CN\n").rejection,
            Rejection::wrong_column_count);
  EXPECT_EQ(read_row("2013-03-03 21:53:59,east,198.51.100.7,TCP,,6000,1433,CN,x,y\n").rejection,
            Rejection::wrong_column_count);
  EXPECT_EQ(read_row("\n").rejection, Rejection::empty_line);
  EXPECT_EQ(read_csv(kHeader).lines.size(), 0U);
}

TEST(CsvReader, Times) {
  const auto time = [](const std::string& text) {
    const LogLine line = read_row("\"" + text + "\",east,198.51.100.7,TCP,,6000,1433,CN,x\n");
    return line.rejection == Rejection::none ? format_utc(line.packet.time)
                                             : std::string(to_string(line.rejection));
  };
  EXPECT_EQ(time("2013-03-03 21:53:59"), "2013-03-03T21:53:59Z");
  EXPECT_EQ(time("2013-03-03 21:53"), "2013-03-03T21:53:00Z");
  EXPECT_EQ(time("2013-03-03T21:53:59.25+09:00"), "2013-03-03T12:53:59.25Z");
  EXPECT_EQ(time("2013/03/03 21:53:59"), "2013-03-03T21:53:59Z");
  EXPECT_EQ(time("3/3/13 21:53"), "2013-03-03T21:53:00Z");
  EXPECT_EQ(time("12/31/2013 9:05:07"), "2013-12-31T09:05:07Z");
  EXPECT_EQ(time("May 7, 2024 @ 02:57:48.123"), "2024-05-07T02:57:48.123Z") << "Kibana";
  EXPECT_EQ(time("Mar 13, 2013 @ 21:53:59"), "2013-03-13T21:53:59Z");
  EXPECT_EQ(time("1362347639"), "2013-03-03T21:53:59Z");
  EXPECT_EQ(time("1362347639.5"), "2013-03-03T21:53:59.5Z");
  EXPECT_EQ(time("1362347639250"), "2013-03-03T21:53:59.25Z");
  EXPECT_EQ(time("1362347639000001"), "2013-03-03T21:53:59.000001Z");
  EXPECT_EQ(time("1362347639000000001"), "2013-03-03T21:53:59.000000001Z");
  for (const char* bad : {"",
                          "yesterday",
                          "2013-03-03",
                          "2013-02-29 00:00:00",
                          "2013-03-03 24:00:00",
                          "2013-03-03 21:60:00",
                          "31/12/2013 9:05",
                          "99999999999999999999",
                          "-1",
                          "13623476390.5",
                          "2013-03-03 21:53:59 JST",
                          "Mai 7, 2024 @ 02:57:48.123",
                          "May 32, 2024 @ 02:57:48.123",
                          "May 7, 2024 @ 24:57:48",
                          "May 7, 2024 @ 02:57:48.",
                          "May 7, 2024 @ 02:57:48 x",
                          "May 7, 2024 02:57:48",
                          "May 7, 2024 @",
                          "2300-01-01 00:00:00",
                          "3/3/13"}) {
    EXPECT_EQ(time(bad), "invalid_time") << bad;
  }
  for (const char* unset :
       {"0", "1", "631151999", "1970-01-01T00:00:00Z", "1969-12-31 23:59:59", "12.5"}) {
    EXPECT_EQ(time(unset), "before_1990") << unset;
  }
  EXPECT_EQ(time("631152000"), "1990-01-01T00:00:00Z");
}

TEST(CsvReader, TimesAreInTheZoneAsked) {
  LogOptions options = csv_options();
  options.zone = TimeZone::find("Asia/Tokyo").value();
  const ReadLog log =
      read_log(kHeader + "2013-03-03 09:00:00,east,198.51.100.7,TCP,,6000,1433,CN,x\n", options);
  EXPECT_EQ(format_utc(log.lines.at(0).packet.time), "2013-03-03T00:00:00Z");
}

TEST(CsvReader, Icmp) {
  const LogLine ping = read_row("2013-03-03 21:53:59,east,198.51.100.7,ICMP,8,,,CN,x\n");
  EXPECT_EQ(ping.rejection, Rejection::none);
  EXPECT_TRUE(ping.packet.has_icmp_type);
  EXPECT_EQ(ping.packet.icmp_type, 8);
  EXPECT_FALSE(ping.packet.has_ports);
  const LogLine untyped = read_row("2013-03-03 21:53:59,east,198.51.100.7,ICMP,,,,CN,x\n");
  EXPECT_EQ(untyped.rejection, Rejection::none);
  EXPECT_FALSE(untyped.packet.has_icmp_type);
  EXPECT_EQ(read_row("2013-03-03 21:53:59,east,198.51.100.7,ICMP,256,,,CN,x\n").rejection,
            Rejection::invalid_icmp_type);
  EXPECT_EQ(read_row("2013-03-03 21:53:59,east,198.51.100.7,1,8.0,,,CN,x\n").packet.icmp_type, 8)
      << "a column with gaps, as pandas writes it";
}

TEST(CsvReader, BadValues) {
  const auto rejection = [](const std::string& source, const std::string& protocol,
                            const std::string& source_port, const std::string& port) {
    return read_row("2013-03-03 21:53:59,east," + source + "," + protocol + ",," + source_port +
                    "," + port + ",CN,x\n")
        .rejection;
  };
  EXPECT_EQ(rejection("198.51.100.7", "TCP", "1", "65535"), Rejection::none);
  EXPECT_EQ(rejection("198.51.100.7", "TCP", "1", "65536"), Rejection::invalid_port);
  EXPECT_EQ(rejection("198.51.100.7", "TCP", "65536", "1"), Rejection::invalid_port);
  EXPECT_EQ(rejection("198.51.100.7", "TCP", "", "1"), Rejection::invalid_port);
  EXPECT_EQ(rejection("198.51.100.7", "UDP", "1", ""), Rejection::invalid_port);
  EXPECT_EQ(rejection("198.51.100.7", "UDP", "1", "-1"), Rejection::invalid_port);
  EXPECT_EQ(rejection("198.51.100.7", "TCPX", "1", "1"), Rejection::invalid_protocol);
  EXPECT_EQ(rejection("198.51.100.7", "", "1", "1"), Rejection::invalid_protocol);
  EXPECT_EQ(rejection("198.51.100.7", "47", "", ""), Rejection::none);
  EXPECT_EQ(rejection("0.0.0.0", "TCP", "1", "1"), Rejection::no_source);
  EXPECT_EQ(rejection("198.51.100", "TCP", "1", "1"), Rejection::invalid_source);
  EXPECT_EQ(rejection("", "TCP", "1", "1"), Rejection::no_source);
}

TEST(CsvReader, Regions) {
  const auto region = [](const std::string& text) {
    return read_row("2013-03-03 21:53:59,east,198.51.100.7,TCP,,1,2," + text + ",x\n").packet;
  };
  EXPECT_EQ(region("jp").region_label.to_string(), "JP");
  EXPECT_EQ(region("NA").region_label.to_string(), "NA") << "Namibia";
  EXPECT_EQ(region("").region_label.to_string(), "ZZ");
  EXPECT_EQ(region("JPN").region_label.to_string(), "ZZ");
  EXPECT_TRUE(region("").has_region);
}

TEST(CsvReader, OptionalColumns) {
  const std::string mapping =
      "time=t,source=s,destination=d,protocol=p,destination_port=q,tcp_flags=f,ttl=l,icmp_type=i,"
      "icmp_code=c";
  const auto row = [&](const std::string& text) {
    return read_csv("t,s,d,p,q,f,l,i,c\n1362347639,198.51.100.7," + text + "\n", mapping)
        .lines.at(0);
  };
  const LogLine syn = row("192.0.2.1,tcp,23,SYN,51,,");
  ASSERT_EQ(syn.rejection, Rejection::none);
  EXPECT_EQ(syn.packet.destination.to_string(), "192.0.2.1");
  EXPECT_TRUE(syn.packet.has_destination);
  EXPECT_TRUE(syn.packet.has_ports) << "no source port column";
  EXPECT_EQ(syn.packet.tcp_flags, 0x02);
  EXPECT_EQ(syn.packet.ttl, 51);
  EXPECT_EQ(row(",tcp,23,SYN|ACK,,,").packet.tcp_flags, 0x12);
  EXPECT_EQ(row(",tcp,23,RA,,,").packet.tcp_flags, 0x14);
  EXPECT_EQ(row(",tcp,23,...A..S.,,,").packet.tcp_flags, 0x12);
  EXPECT_EQ(row(",tcp,23,0x29,,,").packet.tcp_flags, 0x29);
  EXPECT_EQ(row(",tcp,23,18,,,").packet.tcp_flags, 0x12);
  EXPECT_TRUE(row(",tcp,23,0,,,").packet.has_flags);
  EXPECT_FALSE(row(",tcp,23,,,,").packet.has_flags);
  EXPECT_EQ(row(",tcp,23,256,,,").rejection, Rejection::invalid_tcp_flags);
  EXPECT_EQ(row(",tcp,23,SYX,,,").rejection, Rejection::invalid_tcp_flags);
  EXPECT_EQ(row(",tcp,23,S,256,,").rejection, Rejection::invalid_ttl);
  EXPECT_EQ(row("nowhere,tcp,23,S,1,,").rejection, Rejection::invalid_destination);
  const LogLine unreachable = row(",icmp,,,,3,13");
  EXPECT_EQ(unreachable.packet.icmp_type, 3);
  EXPECT_EQ(unreachable.packet.icmp_code, 13);
  EXPECT_EQ(row(",icmp,,,,3,256").rejection, Rejection::invalid_icmp_type);
  EXPECT_TRUE(row(",,23,S,,,").packet.is_tcp()) << "only TCP has flags";
  EXPECT_EQ(row(",,,,,8,").packet.protocol, 1);
  EXPECT_EQ(row(",,23,,,,").rejection, Rejection::invalid_protocol);
}

TEST(CsvReader, AConstantInPlaceOfAColumn) {
  // Heralding's log_session.csv: its protocol is the service.
  const ReadLog log = read_csv(
      "timestamp,duration,session_id,source_ip,source_port,destination_ip,destination_port,"
      "protocol,"
      "num_auth_attempts\n"
      "2024-05-07 02:57:48.123456,3,5a1c,198.51.100.7,40000,192.0.2.1,22,ssh,1\n",
      "time=timestamp,source=source_ip,source_port=source_port,destination=destination_ip,"
      "destination_port=destination_port,protocol==tcp,tcp_flags==SYN,sensor==home,region==jp,"
      "ttl == 64");
  ASSERT_EQ(log.error, "");
  ASSERT_EQ(log.rejections(), std::vector{Rejection::none});
  const Packet& packet = log.lines[0].packet;
  EXPECT_EQ(format_utc(packet.time), "2024-05-07T02:57:48.123456Z");
  EXPECT_TRUE(packet.is_tcp());
  EXPECT_EQ(packet.destination_port, 22);
  EXPECT_EQ(packet.tcp_flags, 0x02);
  EXPECT_EQ(packet.region_label.to_string(), "JP");
  EXPECT_EQ(packet.ttl, 64);
  EXPECT_EQ(packet.sensor_label, 1);
  EXPECT_EQ(log.sensors, std::vector<std::string>{"home"});
}

// A wrong one would reject every row: it is told before the first.
TEST(CsvMapping, AConstantIsAValueOfItsKey) {
  const auto message = [](const std::string& constant) -> std::string {
    const auto mapping = CsvMapping::parse("time=t,source=s," + constant);
    return mapping.ok() ? "" : mapping.error().message;
  };
  for (const std::string good :
       {"destination_port==23", "source_port==0", "source_port==65535.0", "protocol==UDP",
        "protocol==47", "icmp_type==8", "icmp_code==0", "ttl==255", "tcp_flags==0x12",
        "tcp_flags==SYN|ACK", "tcp_flags==...A..S.", "region==NA", "sensor==観測点",
        "destination==2001:db8::1"})
    EXPECT_EQ(message(good), "") << good;
  for (const std::string bad :
       {"destination_port==99999", "destination_port==-", "source_port==x", "protocol==foo",
        "protocol==256", "protocol==NA", "icmp_type==256", "icmp_code==-1", "ttl==300",
        "tcp_flags==Q", "tcp_flags==NULL", "region==Japan", "sensor==a b", "sensor==-",
        "destination==0.0.0.0", "destination==192.0.2"})
    EXPECT_NE(message(bad).find("'" + bad + "'"), std::string::npos) << bad << message(bad);
  EXPECT_NE(message("protocol==foo").find("a protocol's name or number"), std::string::npos);
  EXPECT_NE(message("ttl == 300").find("from 0 to 255"), std::string::npos);
}

TEST(CsvMapping, Errors) {
  const auto message = [](const std::string& text) {
    const auto mapping = CsvMapping::parse(text);
    return mapping.ok() ? "" : mapping.error().message;
  };
  EXPECT_EQ(message("time=a,source=b"), "");
  EXPECT_EQ(message(" time = a , source = b "), "");
  EXPECT_NE(message("time=a").find("'source' is missing"), std::string::npos);
  EXPECT_NE(message("").find("'time' is missing"), std::string::npos);
  EXPECT_NE(message("time=a,source=b,packets=c").find("'packets' is no key"), std::string::npos);
  EXPECT_NE(message("time=a,source=b,packets=c").find("destination_port"), std::string::npos)
      << "lists the keys";
  EXPECT_NE(message("time=a,source=b,time=c").find("twice"), std::string::npos);
  EXPECT_NE(message("time=a,source=").find("no column"), std::string::npos);
  EXPECT_NE(message("time=a,source").find("pair"), std::string::npos);
  EXPECT_EQ(message("time=a,source=b,protocol==tcp"), "");
  EXPECT_NE(message("time=a,source=b,protocol==").find("no column"), std::string::npos);
  EXPECT_NE(message("time==1,source=b").find("'time' differs from row to row"), std::string::npos);
  EXPECT_NE(message("time=a,source==b").find("'source' differs"), std::string::npos);
}

TEST(CsvReader, AColumnThatIsNotThereIsNamed) {
  const ReadLog log = read_csv("when,who\n", "time=when,source=ip");
  EXPECT_NE(log.error.find("source=ip"), std::string::npos);
  EXPECT_NE(log.error.find("when, who"), std::string::npos);
  EXPECT_NE(read_csv("", "time=when,source=ip").error.find("header"), std::string::npos);
}

}  // namespace
}  // namespace teiten
