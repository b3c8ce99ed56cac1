#include "report/palette.h"

#include <array>
#include <set>

namespace teiten {
namespace {

/// The seven colours of Okabe and Ito (Color Universal Design) without black, then Tol's "muted"
/// and "bright" hues that stay apart from them under red-green blindness; the first ten serve
/// almost every figure.
constexpr std::array<std::string_view, 20> kPalette = {
    "#0072b2", "#e69f00", "#009e73", "#d55e00", "#56b4e9", "#cc79a7", "#f0e442",
    "#882255", "#999933", "#6a51a3", "#117733", "#cc6677", "#44aa99", "#ddcc77",
    "#aa4499", "#88ccee", "#4b5fbf", "#a65628", "#bbcc33", "#eedd88"};

/// The first colour that no key of a shared figure has, the least used one first.
std::string_view free_color(const std::set<std::string_view>& taken,
                            const std::map<std::string_view, int>& uses) {
  std::string_view best = kPalette[0];
  int best_uses = -1;
  for (const std::string_view color : kPalette) {
    if (taken.contains(color)) continue;
    const auto found = uses.find(color);
    const int used = found == uses.end() ? 0 : found->second;
    if (best_uses >= 0 && used >= best_uses) continue;
    best = color;
    best_uses = used;
  }
  return best;
}

}  // namespace

std::string_view pair_color(std::size_t index) {
  return kPalette[index % 2];
}

std::map<std::string, std::string> assign_colors(
    const std::vector<std::string>& ranked, const std::vector<std::vector<std::string>>& figures) {
  std::vector<std::string> order = ranked;
  for (const auto& figure : figures)
    order.insert(order.end(), figure.begin(), figure.end());
  std::map<std::string, std::string> colors;
  std::map<std::string_view, int> uses;
  for (const std::string& key : order) {
    if (colors.contains(key)) continue;
    std::set<std::string_view> taken;
    for (const auto& figure : figures) {
      bool shared = false;
      for (const std::string& other : figure)
        shared = shared || other == key;
      if (!shared) continue;
      for (const std::string& other : figure) {
        if (const auto found = colors.find(other); found != colors.end())
          taken.insert(found->second);
      }
    }
    const std::string_view color = free_color(taken, uses);
    ++uses[color];
    colors.emplace(key, color);
  }
  return colors;
}

}  // namespace teiten
