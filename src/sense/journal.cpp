#include "sense/journal.h"

#include <cstdio>

#include <fmt/format.h>

namespace teiten {

void tell(std::string_view line) {
  std::string text = "teiten sense: ";
  // What a library or a file's name says may hold anything.
  for (const char c : line)
    text += static_cast<unsigned char>(c) < ' ' || c == '\x7f' ? '?' : c;
  text += '\n';
  std::fputs(text.c_str(), stderr);
}

void Trouble::begins(std::string_view line, Duration now) {
  if (since_) return;
  since_ = now;
  tell(line);
}

void Trouble::ends(std::string_view line, Duration now) {
  if (!since_) return;
  tell(fmt::format("{} after {}", line, how_long(now - *since_)));
  since_.reset();
}

std::string how_long(Duration time) {
  using namespace std::chrono;
  if (time < minutes(2)) return fmt::format("{} s", round<seconds>(time).count());
  if (time < hours(2)) return fmt::format("{} min", round<minutes>(time).count());
  return fmt::format("{} h", round<hours>(time).count());
}

}  // namespace teiten
