// Runs every fuzz target on its seeds, on each seed cut short at every length or at 12 of them,
// and on what fuzzing found (FINDS/TARGET/*). With --list prints the targets, with --seeds FOLDER
// writes the seeds to FOLDER/TARGET/.
#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>

#include "fuzz_target.h"

namespace {

namespace fs = std::filesystem;
using namespace teiten::fuzz;

Bytes file_bytes(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return bytes_of(std::string{std::istreambuf_iterator<char>(file), {}});
}

int write_seeds(const fs::path& folder) {
  for (const FuzzTarget& target : fuzz_targets()) {
    fs::create_directories(folder / target.name);
    for (std::size_t i = 0; i < target.seeds.size(); ++i) {
      std::ofstream file(folder / target.name / ("seed-" + std::to_string(i)), std::ios::binary);
      file.write(reinterpret_cast<const char*>(target.seeds[i].data()),
                 static_cast<std::streamsize>(target.seeds[i].size()));
    }
  }
  return 0;
}

void run_seeds(const FuzzTarget& target) {
  constexpr std::size_t kCuts = 12;
  for (const Bytes& seed : target.seeds) {
    run_on_copy(target, seed);
    const std::size_t step = std::max<std::size_t>(1, seed.size() / kCuts);
    for (std::size_t size = 0; size < seed.size(); size += step)
      run_on_copy(target, std::span(seed).first(size));
  }
}

int replay(const fs::path& finds) {
  std::size_t files = 0;
  for (const FuzzTarget& target : fuzz_targets()) {
    std::printf("%s: %zu seeds\n", target.name.c_str(), target.seeds.size());
    std::fflush(stdout);
    if (target.seeds.empty()) {
      std::fprintf(stderr, "%s has no seed\n", target.name.c_str());
      return 1;
    }
    run_seeds(target);
  }
  for (const auto& entry : fs::recursive_directory_iterator(finds)) {
    if (!entry.is_regular_file() || entry.path().extension() == ".md") continue;
    const std::string name = entry.path().parent_path().filename().string();
    const FuzzTarget* target = find_fuzz_target(name);
    if (target == nullptr) {
      std::fprintf(stderr, "%s: there is no target %s\n", entry.path().c_str(), name.c_str());
      return 1;
    }
    std::printf("%s\n", entry.path().c_str());
    std::fflush(stdout);
    run_on_copy(*target, file_bytes(entry.path()));
    ++files;
  }
  std::printf("%zu targets, %zu finds\n", fuzz_targets().size(), files);
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  const std::string_view first = argc > 1 ? argv[1] : "";
  if (first == "--list") {
    for (const FuzzTarget& target : fuzz_targets())
      std::printf("%s\n", target.name.c_str());
    return 0;
  }
  if (first == "--seeds" && argc == 3) return write_seeds(argv[2]);
  if (argc == 2) return replay(argv[1]);
  std::fprintf(stderr, "usage: fuzz_replay FINDS | --list | --seeds FOLDER\n");
  return 2;
}
