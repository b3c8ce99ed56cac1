#include "simulate/random.h"

#include "base/assert.h"

namespace teiten {
namespace {

std::uint64_t rotate_left(std::uint64_t x, int bits) {
  return (x << bits) | (x >> (64 - bits));
}

std::uint64_t splitmix(std::uint64_t& state) {
  state += 0x9e3779b97f4a7c15ULL;
  std::uint64_t z = state;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
  return z ^ (z >> 31);
}

/// exp(-kPoissonStep) is far above the smallest double, and few uniforms make one step.
constexpr double kPoissonStep = 16.0;

}  // namespace

std::uint64_t stable_mix(std::uint64_t value) {
  return splitmix(value);
}

Random::Random(std::initializer_list<std::uint64_t> key) {
  std::uint64_t mixed = 0;
  for (const std::uint64_t part : key) {
    mixed ^= part;
    mixed = splitmix(mixed);
  }
  for (std::uint64_t& word : state_)
    word = splitmix(mixed);
}

std::uint64_t Random::next() {
  const std::uint64_t result = rotate_left(state_[1] * 5, 7) * 9;
  const std::uint64_t shifted = state_[1] << 17;
  state_[2] ^= state_[0];
  state_[3] ^= state_[1];
  state_[1] ^= state_[2];
  state_[0] ^= state_[3];
  state_[2] ^= shifted;
  state_[3] = rotate_left(state_[3], 45);
  return result;
}

std::uint64_t Random::below(std::uint64_t bound) {
  TEITEN_ASSERT(bound > 0);
  // Numbers of the last, incomplete multiple of the bound are drawn again.
  const std::uint64_t incomplete = (0 - bound) % bound;
  for (;;) {
    const std::uint64_t drawn = next();
    if (drawn >= incomplete) return drawn % bound;
  }
}

std::int64_t Random::between(std::int64_t from, std::int64_t to) {
  return from + static_cast<std::int64_t>(below(static_cast<std::uint64_t>(to - from) + 1));
}

double Random::uniform() {
  return static_cast<double>(next() >> 11) * 0x1.0p-53;
}

std::uint32_t Random::geometric(double mean) {
  const double more = 1.0 - 1.0 / mean;
  std::uint32_t trials = 1;
  while (chance(more))
    ++trials;
  return trials;
}

std::uint32_t Random::poisson(double mean) {
  TEITEN_ASSERT(mean >= 0 && mean <= kMaxPoissonMean);
  std::uint32_t count = 0;
  while (mean > 0) {
    // The sum of independent Poisson numbers is one; each part by multiplying uniforms (Knuth).
    const double part = mean > kPoissonStep ? kPoissonStep : mean;
    mean -= part;
    const double limit = reproducible_exp(-part);
    for (double product = uniform(); product > limit; product *= uniform())
      ++count;
  }
  return count;
}

double Random::lognormal(double sigma) {
  // Twelve uniforms have variance 1: near enough to normal for noise, and cut off at six sigma.
  double normal = -6.0;
  for (int i = 0; i < 12; ++i)
    normal += uniform();
  return reproducible_exp(sigma * normal - sigma * sigma / 2.0);
}

double Random::exponential(double mean) {
  // Von Neumann 1951: the length of falling runs of uniforms, no logarithm needed.
  double whole = 0;
  for (;;) {
    const double first = uniform();
    double previous = first;
    bool even = true;
    for (;;) {
      const double following = uniform();
      if (following >= previous) break;
      previous = following;
      even = !even;
    }
    if (even) return mean * (whole + first);
    whole += 1.0;
  }
}

double reproducible_exp(double x) {
  TEITEN_ASSERT(x >= -700.0 && x <= 700.0);
  constexpr int kHalvings = 12;
  const double small = x / 4096.0;
  double sum = 1.0;
  double term = 1.0;
  for (int i = 1; i <= 8; ++i) {
    term *= small / i;
    sum += term;
  }
  for (int i = 0; i < kHalvings; ++i)
    sum *= sum;
  return sum;
}

}  // namespace teiten
