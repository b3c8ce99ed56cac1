#include <cstdio>

int main() {
  std::fputs("teiten: no command is built in yet\n", stderr);
  return 2;
}
