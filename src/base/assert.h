#pragma once

#include <cstdio>
#include <cstdlib>

/// A broken invariant is a bug: say where and stop, in every build.
#define TEITEN_ASSERT(condition)                                                            \
  do {                                                                                      \
    if (!(condition)) {                                                                     \
      std::fprintf(stderr, "teiten: bug: %s does not hold (%s:%d)\n", #condition, __FILE__, \
                   __LINE__);                                                               \
      std::abort();                                                                         \
    }                                                                                       \
  } while (false)
