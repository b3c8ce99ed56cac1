#include <algorithm>

#include <fmt/format.h>

#include "report/facts.h"
#include "report/numbers.h"
#include "report/publish.h"
#include "report/text_ja.h"

namespace teiten {
namespace {

std::string sources_word(const ReportData& data) {
  return data.convention == Convention::talot2 ? "延べ発信元数" : "発信元数";
}

std::string measure_note(Measure measure, FigureSpan span) {
  switch (measure) {
    case Measure::packets:
      return "アクセス数はパケット1個を1件と数えた値(再送を含む)。";
    case Measure::accesses:
      return "アクセス数は接続の試み1回を1件と数えた値(再送は1件にまとめる)。";
    case Measure::source_days:
      return "延べ発信元数は、発信元・日・観測点・宛先ポート種類の組をそれぞれ1と数えた値。";
    case Measure::sources:
      return fmt::format("発信元数は異なるIPアドレスの数で、項目ごとに{}1回だけ数える。",
                         span == FigureSpan::days ? "1日" : "");
    case Measure::sensors:
      break;
  }
  return "";
}

std::string part_list(const ReportText& text, const Breakdown& shares, Dimension dimension) {
  std::string list;
  for (std::size_t i = 0; i < std::min(kNamedParts, shares.parts.size()); ++i) {
    const PartTotal& part = shares.parts[i];
    const std::string name =
        dimension == Dimension::service ? text.service(part.key) : text.region(part.key);
    if (!list.empty()) list += "、";
    list += fmt::format("{}({})", name, format_share(share_of(part.count, shares.total())));
  }
  return list;
}

bool only_unknown_regions(const Breakdown& shares) {
  return shares.parts.size() == 1 && !shares.has_other() && shares.parts[0].key == "ZZ";
}

/// "7月3日、7月5日～7月9日".
std::string day_runs(const ReportText& text, const std::vector<DayRun>& runs) {
  std::string list;
  for (const DayRun& run : runs) {
    if (!list.empty()) list += "、";
    list += text.day(run.first);
    if (run.first != run.last) list += "～" + text.day(run.last);
  }
  return list;
}

std::string kind_name(std::string_view kind) {
  if (kind == "backscatter") return "跳ね返り(backscatter)";
  if (kind == "reflection") return "反射応答(reflection)";
  return std::string(kind);
}

}  // namespace

std::string JapaneseText::figure_title(const ReportData& data, std::string_view id,
                                       std::string_view service_id) const {
  const std::string now = month(data.month);
  const std::string sources = sources_word(data);
  const std::string half_year = months(data);
  if (id == "1.1")
    return fmt::format("1観測点・1日あたりの一方的なアクセス数と{}({})", sources, half_year);
  if (id.starts_with("2.1."))
    return fmt::format("{}の{}への発信元地域別アクセス数の推移", now, service(service_id));
  if (id == "2.2.1") return fmt::format("{}の一方的なアクセスの推移(アクセス数)", now);
  if (id == "2.2.2") return fmt::format("{}の一方的なアクセスの推移({})", now, sources);
  if (id == "2.3.1") return fmt::format("{}の宛先ポート種類別アクセス数の比率", now);
  if (id == "2.3.2") return fmt::format("{}の宛先ポート種類別{}の比率", now, sources);
  if (id == "2.4.1") return fmt::format("{}の発信元地域別アクセス数の推移", now);
  if (id == "2.4.2") return fmt::format("{}の発信元地域別アクセス数の比率", now);
  if (id == "2.4.3") return fmt::format("{}の発信元地域別{}の推移", now, sources);
  if (id == "2.4.4") return fmt::format("{}の発信元地域別{}の比率", now, sources);
  if (id == "3.1.1") return fmt::format("{}の宛先ポート種類別アクセス数の比率", half_year);
  if (id == "3.1.2") return fmt::format("{}の宛先ポート種類別{}の比率", half_year, sources);
  if (id == "3.2.1") return fmt::format("{}の発信元地域別アクセス数の比率", half_year);
  return fmt::format("{}の発信元地域別{}の比率", half_year, sources);
}

std::string JapaneseText::largest_parts(const ReportData& data, Dimension dimension) const {
  const Breakdown& shares = cuts(data, dimension).volume.shares;
  if (shares.total() == 0 || shares.parts.empty()) return "";
  const bool one = shares.parts.size() == 1 && !shares.has_other();
  const std::string_view among = data.is_public() ? "公表の基準を満たすもののうち、" : "";
  if (dimension == Dimension::service) {
    if (one) return fmt::format("アクセスは、すべて{}へのものです。", service(shares.parts[0].key));
    return fmt::format("{}アクセス数の多かった宛先ポート種類は、{}の順です。", among,
                       part_list(*this, shares, dimension));
  }
  if (only_unknown_regions(shares))
    return "発信元の地域は、すべて不明です(地域を判定するデータベースに該当する発信元がありません)"
           "。";
  if (one) return fmt::format("アクセスは、すべて{}からのものです。", region(shares.parts[0].key));
  return fmt::format("{}アクセス数の多かった発信元地域は、{}の順です。", among,
                     part_list(*this, shares, dimension));
}

std::string JapaneseText::one_source_parts(const ReportData& data, Dimension dimension) const {
  std::string items;
  for (const RankedPart& part : teiten::one_source_parts(data, dimension)) {
    if (!items.empty()) items += "、";
    items += fmt::format("{}の{}",
                         dimension == Dimension::service ? service(part.key) + "へのアクセス"
                                                         : region(part.key) + "からのアクセス",
                         format_share(share_of(part.busiest_source.value_or(0), part.count)));
  }
  if (items.empty()) return "";
  return fmt::format("ただし、{}は、1つの発信元によるものです。", items);
}

std::string JapaneseText::kinds(const ReportData& data) const {
  std::string text;
  const Measure volume = data.volume_measure();
  const std::uint64_t excluded = data.excluded.of(volume);
  if (excluded > 0) {
    std::string names;
    for (const KindCount& kind : data.kinds) {
      if (kind.kind != "backscatter" && kind.kind != "reflection") continue;
      if (!names.empty()) names += "と";
      names += kind_name(kind.kind);
    }
    text += fmt::format(
        "総数のうち{}件({})は{}です。宛先ポートに当たるものが相手側のポートになるため、"
        "宛先ポート種類別の図表から除いています。",
        format_count(excluded), format_share(share_of(excluded, whole_of(data, volume))), names);
  }
  const double unknown = unknown_kind_share(data);
  if (unknown > 0) {
    text += fmt::format(
        "パケットの{}は、TCPフラグなどの記録がなく、探索か跳ね返りかなどの種別を判定できません。"
        "これらは、記録にある宛先ポートへのアクセスとして数えています。",
        format_share(unknown));
  }
  return text;
}

std::string JapaneseText::figures_intro(const ReportData& data, std::string_view section) const {
  const std::string now = month(data.month);
  const std::string sources = sources_word(data);
  if (section == "2.2") {
    return fmt::format(
        "{}の一方的なアクセスの日別の推移を、アクセス数は図2.2.1、{}は図2.2.2に示します。", now,
        sources);
  }
  if (section == "2.3") {
    return fmt::format("{}の宛先ポート種類別の比率を、アクセス数は図2.3.1、{}は図2.3.2に示します。",
                       now, sources);
  }
  if (section == "2.4") {
    return fmt::format(
        "{}の発信元地域別のアクセス数の推移を図2.4.1、比率を図2.4.2に、{}の推移を図2.4."
        "3、比率を図2.4.4に"
        "示します。",
        now, sources);
  }
  const bool services = section == "3.1";
  return fmt::format("{}の{}の比率を、アクセス数は図{}.1、{}は図{}.2に示します。", months(data),
                     services ? "宛先ポート種類別" : "発信元地域別", section, sources, section);
}

std::string JapaneseText::ranking_intro(const ReportData& data) const {
  if (!data.before().observed()) {
    return fmt::format("前月({})は観測データがないため、前月の順位と増減はありません。",
                       month(data.before().month));
  }
  const bool observed = data.comparison_denominator() == Denominator::observed;
  return fmt::format("{}と前月({})のアクセス数を、1観測点・1日あたりの値で比べます({})。",
                     month(data.month), month(data.before().month),
                     observed ? "観測できた時間で割った値" : "観測点数×暦日数で割った値");
}

std::string JapaneseText::coverage_intro(const ReportData& data) const {
  if (!data.now().observed())
    return fmt::format("{}に稼働していた観測点はありません。", month(data.month));
  const Exposure& exposure = data.now().exposure;
  return fmt::format("{}は、{}×{}日={}観測点・日のうち{}観測点・日({})を観測しました。",
                     month(data.month), sensors(exposure.sensors), data.numbers.days.size(),
                     format_decimal(exposure.nominal_sensor_days, 0),
                     format_decimal(exposure.observed_sensor_days, 1),
                     format_share(data.now().completeness()));
}

std::string JapaneseText::saturated(const SaturatedSensor& sensor) const {
  const std::string first = day(day_from_number(sensor.days.front()));
  const std::string last = day(day_from_number(sensor.days.back()));
  return fmt::format("{}:{}は、1日{}パケットの上限に張り付いた飽和日とみられます(数は下限値)",
                     sensor.sensor,
                     sensor.days.size() == 1
                         ? first
                         : fmt::format("{}から{}までのうち{}日間", first, last, sensor.days.size()),
                     format_count(sensor.ceiling));
}

std::string JapaneseText::coverage_gap(const ReportData& data, std::string_view sensor,
                                       TimeRange gap) const {
  const double hours = std::chrono::duration<double, std::ratio<3600>>(gap.to - gap.from).count();
  return fmt::format("{}:{}から{}まで{}時間(無通信からの推定)", sensor, data.zone.format(gap.from),
                     data.zone.format(gap.to), format_decimal(hours, 1));
}

std::string JapaneseText::databases_intro(const ReportData& data) const {
  return fmt::format("{}の発信元地域は、次のデータベースまたは記録によります。", months(data));
}

std::string JapaneseText::rate_note(const ReportData& data) const {
  std::string note = measure_note(data.volume_measure(), FigureSpan::six_months);
  note += data.convention == Convention::attempts
              ? "発信元数は、1観測点に1日に届いたアクセスの異なるIPアドレスの数。"
              : measure_note(Measure::source_days, FigureSpan::six_months);
  note += data.comparison_denominator() == Denominator::observed ? "観測できた時間で割った値。"
                                                                 : "観測点数×暦日数で割った値。";
  if (has_interval(data)) note += "縦線は観測点間のばらつきによる95%区間。";
  return note;
}

std::string JapaneseText::part_note(const ReportData& data, Dimension dimension, Measure measure,
                                    FigureSpan span) const {
  std::string note = measure_note(measure, span);
  const std::uint64_t excluded = excluded_of(data, measure, span == FigureSpan::six_months);
  if (dimension == Dimension::service && excluded > 0) {
    const bool volume = measure == Measure::packets || measure == Measure::accesses;
    note += fmt::format("跳ね返りと反射応答({}{}{})は除く。",
                        measure == Measure::source_days ? "延べ" : "", format_count(excluded),
                        volume ? "件" : "");
  }
  if (data.is_public()) {
    note +=
        dimension == Dimension::service
            ? "「その他」は、公表の基準により示さない宛先ポート種類と、跳ね返りと反射応答を含む。"
            : "「その他」は、公表の基準により示さない地域を含む。";
  }
  return note;
}

std::string JapaneseText::missing_days(const ReportData& data) const {
  std::string text;
  if (const auto runs = missing_day_runs(data); !runs.empty())
    text += fmt::format("観測データのない日(欠測):{}。", day_runs(*this, runs));
  if (const auto runs = partial_day_runs(data); !runs.empty())
    text += fmt::format("観測率が90%に満たない日:{}。", day_runs(*this, runs));
  if (const auto runs = withheld_day_runs(data); !runs.empty())
    text += fmt::format("数値を公表しない日:{}。", day_runs(*this, runs));
  return text;
}

std::string JapaneseText::missing_months(const ReportData& data) const {
  std::string missing;
  for (const MonthRun& run : missing_month_runs(data)) {
    if (!missing.empty()) missing += "、";
    missing += month(run.first);
    if (run.first != run.last) missing += "～" + month(run.last);
  }
  std::string partial;
  for (const MonthNumbers& each : data.numbers.months) {
    if (!data.is_partial(each)) continue;
    partial += fmt::format("{}{}({})", partial.empty() ? "" : "、", month(each.month),
                           format_share(each.completeness()));
  }
  std::string text;
  if (!missing.empty()) text += fmt::format("観測データのない月(欠測):{}。", missing);
  if (!partial.empty()) text += fmt::format("一部だけ観測した月(観測率):{}。", partial);
  return text;
}

namespace {

/// What is left out of what was found.
std::string withheld_findings_rule(const WithheldFindings& findings) {
  std::string parts;
  const auto add = [&parts](std::uint64_t at_most, std::string_view what) {
    if (at_most == 0) return;
    parts += fmt::format("{}{}{}件", parts.empty() ? "" : "、", what, format_count(at_most));
  };
  add(findings.surges, "発信元の増加");
  add(findings.new_services, "初めて観測された宛先ポート");
  add(findings.one_source, "1つの発信元による増加");
  add(findings.co_targetings, "増加した発信元のうちの集まり");
  add(findings.families, "同じ発信元がアクセスする宛先ポートの組み合わせ");
  add(findings.cannot_tell, "判断できないことについての文");
  if (parts.empty()) return "2の文章から除いたものはありません。";
  return fmt::format(
      "2の文章からは、名称を示せない宛先ポート、少数の発信元、または個々の観測点についてのものを"
      "除いています(それぞれ多くとも、{})。",
      parts);
}

}  // namespace

std::vector<std::string> JapaneseText::public_rules(const ReportData& data) const {
  const PublicNotes notes = data.published.value_or(PublicNotes());
  std::vector<std::string> rules = {
      fmt::format(
          "件数は、{}以上の異なる発信元を含み、1つの発信元がその{}%を超えないものだけを示します。"
          "宛先ポート種類と発信元地域の名称は、当月に{}以上の発信元から{}以上の観測点に届いたもの"
          "だけを示します。",
          kLeastCellSources, kLargestSourcePercent, kLeastPartSources, kLeastPartSensors),
      fmt::format(
          "これを満たさなかった宛先ポート種類(多くとも{}種類)と発信元地域(多くとも{}地域)は、"
          "「その他」にまとめました。「その他」も同じ基準を満たすように、必要なら基準を満たす項目"
          "も加えています。引き算で分かることのないようにするためです。",
          format_count(notes.services_withheld), format_count(notes.regions_withheld)),
      "跳ね返りと反射応答は攻撃を受けた第三者についてのものなので、宛先ポート種類としては示さず、"
      "「その他」に含めています。"};
  std::string daily =
      "日別の推移に名称を示すのは、数値を示すすべての日で基準を満たすものだけで、ほかは「その他」"
      "に含めています";
  daily += fmt::format("(月の値だけを示したもの:宛先ポート種類{}、発信元地域{}。",
                       notes.services_by_month, notes.regions_by_month);
  rules.push_back(daily +
                  fmt::format("項目と日の組では{}件分)。", format_count(notes.cells_withheld)));
  rules.emplace_back(
      "6か月間の比率に名称を示すのは、観測データのあるどの月にも示せるものだけです。");
  if (const auto runs = withheld_day_runs(data); !runs.empty()) {
    rules.push_back(
        fmt::format("{}は、1日の合計が基準を満たさないため、日別の推移にも、合計、割合、"
                    "1観測点・1日あたりの値にも、すべて含めていません。1日あたりの値は、残りの{}"
                    "日についてのものです。",
                    day_runs(*this, runs), counted_days(data)));
  }
  if (const std::size_t earlier = earlier_days_withheld(data); earlier > 0) {
    rules.push_back(
        fmt::format("前月までの5か月のうち{}日の分は、1日の合計が基準を満たさないため、どの値にも"
                    "含めていません。",
                    earlier));
  }
  for (const auto each : notes.months) {
    rules.push_back(fmt::format(
        "{}は、合計が基準を満たさないため、観測データのない月として扱っています。", month(each)));
  }
  rules.emplace_back(
      "件数は、100未満は5の倍数に、100以上は有効数字3桁に丸めています。割合と1観測点・1日あたりの値"
      "は丸めた件数から求めているため、内訳の和は合計と一致しないことがあります。");
  rules.push_back(withheld_findings_rule(notes.findings));
  rules.emplace_back(
      "発信元のIPアドレス、観測点の名称と観測点ごとの数値、宛先ポート種類と発信元地域を組み合わせた"
      "件数、アクセスの少ない宛先ポートが初めて観測された日、既知の調査用スキャナーの件数、"
      "組み合わせの前月との比較、数値を再現するコマンドは含みません。");
  rules.push_back(fmt::format("公表は、対象の月が終わってから{}日以上たった後とします。",
                              kPublicationDelay.count()));
  return rules;
}

std::string JapaneseText::interval_note(const std::optional<Interval>& interval) const {
  if (!interval) return "";
  return fmt::format("95%区間 {}～{}", format_rate(interval->low), format_rate(interval->high));
}

std::string JapaneseText::sensor_days_note(const ReportData& data) const {
  return fmt::format("観測率{}", format_share(data.now().completeness()));
}

}  // namespace teiten
