// The program that libFuzzer drives: teiten_fuzz --target=NAME [libFuzzer's options] [FOLDER…].
// scripts/fuzz runs every target for a bounded time.
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string_view>

#include "fuzz_target.h"

namespace {

const teiten::fuzz::FuzzTarget* target = nullptr;

}  // namespace

extern "C" int LLVMFuzzerInitialize(int* argc, char*** argv) {
  constexpr std::string_view kOption = "--target=";
  for (int i = 1; i < *argc; ++i) {
    const std::string_view argument = (*argv)[i];
    if (argument.starts_with(kOption))
      target = teiten::fuzz::find_fuzz_target(argument.substr(kOption.size()));
  }
  if (target != nullptr) return 0;
  std::fprintf(stderr, "teiten_fuzz: --target=NAME, one of:");
  for (const auto& each : teiten::fuzz::fuzz_targets())
    std::fprintf(stderr, " %s", each.name.c_str());
  std::fprintf(stderr, "\n");
  std::exit(2);
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  teiten::fuzz::run_on_copy(*target, {reinterpret_cast<const std::byte*>(data), size});
  return 0;
}
