#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>

namespace teiten {

/// A 128-bit content digest (XXH3). Identifies inputs; it is not a cryptographic commitment.
struct Digest {
  std::uint64_t high = 0;
  std::uint64_t low = 0;
  friend auto operator<=>(const Digest&, const Digest&) = default;
  /// 32 lower-case hexadecimal digits.
  std::string hex() const;
};

/// Digest of one block of bytes. The same bytes give the same digest on every machine.
Digest digest_of(std::span<const std::byte> bytes);

/// Digest of bytes that come in pieces; where they are cut does not matter.
class Hasher {
 public:
  Hasher();
  ~Hasher();
  Hasher(Hasher&&) noexcept;
  Hasher& operator=(Hasher&&) noexcept;
  void update(std::span<const std::byte> bytes);
  Digest digest() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// A fast 64-bit mix for hash tables; not stable across versions, never stored.
constexpr std::uint64_t mix64(std::uint64_t x) {
  x ^= x >> 32;
  x *= 0xd6e8feb86659fd93ULL;
  x ^= x >> 32;
  x *= 0xd6e8feb86659fd93ULL;
  x ^= x >> 32;
  return x;
}

}  // namespace teiten
