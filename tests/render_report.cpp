#include <cstdio>
#include <fstream>
#include <iterator>
#include <string>

#include "report/html.h"

/// render_report MODEL.json PAGE.html: the page of a model, for the browser tests.
int main(int argc, char** argv) {
  if (argc != 3) {
    std::fputs("usage: render_report MODEL.json PAGE.html\n", stderr);
    return 2;
  }
  std::ifstream in(argv[1], std::ios::binary);
  const std::string model{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  if (!in || model.empty()) {
    std::fprintf(stderr, "render_report: cannot read %s\n", argv[1]);
    return 1;
  }
  std::ofstream out(argv[2], std::ios::binary);
  out << teiten::render_html(model) << std::flush;
  if (!out) {
    std::fprintf(stderr, "render_report: cannot write %s\n", argv[2]);
    return 1;
  }
  return 0;
}
