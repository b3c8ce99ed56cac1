#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace teiten {

/// Grey of every "other" part.
inline constexpr std::string_view kOtherColor = "#8c8c8c";

/// One colour for each of two series that are never parts of a whole (figure 1.1).
std::string_view pair_color(std::size_t index);

/// Gives every key one colour that it keeps over all figures. `figures` lists the keys of each
/// figure; a key gets its colour in the order of `ranked`, then of its first figure. Two keys of
/// one figure never share a colour while the palette lasts (20 colours).
std::map<std::string, std::string> assign_colors(
    const std::vector<std::string>& ranked, const std::vector<std::vector<std::string>>& figures);

}  // namespace teiten
