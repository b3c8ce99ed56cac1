#include "serve/recent_batches.h"

#include <span>
#include <string>

#include <fmt/format.h>

namespace teiten {
namespace {

Digest digest_of_text(std::string_view text) {
  return digest_of(std::as_bytes(std::span(text)));
}

Digest key_of(const BatchName& name) {
  return digest_of_text(fmt::format("{}/{}/{}", name.sensor, name.epoch, name.sequence));
}

}  // namespace

RecentBatches::Known RecentBatches::note(const BatchName& name, std::string_view content) {
  const Digest key = key_of(name);
  const std::uint64_t digest = digest_of_text(content).low;
  const std::lock_guard lock(mutex_);
  const auto [at, added] = contents_.try_emplace(key, digest);
  if (!added) return at->second == digest ? Known::same : Known::other;
  order_.push_back(key);
  while (order_.size() > most_) {
    contents_.erase(order_.front());
    order_.pop_front();
  }
  return Known::first;
}

void RecentBatches::forget(const BatchName& name) {
  const std::lock_guard lock(mutex_);
  contents_.erase(key_of(name));
}

}  // namespace teiten
