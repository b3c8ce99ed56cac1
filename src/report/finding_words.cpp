#include "report/finding_words.h"

#include <algorithm>
#include <array>
#include <cmath>

#include <fmt/format.h>

#include "analyze/rates.h"
#include "net/service.h"
#include "report/countries.h"
#include "report/numbers.h"

namespace teiten {
namespace {

struct Name {
  std::string_view key;
  std::string_view ja;
  std::string_view en;
};

constexpr auto kNumbers = std::to_array<Name>({
    {"value", "当月の値", "this month"},
    {"previous", "前月の値", "previous month"},
    {"heavy_sources", "除いた発信元", "left out"},
    {"value_without", "これを除いた当月の値", "this month without"},
    {"previous_without", "これを除いた前月の値", "previous month without"},
    {"ratio", "倍率", "ratio"},
    {"monthly_change", "1か月あたりの変化", "change a month"},
    {"total_change", "期間全体の変化", "change in all"},
    {"swings", "交互に続いた増減", "alternating changes"},
    {"least_swing", "そのうち最も小さい増減", "smallest of these changes"},
    {"packets_without_scanners", "パケット(既知の調査スキャナーを除く)",
     "packets without known scanners"},
    {"packets_with_scanners", "パケット(既知の調査スキャナーを含む)",
     "packets with known scanners"},
    {"accesses_without_scanners", "接続の試み(既知の調査スキャナーを除く)",
     "contact attempts without known scanners"},
    {"accesses_with_scanners", "接続の試み(既知の調査スキャナーを含む)",
     "contact attempts with known scanners"},
    {"sources_without_scanners", "発信元数(既知の調査スキャナーを除く)",
     "sources without known scanners"},
    {"sources_with_scanners", "発信元数(既知の調査スキャナーを含む)",
     "sources with known scanners"},
    {"source_days_without_scanners", "延べ発信元数(既知の調査スキャナーを除く)",
     "source-days without known scanners"},
    {"source_days_with_scanners", "延べ発信元数(既知の調査スキャナーを含む)",
     "source-days with known scanners"},
    {"organisations", "組織", "organisations"},
    {"baseline", "それまでの水準", "baseline"},
    {"level", "期間中の平均", "mean of the period"},
    {"latest", "最後の一週間の平均", "mean of the last week"},
    {"peak", "最大", "peak"},
    {"sources", "発信元数", "sources"},
    {"sensors", "届いた観測点", "sensors reached"},
    {"sensors_up", "稼働していた観測点", "sensors watching"},
    {"top1_share", "最も多い発信元のパケットの割合", "share of the busiest source (packets)"},
    {"change_score", "二標本走査の統計量W", "two-sample scan, W"},
    {"change_ratio", "変化の前後の比", "ratio after to before"},
    {"sources_with", "うち他の宛先ポートにもアクセスした発信元",
     "of these, sources that also asked for others"},
    {"share", "割合", "share"},
    {"share_elsewhere", "その他の地域での割合", "share elsewhere"},
    {"odds_ratio_low", "オッズ比の99.9%下限", "odds ratio, 99.9% lower bound"},
    {"stratified_low", "地域で層別したオッズ比の99.9%下限",
     "odds ratio stratified by region, 99.9% lower bound"},
    {"jaccard", "Jaccard係数", "Jaccard index"},
    {"enrichment", "全体に対する倍率", "enrichment"},
    {"before", "それまでの水準", "level before"},
    {"networks", "異なるネットワーク(/16)", "distinct networks (/16)"},
    {"days", "観測した日数", "days seen"},
    {"packets", "その発信元のパケット", "packets of that source"},
    {"packets_before", "それまでのパケット", "packets before"},
    {"packets_without", "その発信元を除いたパケット", "packets without that source"},
    {"population", "推定される発信元数(下限)", "estimated sources (lower bound)"},
    {"overlap", "前月との重なり", "overlap with the previous month"},
    {"interval_90", "90%区間", "90% interval"},
    {"interval_95", "95%区間", "95% interval"},
    {"p", "p値", "p"},
    {"q", "q値(Benjamini–Hochberg)", "q (Benjamini–Hochberg)"},
    {"returning_share", "前月にもいた発信元", "sources of the previous month too"},
    {"asked", "この宛先ポートの発信元全体", "all sources of the service"},
    {"days_before", "それまでに観測した日数", "days observed before"},
    {"have", "観測したもの", "observed"},
    {"need", "必要なもの", "needed"},
});

constexpr auto kUnits = std::to_array<Name>({
    {"per sensor-day", "1観測点・1日あたり", "per sensor and day"},
    {"ratio", "倍", "×"},
    {"ratio − 1", "", ""},
    {"share", "", ""},
    {"sources/day", "発信元/日", "sources/day"},
    {"sources", "発信元", "sources"},
    {"packets", "パケット", "packets"},
    {"packets/day", "パケット/日", "packets/day"},
    {"sensors", "観測点", "sensors"},
    {"networks", "ネットワーク", "networks"},
    {"days", "日", "days"},
    {"changes", "回", ""},
    {"services", "宛先ポート", "services"},
    {"accesses", "件", "accesses"},
    {"source_days", "延べ発信元", "source-days"},
    {"organisations", "組織", ""},
    {"cells", "項目", "cells"},
    {"W", "", ""},
});

std::string_view find(const auto& names, std::string_view key, Language language) {
  for (const Name& name : names) {
    if (name.key == key) return language == Language::ja ? name.ja : name.en;
  }
  return key;
}

/// What stands behind the point of a number's name: a region, or a pair of services.
std::string detail_name(std::string_view detail, Language language) {
  const std::size_t pair = detail.find('~');
  if (pair != std::string_view::npos) {
    return fmt::format("{}–{}", display_of(detail.substr(0, pair)),
                       display_of(detail.substr(pair + 1)));
  }
  if (detail.find('/') != std::string_view::npos) return display_of(detail);
  return region_name(detail, language);
}

}  // namespace

bool is_continuing(const Surge& surge, std::chrono::year_month month) {
  return surge.open && surge.shape != SurgeShape::temporary &&
         (surge.change ? surge.change->day : surge.first) < Day{month / 1};
}

std::string format_daily(double value) {
  return value < 0.05 ? "0" : format_rate(value);
}

std::string format_peak(double value) {
  const double whole = std::round(value);
  return std::abs(value - whole) < 1e-9 ? format_count(static_cast<std::uint64_t>(whole))
                                        : format_rate(value);
}

bool is_second_half(Day day) {
  return static_cast<unsigned>(day.day()) >= 16;
}

std::string display_of(std::string_view service) {
  const auto parsed = Service::parse(service);
  return parsed ? parsed->display() : std::string(service);
}

std::string displays_of(std::string_view services, std::string_view between) {
  std::string list;
  while (!services.empty()) {
    const std::size_t comma = std::min(services.find(','), services.size());
    list += (list.empty() ? "" : std::string(between)) + display_of(services.substr(0, comma));
    services.remove_prefix(std::min(comma + 1, services.size()));
  }
  return list;
}

std::string evidence_name(std::string_view name, Language language) {
  const std::size_t point = name.find('.');
  std::string word(find(kNumbers, name.substr(0, point), language));
  if (point == std::string_view::npos) return word;
  const std::string detail = detail_name(name.substr(point + 1), language);
  return language == Language::ja ? fmt::format("{}({})", word, detail)
                                  : fmt::format("{} ({})", word, detail);
}

std::string format_about(double value) {
  double step = 1;
  while (value >= 1000 * step)
    step *= 10;
  return format_decimal(round_half_up(value / step, 0) * step, 0);
}

std::string evidence_unit(std::string_view unit, Language language) {
  return std::string(find(kUnits, unit, language));
}

std::string evidence_value(double value, std::string_view unit) {
  if (unit == "p" && value <= 0) return "<1e-300";
  if (unit == "p")
    return value < 0.0001 ? fmt::format("{:.1e}", value) : fmt::format("{:.4f}", value);
  if (unit == "share") return format_share(value);
  if (unit == "ratio − 1") return format_change(value);
  if (unit == "ratio" || unit == "W") return format_decimal(value, 2);
  if (unit == "per sensor-day" || unit.ends_with("/day")) {
    return value >= 0.1 ? format_decimal(value, 1) : format_decimal(value, 3);
  }
  return format_decimal(value, std::trunc(value) == value ? 0 : 1);
}

}  // namespace teiten
