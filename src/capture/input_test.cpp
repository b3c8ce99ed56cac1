#include "capture/input.h"

#include <cstdio>
#include <filesystem>
#include <fstream>

#include <archive.h>
#include <archive_entry.h>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "capture/capture_test_files.h"
#include "capture/test_archive.h"

namespace teiten {
namespace {

using namespace capture_test;
namespace fs = std::filesystem;

const Writer kLittle(std::endian::little);

Bytes small_pcap() {
  return kLittle.pcap_header(0xa1b2c3d4, 1) + kLittle.record(1, 2, payload(20), 60) +
         kLittle.record(3, 4, payload(1), 1) + kLittle.record(5, 6, payload(33), 33);
}

Bytes small_pcapng() {
  return kLittle.section() + kLittle.interface(1) + kLittle.enhanced_packet(0, 5, payload(20), 60) +
         kLittle.block(99, payload(9)) + kLittle.enhanced_packet(0, 6, payload(3), 3);
}

class InputTest : public ::testing::Test {
 protected:
  void SetUp() override {
    folder_ = fs::path(::testing::TempDir()) / ("teiten-input-" + std::to_string(getpid()));
    fs::create_directories(folder_);
  }
  void TearDown() override { fs::remove_all(folder_); }
  std::string write(const std::string& name, const Bytes& bytes) const {
    const std::string path = folder_ / name;
    std::ofstream(path, std::ios::binary)
        .write(reinterpret_cast<const char*>(bytes.data()),
               static_cast<std::streamsize>(bytes.size()));
    return path;
  }
  std::string compressed(const std::string& name, int (*filter)(archive*),
                         const Bytes& bytes) const {
    const std::string path = folder_ / name;
    archive* writer = archive_write_new();
    filter(writer);
    archive_write_set_format_raw(writer);
    EXPECT_EQ(archive_write_open_filename(writer, path.c_str()), ARCHIVE_OK);
    archive_entry* entry = archive_entry_new();
    archive_entry_set_filetype(entry, AE_IFREG);
    archive_write_header(writer, entry);
    archive_write_data(writer, bytes.data(), bytes.size());
    archive_entry_free(entry);
    archive_write_close(writer);
    archive_write_free(writer);
    return path;
  }
  Whole read(const std::string& path) const {
    auto input = Input::open(path);
    EXPECT_TRUE(input.ok()) << input.error().message;
    return read_whole(**input);
  }
  fs::path folder_;
};

TEST_F(InputTest, CutAnywhereGivesEveryWholeFrameAndOneWarning) {
  for (const auto& [file, ends, clean] :
       {std::tuple{small_pcap(), std::vector<std::size_t>{24 + 36, 24 + 36 + 17, 24 + 36 + 17 + 49},
                   std::vector<std::size_t>{24, 60, 77, 126}},
        std::tuple{small_pcapng(), std::vector<std::size_t>{100, 160},
                   std::vector<std::size_t>{28, 48, 100, 124, 160}}}) {
    ASSERT_EQ(file.size(), ends.back());
    for (std::size_t cut = 12; cut <= file.size(); ++cut) {
      const Whole whole = read_whole(std::span(file).first(cut));
      std::size_t expected = 0;
      for (const std::size_t end : ends)
        expected += end <= cut ? 1 : 0;
      EXPECT_EQ(whole.frames.size(), expected) << cut;
      const bool at_a_boundary = std::find(clean.begin(), clean.end(), cut) != clean.end();
      EXPECT_EQ(whole.warning.empty() && !whole.error, at_a_boundary) << cut << whole.warning;
    }
  }
}

TEST_F(InputTest, CompressedIsPlain) {
  Bytes big = small_pcap();
  for (unsigned i = 0; i < 20'000; ++i)
    big = std::move(big) + kLittle.record(10 + i, 0, payload(60, i), 60);
  const Whole plain = read(write("plain", big));
  ASSERT_EQ(plain.frames.size(), 20'003U);
  const auto digest = (*Input::open(write("plain", big)))->content_digests();
  int number = 0;
  for (const auto filter :
       {archive_write_add_filter_gzip, archive_write_add_filter_zstd, archive_write_add_filter_xz,
        archive_write_add_filter_bzip2, archive_write_add_filter_lz4}) {
    const std::string path = compressed("c" + std::to_string(number++), filter, big);
    EXPECT_LT(fs::file_size(path), big.size()) << "really compressed";
    EXPECT_EQ(read(path), plain) << number;
    auto input = Input::open(path);
    EXPECT_EQ((*input)->content_digests()->whole, digest->whole) << number;
    EXPECT_EQ(read_whole(**input), plain) << "after the digest the input is at its beginning";
  }
}

TEST_F(InputTest, DigestsOfItsBeginnings) {
  Bytes big(3'000'000, std::byte{7});
  big[2'999'999] = std::byte{8};
  const auto input = Input::open(write("beginnings", big)).value();
  const std::vector<std::uint64_t> lengths{1, 1'048'576, 2'999'999, 3'000'000, 3'000'001};
  const auto digests = input->content_digests(lengths).value();
  EXPECT_EQ(digests.bytes, 3'000'000U);
  EXPECT_EQ(digests.whole, digest_of(big));
  ASSERT_EQ(digests.beginnings.size(), 4U) << "the content is not as long as the last one";
  EXPECT_EQ(digests.beginnings.at(1), digest_of(literal(7)));
  EXPECT_EQ(digests.beginnings.at(2'999'999), digest_of(Bytes(2'999'999, std::byte{7})));
  EXPECT_EQ(digests.beginnings.at(3'000'000), digests.whole);
}

TEST_F(InputTest, ReaderNeedsNoMoreThanItAsksFor) {
  for (const Bytes& file : {small_pcap(), small_pcapng()}) {
    StingyInput stingy(file);
    EXPECT_EQ(read_whole(stingy), read_whole(file));
  }
}

TEST_F(InputTest, StandardInputIsAnInputLikeOthers) {
  const Bytes file = small_pcap();
  const int saved = dup(STDIN_FILENO);
  int ends[2];
  ASSERT_EQ(pipe(ends), 0);
  ASSERT_EQ(::write(ends[1], file.data(), file.size()), static_cast<ssize_t>(file.size()));
  close(ends[1]);
  dup2(ends[0], STDIN_FILENO);
  close(ends[0]);
  auto input = Input::open("-");
  dup2(saved, STDIN_FILENO);
  close(saved);
  ASSERT_TRUE(input.ok()) << input.error().message;
  EXPECT_EQ((*input)->name(), "standard input");
  EXPECT_EQ((*input)->content_digests()->whole, digest_of(file));
  EXPECT_EQ(read_whole(**input), read_whole(file));
}

TEST_F(InputTest, DamagedCompressionGivesWhatWasWhole) {
  Bytes big = small_pcap();
  for (unsigned i = 0; i < 5'000; ++i)
    big = std::move(big) + kLittle.record(10 + i, 0, payload(60, i * 7), 60);
  const std::string path = compressed("cut.gz", archive_write_add_filter_gzip, big);
  fs::resize_file(path, fs::file_size(path) / 2);
  const Whole whole = read(path);
  EXPECT_GT(whole.frames.size(), 100U);
  EXPECT_LT(whole.frames.size(), 5'003U);
  EXPECT_NE(whole.warning, "");
}

TEST_F(InputTest, WhatCannotBeReadIsOneSentence) {
  for (const std::string& path : {(folder_ / "missing").string(), folder_.string()}) {
    const auto input = Input::open(path);
    ASSERT_FALSE(input.ok()) << path;
    EXPECT_NE(input.error().message.find(path), std::string::npos) << input.error().message;
    EXPECT_EQ(input.error().message.find('\n'), std::string::npos);
  }
  EXPECT_EQ(Input::open((folder_ / "missing").string()).error().code, ErrorCode::not_found);
}

TEST_F(InputTest, AnythingElseIsNotRecognised) {
  for (const Bytes& bytes :
       {Bytes{}, text("Aug 16 06:25:20 vps kernel"), payload(3), payload(500)}) {
    const auto input = Input::from_memory("test", bytes);
    EXPECT_FALSE(*CaptureReader::recognises(*input));
  }
  const Bytes capture = small_pcapng();
  const auto input = Input::from_memory("test", capture);
  EXPECT_TRUE(*CaptureReader::recognises(*input));
  EXPECT_EQ(input->offset(), 0U);
}

/// A tar archive of files with these contents, as libarchive writes it.
std::string tar_of(const std::vector<std::pair<std::string, std::string>>& files,
                   int (*filter)(archive*) = archive_write_add_filter_none) {
  return capture_test::archived(files, filter, archive_write_set_format_pax_restricted);
}

/// A text's bytes.
Bytes bytes_of(const std::string& text) {
  const auto bytes = std::as_bytes(std::span(text));
  return {bytes.begin(), bytes.end()};
}

/// The content of an input, and what was said at its end.
std::pair<std::string, std::string> content_of(Input& input, std::size_t step) {
  std::string text;
  while (true) {
    const auto bytes = input.read(step);
    if (!bytes.ok()) return {text, bytes.error().message};
    if (bytes->empty()) return {text, ""};
    for (const std::byte byte : *bytes)
      text += static_cast<char>(byte);
  }
}

TEST_F(InputTest, TheFilesOfATarAreOneContent) {
  const std::string large(700'000, 'x');
  const std::vector<std::pair<std::string, std::string>> files = {
      {"logs/", ""},
      {"logs/a.log", "one\ntwo"},
      {"logs/._a.log", "mac"},
      {"logs/empty", ""},
      {std::string(150, 'n'), large + "\n"},
      {"z", "last\n"}};
  const std::string wanted = "one\ntwo\n" + large + "\nlast\n";
  for (const auto filter : {archive_write_add_filter_none, archive_write_add_filter_gzip}) {
    const auto input = Input::open(write("logs.tar", bytes_of(tar_of(files, filter)))).value();
    for (const std::size_t step : {std::size_t{1'000'000}, std::size_t{1000}}) {
      EXPECT_EQ(content_of(*input, step), (std::pair<std::string, std::string>(wanted, "")));
      EXPECT_EQ(input->offset(), wanted.size());
      ASSERT_TRUE(input->rewind().ok());
    }
    EXPECT_EQ(
        input->content_digests().value().whole,
        Input::open(write("plain", bytes_of(wanted))).value()->content_digests().value().whole);
  }
}

TEST_F(InputTest, ATarCutShortGivesWhatIsThere) {
  const std::string whole = tar_of({{"a", std::string(2000, 'a')}, {"b", std::string(2000, 'b')}});
  const auto cut =
      Input::open(write("cut.tar", bytes_of(whole.substr(0, 512 + 2048 + 512 + 100)))).value();
  const auto [text, said] = content_of(*cut, 5000);
  EXPECT_EQ(text, std::string(2000, 'a') + "\n" + std::string(100, 'b'));
  EXPECT_NE(said.find("ends within a file"), std::string::npos) << said;
  std::string broken = whole;
  broken[512 + 2048 + 10] = 'x';
  const auto damaged = Input::open(write("broken.tar", bytes_of(broken))).value();
  const auto [first, why] = content_of(*damaged, 5000);
  EXPECT_EQ(first, std::string(2000, 'a') + "\n");
  EXPECT_NE(why.find("damaged"), std::string::npos) << why;
  broken[3] = 'x';
  EXPECT_EQ(content_of(*Input::open(write("none.tar", bytes_of(broken))).value(), 5000).first,
            broken)
      << "without a header that holds it is no archive";
}

std::string text_of(const Bytes& bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

/// Seconds of the frames' times.
std::vector<std::int64_t> seconds_of(const Whole& whole) {
  std::vector<std::int64_t> seconds;
  for (const auto& frame : whole.frames)
    seconds.push_back(frame.nanoseconds / 1'000'000'000);
  return seconds;
}

// Also one that ends without a line end, an empty one, another format and a compressed archive.
TEST_F(InputTest, TheCapturesOfATarAreReadOneAfterAnother) {
  const std::string first = text_of(small_pcap());
  const std::string second =
      text_of(kLittle.pcap_header(0xa1b2c3d4, 1) + kLittle.record(7, 0, payload(700'00), 700'00) +
              kLittle.record(9, 0, payload(3), 3));
  const std::string third = text_of(small_pcapng());
  for (const auto filter : {archive_write_add_filter_none, archive_write_add_filter_gzip}) {
    const auto input = Input::open(write("captures.tar", bytes_of(tar_of({{"day/", ""},
                                                                          {"day/a.pcap", first},
                                                                          {"day/._a.pcap", "mac"},
                                                                          {"day/empty", ""},
                                                                          {"day/b.pcap", second},
                                                                          {"c.pcapng", third}},
                                                                         filter))))
                           .value();
    EXPECT_EQ(input->content_digests().value().whole, digest_of(bytes_of(first + second + third)));
    ASSERT_TRUE(*CaptureReader::recognises(*input));
    const Whole whole = read_whole(*input);
    EXPECT_EQ(seconds_of(whole), (std::vector<std::int64_t>{1, 3, 5, 7, 9, 0, 0}));
    EXPECT_EQ(whole.warning, "");
    EXPECT_EQ(whole.format, "pcap");
    EXPECT_EQ(read_whole(*input), whole) << "again";
  }
}

TEST_F(InputTest, ADamagedCaptureOfATarCostsItsOwnRestOnly) {
  const std::string good = text_of(small_pcap());
  const Whole whole = read(
      write("damaged.tar",
            bytes_of(tar_of({{"cut.pcap", good.substr(0, good.size() - 1)},
                             {"version.pcap", text_of(kLittle.pcap_header(0xa1b2c3d4, 1, 7, 0))},
                             {"bad.pcap", good.substr(0, 24) + std::string(900'000, 'x')},
                             {"good.pcap", good}}))));
  EXPECT_EQ(seconds_of(whole), (std::vector<std::int64_t>{1, 3, 1, 3, 5}));
  EXPECT_NE(whole.warning.find("(in cut.pcap)"), std::string::npos) << whole.warning;
  EXPECT_NE(whole.warning.find("and 2 more"), std::string::npos) << whole.warning;
}

TEST_F(InputTest, WhatIsNotReadOfATarIsSaid) {
  const std::string capture = text_of(small_pcap());
  const std::string gzip("\x1f\x8b\x08\0\0\0\0\0\0\3xxxx", 14);
  const Whole mixed = read(write("mixed.tar", bytes_of(tar_of({{"b\x1b.pcap.gz", gzip},
                                                               {"a.pcap", capture},
                                                               {"README", "read me"},
                                                               {"c.pcap", capture}}))));
  EXPECT_EQ(seconds_of(mixed), (std::vector<std::int64_t>{1, 3, 5, 1, 3, 5}));
  EXPECT_NE(mixed.warning.find("2 of the archive's files were not read: the first, b?.pcap.gz, is "
                               "compressed itself; unpack"),
            std::string::npos)
      << mixed.warning;
  const auto logs =
      Input::open(
          write("logs.tar",
                bytes_of(tar_of({{"a.log", "one\n"}, {"a.pcap", capture}, {"b.log", "two"}}))))
          .value();
  const auto [text, said] = content_of(*logs, 1000);
  EXPECT_EQ(text, "one\ntwo\n");
  EXPECT_NE(said.find("1 of the archive's files was not read: a.pcap, is a capture among logs"),
            std::string::npos)
      << said;
  const auto none = Input::open(write("gz.tar", bytes_of(tar_of({{"a.log.gz", gzip}})))).value();
  const auto [nothing, why] = content_of(*none, 1000);
  EXPECT_EQ(nothing, "");
  EXPECT_NE(why.find("a.log.gz, is compressed itself"), std::string::npos) << why;
}

// However an archive of captures is cut: what is whole of it is read, and nothing hangs.
TEST_F(InputTest, ATarOfCapturesCutAnywhere) {
  const std::string whole =
      tar_of({{"a.pcap", text_of(small_pcap())}, {"b.pcap", text_of(small_pcap())}});
  std::size_t before = 0;
  for (std::size_t length = 512 + 126; length < 2600; length += 7) {
    const Bytes cut = bytes_of(whole.substr(0, length));
    const Whole read = read_whole(*Input::from_memory("cut", cut));
    ASSERT_GE(read.frames.size(), std::max<std::size_t>(3, before)) << length;
    before = read.frames.size();
    if (length > 512 + 512 && length < 1024 + 512 + 126) {
      EXPECT_NE(read.warning, "") << length;
    }
  }
  EXPECT_EQ(before, 6U);
}

}  // namespace
}  // namespace teiten
