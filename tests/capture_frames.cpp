/// Prints `file<TAB>frames<TAB>warning` for each file named: what tests/capinfos_test.py compares.
/// Instead of a number of frames it prints "error" where a file cannot be read.
#include <string>

#include <fmt/format.h>

#include "capture/capture_reader.h"
#include "capture/input.h"

namespace {

/// The warning, empty if the file ended cleanly.
teiten::Result<std::string> read_all(const std::string& path, std::uint64_t& frames) {
  TEITEN_TRY(auto input, teiten::Input::open(path));
  TEITEN_TRY(auto reader, teiten::CaptureReader::open(*input));
  teiten::Frame frame;
  while (true) {
    TEITEN_TRY(const bool more, reader->next(frame));
    if (!more) break;
  }
  frames = reader->frames();
  return reader->warning().value_or("");
}

}  // namespace

int main(int argc, char** argv) {
  for (int i = 1; i < argc; ++i) {
    std::uint64_t frames = 0;
    const auto warning = read_all(argv[i], frames);
    if (warning.ok())
      fmt::print("{}\t{}\t{}\n", argv[i], frames, *warning);
    else
      fmt::print("{}\terror\t{}\n", argv[i], warning.error().message);
  }
  return 0;
}
