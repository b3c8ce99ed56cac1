#include "fuzz_target.h"

#include <algorithm>
#include <cstring>
#include <memory>

namespace teiten::fuzz {

const std::vector<FuzzTarget>& fuzz_targets() {
  static const std::vector<FuzzTarget> targets = [] {
    std::vector<FuzzTarget> all;
    for (auto part : {capture_targets(), log_targets(), file_targets(), wire_targets()})
      all.insert(all.end(), part.begin(), part.end());
    return all;
  }();
  return targets;
}

const FuzzTarget* find_fuzz_target(std::string_view name) {
  const auto& targets = fuzz_targets();
  const auto found = std::find_if(targets.begin(), targets.end(),
                                  [&](const FuzzTarget& target) { return target.name == name; });
  return found == targets.end() ? nullptr : &*found;
}

void run_on_copy(const FuzzTarget& target, std::span<const std::byte> bytes) {
  const std::unique_ptr<std::byte[]> copy(new std::byte[bytes.size()]);
  if (!bytes.empty()) std::memcpy(copy.get(), bytes.data(), bytes.size());
  target.run({copy.get(), bytes.size()});
}

Bytes bytes_of(std::string_view text) {
  const auto* begin = reinterpret_cast<const std::byte*>(text.data());
  return {begin, begin + text.size()};
}

}  // namespace teiten::fuzz
