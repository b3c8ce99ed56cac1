#include "report/finding_text_ja.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "analyze/heavy_sources.h"
#include "net/service.h"
#include "report/countries.h"
#include "report/facts.h"
#include "report/finding_words.h"
#include "report/numbers.h"

namespace teiten {
namespace {

std::string month_only(std::chrono::year_month month) {
  return fmt::format("{}月", static_cast<unsigned>(month.month()));
}

std::string month_name(std::chrono::year_month month) {
  return fmt::format("{}年{}", static_cast<int>(month.year()), month_only(month));
}

std::string day_name(Day day) {
  return fmt::format("{}月{}日", static_cast<unsigned>(day.month()),
                     static_cast<unsigned>(day.day()));
}

std::string full_date(Day day) {
  return fmt::format("{}年{}", static_cast<int>(day.year()), day_name(day));
}

std::string region(const Region& code) {
  return region_name(code.to_string(), Language::ja);
}

/// "中国と日本", "中国、韓国、香港".
std::string joined(const std::vector<std::string>& items) {
  if (items.size() == 2) return fmt::format("{}と{}", items[0], items[1]);
  return fmt::format("{}", fmt::join(items, "、"));
}

std::string regions(std::span<const Region> codes) {
  std::vector<std::string> names;
  for (const Region& code : codes)
    names.push_back(region(code));
  return joined(names);
}

std::string services(std::span<const Service> list) {
  std::vector<std::string> names;
  for (const Service& each : list)
    names.push_back(each.display());
  return fmt::format("{}", fmt::join(names, "、"));
}

/// "1433(TCP)「Microsoft SQL Server」".
std::string named(const FindingContext& context, std::string_view id) {
  const std::string product = context.phrases(id).product;
  const std::string service = display_of(id);
  return product.empty() ? service : fmt::format("{}「{}」", service, product);
}

bool counts_sources(CountKind kind) {
  return kind == CountKind::source_days || kind == CountKind::daily_sources;
}

std::string count_name(CountKind kind) {
  if (kind == CountKind::source_days) return "延べ発信元数";
  return kind == CountKind::daily_sources ? "発信元数" : "アクセス数";
}

std::string rate_text(CountKind kind, double rate) {
  return format_rate(rate) + (counts_sources(kind) ? "" : "件");
}

std::string p_text(double p) {
  return p < 0.0001 ? "p<0.0001" : fmt::format("p={:.4f}", p);
}

/// "1観測点・1日あたり913件、6月は938件。前月比−2.7%、90%区間−4.1%～−1.2%".
std::string level_numbers(const FindingContext& context, const OverallStatement& statement) {
  const TrendStatement& level = statement.level;
  const std::string now = rate_text(statement.kind, level.value);
  if (level.previous <= 0) return fmt::format("1観測点・1日あたり{}", now);
  std::string text =
      fmt::format("1観測点・1日あたり{}、{}は{}。前月比{}", now,
                  month_only(context.month - std::chrono::months(1)),
                  rate_text(statement.kind, level.previous), format_change(level.ratio - 1));
  if (level.interval && std::isfinite(level.interval->high)) {
    text += fmt::format(
        "、観測点ごとの変化の{}%区間{}～{}", level.word == TrendWord::steady ? 90 : 95,
        format_change(level.interval->low - 1), format_change(level.interval->high - 1));
  }
  return text;
}

/// The level without the sources that make its difference.
std::string level_without(const FindingContext& context, const OverallStatement& statement) {
  const LevelWithout& without = *statement.without;
  std::string text = fmt::format(
      "1か月の{}の{:.0f}%以上を単独で占める発信元{}を除くと、1観測点・1日あたり{}",
      count_name(statement.kind), kHeavyShare * 100,
      without.sources == 1 ? std::string("(1つ)") : fmt::format("({}個)", without.sources),
      rate_text(statement.kind, without.value));
  if (without.previous > 0) {
    text += fmt::format("、{}は{}で、前月比{}", month_only(context.month - std::chrono::months(1)),
                        rate_text(statement.kind, without.previous),
                        format_change(without.value / without.previous - 1));
  }
  return text + "です。";
}

std::string cannot_tell_why(std::string_view reason) {
  if (reason == kFewSources) return "差がごく少数の発信元によるものであるため";
  if (reason == "few_sensors") return "観測点が少ないため";
  if (reason == "missing_months")
    return "観測データのない月、または一部しか観測していない月があるため";
  if (reason == "no_previous_month") return "前月の観測データがないため";
  if (reason == "small_change") return "差が10%に満たないため";
  if (reason == kUnconfirmed) return "当月だけではまだ確かでないため";
  return "観測点間や日々のばらつきを超える差が認められないため";
}

/// "7月の後半(7月16日)から", "7月9日から7月12日にかけて".
std::string when(const FindingContext& context, const Surge& surge) {
  const bool since = surge.shape == SurgeShape::since_change && surge.change;
  const Day first = since ? surge.change->day : surge.first;
  if (!surge.open || surge.shape == SurgeShape::temporary) {
    if (first == surge.last) return day_name(first) + "に";
    return fmt::format("{}から{}にかけて", day_name(first), day_name(surge.last));
  }
  if (since && is_second_half(first))
    return fmt::format("{}の後半({})から", month_only(context.month), day_name(first));
  return day_name(first) + "から";
}

std::string_view rose(SurgeShape shape) {
  if (shape == SurgeShape::sharp) return "急増しました";
  return shape == SurgeShape::temporary ? "一時的に増加しました" : "増加しました";
}

/// "50.7%"; in a public report, which rounds it, "51%".
std::string share(const FindingContext& context, double fraction) {
  return context.published ? format_decimal(fraction * 100, 0) + "%" : format_share(fraction);
}

/// 10観測点のうち9観測点, 10観測点すべて.
std::string sensors_of(const Surge& surge) {
  if (surge.sensors == surge.sensors_up)
    return fmt::format("{}観測点すべて", format_count(surge.sensors_up));
  return fmt::format("{}観測点のうち{}観測点", format_count(surge.sensors_up),
                     format_count(surge.sensors));
}

std::string surge_numbers(const FindingContext& context, const Surge& surge) {
  std::string text = "1日あたりの発信元数は、";
  if (context.published && surge.baseline <= 0) {
    text += fmt::format("それまで5未満でしたが、平均{}になりました", format_rate(surge.level));
  } else if (surge.baseline > 0) {
    text += fmt::format("それまでの{}から平均{}へ、{}倍になりました", format_rate(surge.baseline),
                        format_rate(surge.level), format_decimal(surge.ratio, 1));
  } else {
    text += fmt::format("それまで0でしたが、平均{}になりました", format_rate(surge.level));
  }
  return text +
         fmt::format("(最も多い{}は{})。", day_name(surge.peak_day), format_peak(surge.peak));
}

/// What the mean of all days hides.
std::string fading(const FindingContext& context, const Surge& surge) {
  if (!surge.is_falling_back()) return "";
  if (context.published) return "ただし、観測した最後の一週間は増加分の半分未満に下がっています。";
  return fmt::format("ただし、観測した最後の一週間は1日平均{}に下がっています。",
                     format_rate(surge.latest));
}

std::string surge_regions(const Surge& surge) {
  if (surge.regions.empty()) return "";
  std::vector<std::string> names;
  for (const Surge& each : surge.regions) {
    if (each.region == kUnknownRegion) continue;
    const std::string name = region_name(each.region, Language::ja);
    names.push_back(each.baseline >= kLeastRatioBaseline
                        ? fmt::format("{}({}倍)", name, format_decimal(each.ratio, 1))
                        : name);
  }
  if (names.empty()) return "";
  return fmt::format("発信元地域別に見ると、{}からの発信元が増えています。", joined(names));
}

}  // namespace

std::string JapaneseFindingText::level(const FindingContext& context,
                                       const OverallStatement& statement) const {
  const std::string numbers = level_numbers(context, statement);
  const std::string count = count_name(statement.kind);
  const std::string subject =
      counts_sources(statement.kind)
          ? count + "は"
          : fmt::format("{}の一方的なアクセスは", month_name(context.month));
  const std::string before = month_only(context.month - std::chrono::months(1));
  const TrendStatement& level = statement.level;
  switch (level.word) {
    case TrendWord::steady:
      if (counts_sources(statement.kind))
        return fmt::format("{}、{}とほぼ横ばいです({})。", subject, before, numbers);
      return fmt::format("{}、全体として{}とほぼ同じ水準で、定常化しています({})。", subject,
                         before, numbers);
    case TrendWord::more_than_before:
    case TrendWord::increase:
    case TrendWord::slow_increase:
      return fmt::format("{}、{}{}より増加しました({})。", subject,
                         counts_sources(statement.kind) ? "" : "全体として", before, numbers);
    case TrendWord::less_than_before:
    case TrendWord::decrease:
    case TrendWord::slow_decrease:
      return fmt::format("{}、{}{}より減少しました({})。", subject,
                         counts_sources(statement.kind) ? "" : "全体として", before, numbers);
    case TrendWord::up_and_down:
      return fmt::format("{}、月の中で増減を繰り返しました({})。", subject, numbers);
    case TrendWord::cannot_tell:
      break;
  }
  // Where too little was observed there is no rate to print.
  return fmt::format("{}が{}から増えたか減ったかは、{}、判断できません{}。{}", count, before,
                     cannot_tell_why(level.reason),
                     level.value > 0 ? fmt::format("({})", numbers) : "",
                     statement.without ? level_without(context, statement) : "");
}

std::string JapaneseFindingText::trend(const FindingContext& context,
                                       const OverallStatement& statement) const {
  const TrendStatement& trend = statement.trend;
  const std::string subject =
      fmt::format("{}～{}の1観測点・1日あたりの{}",
                  month_name(context.month - std::chrono::months(kTrendReach)),
                  month_name(context.month), count_name(statement.kind));
  const std::string numbers =
      fmt::format("1か月あたり{}、期間全体で{}、{}", format_change(trend.monthly_change),
                  format_change(trend.total_change), p_text(trend.p_value));
  switch (trend.word) {
    case TrendWord::steady:
      return fmt::format("{}は、ほぼ横ばいです({})。", subject, numbers);
    case TrendWord::slow_decrease:
      return fmt::format("{}は、緩やかな減少傾向にあります({})。", subject, numbers);
    case TrendWord::slow_increase:
      return fmt::format("{}は、緩やかな増加傾向にあります({})。", subject, numbers);
    case TrendWord::decrease:
    case TrendWord::less_than_before:
      return fmt::format("{}は、減少傾向にあります({})。", subject, numbers);
    case TrendWord::increase:
    case TrendWord::more_than_before:
      return fmt::format("{}は、増加傾向にあります({})。", subject, numbers);
    case TrendWord::up_and_down:
      return fmt::format(
          "{}は、増減を繰り返しています(前の月からの{}以上の増減が{}回続けて交互、{})。", subject,
          format_share(trend.least_swing), trend.swings, p_text(trend.p_value));
    case TrendWord::cannot_tell:
      break;
  }
  return fmt::format("{}の増減の傾向は、{}、判断できません。", subject,
                     cannot_tell_why(trend.reason));
}

std::string JapaneseFindingText::scanners(const FindingContext& context,
                                          const ScannerTotals& totals, CountKind volume) const {
  const bool packets = volume == CountKind::packets;
  const std::uint64_t with = packets ? totals.with.packets : totals.with.accesses;
  const std::uint64_t without = packets ? totals.without.packets : totals.without.accesses;
  return fmt::format(
      "{}の一方的なアクセス{}件のうち{}件({})は、調査のために探索していると公表している組織("
      "既知の調査"
      "スキャナー、{}組織)のネットワークからのものです。これを除くと、アクセスは{}"
      "件、発信元のIPアドレスは{}"
      "個(除かない場合は{}個)です。",
      month_name(context.month), format_count(with), format_count(with - without),
      format_share(share_of(with - without, with)), format_count(totals.organisations),
      format_count(without), format_count(totals.without.sources),
      format_count(totals.with.sources));
}

std::string JapaneseFindingText::surges(const FindingContext& context,
                                        std::span<const Surge> list) const {
  if (list.empty()) {
    return context.published
               ? "公表の基準を満たす宛先ポートでは、発信元の増加を確認できませんでした。"
               : "発信元の増加を確認できた宛先ポートはありませんでした。";
  }
  std::vector<std::string> names;
  for (const Surge& surge : list)
    names.push_back(named(context, surge.service));
  const bool continuing = std::any_of(list.begin(), list.end(), [&](const Surge& surge) {
    return is_continuing(surge, context.month);
  });
  std::string_view verb = list.size() == 1 ? rose(list[0].shape) : "それぞれ増加しました";
  if (continuing) verb = "それまでより多くなっています";
  return fmt::format("宛先ポート別に見ると、{}で、アクセスする発信元が{}。", joined(names), verb);
}

std::string JapaneseFindingText::surge(const FindingContext& context, const Surge& surge,
                                       std::string_view figure, bool same_time) const {
  if (!surge.dated) {
    return fmt::format(
        "当月、{}へアクセスする発信元が増加し、{}で観測しました。公表の基準により、増加した日と"
        "発信元の数は示しません。{}",
        named(context, surge.service), sensors_of(surge), surge_regions(surge));
  }
  const std::string_view verb =
      is_continuing(surge, context.month) ? "多い状態が続いています" : rose(surge.shape);
  std::string text = fmt::format("{}{}、{}へアクセスする発信元が{}{}。", same_time ? "同じく" : "",
                                 when(context, surge), named(context, surge.service), verb,
                                 figure.empty() ? "" : fmt::format("(図{})", figure));
  text += surge_numbers(context, surge) + fading(context, surge);
  text += fmt::format("この間の発信元は合わせて{}で、{}で観測しました。",
                      format_count(surge.sources), sensors_of(surge));
  if (surge.changed_later() && !context.published) {
    text += fmt::format("変化が最も大きかったのは{}で、それ以降は当月のそれまでの{}倍です。",
                        day_name(surge.change->day), format_rate(surge.change->ratio));
  }
  text += surge_regions(surge);
  if (surge.top1_share >= kDominantShare) {
    text += fmt::format("ただし、この間のパケットの{}は1つの発信元からのものです。",
                        context.published ? "半分以上" : format_share(surge.top1_share));
  }
  return text;
}

std::string JapaneseFindingText::known_aims(const FindingContext& context, std::string_view service,
                                            std::span<const KnownWeakness> list) const {
  const ServicePhrases phrases = context.phrases(service);
  std::string text;
  if (!phrases.hole.empty()) {
    text = fmt::format("{}へのアクセスには、{}を狙うものが知られています。", display_of(service),
                       phrases.hole);
  }
  std::vector<std::string> names;
  std::vector<std::string> near;
  for (const KnownWeakness& each : list) {
    names.push_back(fmt::format("{}({}公表)", each.id, full_date(each.published)));
    if (each.near_change) near.push_back(each.id);
  }
  if (!names.empty())
    text += fmt::format("関連する既知の脆弱性には、{}があります。", joined(names));
  if (!near.empty()) {
    text += fmt::format(
        "{}の公表は増加の前14日以内であり、増加のきっかけになった可能性があります"
        "(因果関係を確かめたものではありません)。",
        joined(near));
  }
  return text;
}

std::string JapaneseFindingText::co_targeting(const FindingContext& context,
                                              const CoTargeting& targeting,
                                              std::span<const KnownMalware> malware,
                                              const CoTargeting* other) const {
  const bool different = other != nullptr && are_different_groups(*other, targeting);
  std::string text = fmt::format(
      "{}から{}へアクセスした{}の発信元のうち、{}({})は、{}{}にもアクセスしていました",
      regions(targeting.regions), targeting.service.display(), format_count(targeting.sources),
      format_count(targeting.sources_with), share(context, targeting.share),
      services(targeting.with), targeting.with.size() > 1 ? "のいずれか" : "");
  if (!context.published) {
    text += fmt::format("(その他の地域の発信元では{})", format_share(targeting.share_elsewhere));
  }
  text += "。";
  if (!malware.empty()) {
    std::vector<std::string> names;
    for (const KnownMalware& each : malware)
      names.push_back(fmt::format("{}({})", each.name, services(each.services)));
    text += fmt::format(
        "同じ発信元がこれらの宛先ポートを組み合わせて探していることと、これらの宛先ポートで感染を広"
        "げる"
        "ものとして{}が知られていることから、感染したコンピュータからの感染活動と思われます。",
        joined(names));
  }
  if (different) {
    text += fmt::format(
        "{}の発信元とは、発信元地域も、合わせてアクセスする宛先ポートも異なることから、{}と思われ"
        "ます。",
        regions(other->regions), malware.empty() ? "異なる集団" : "異なる種類のボット");
  }
  return text;
}

std::string JapaneseFindingText::new_service(const FindingContext& context,
                                             const NewService& service) const {
  if (context.published) {
    return fmt::format(
        "当月、それまでほとんどアクセスのなかった{}へ、{}の発信元から{}観測点にアクセスがありまし"
        "た。最初に観測した日は公表しません。",
        named(context, service.service), format_count(service.sources),
        format_count(service.sensors));
  }
  const std::string period =
      service.first == service.last
          ? day_name(service.first) + "に"
          : fmt::format("{}から{}にかけて", day_name(service.first), day_name(service.last));
  return fmt::format(
      "{}、それまでの{}日間にほとんどアクセスのなかった{}へ、{}個の発信元(ネットワーク数{})から"
      "アクセスがありました。{}、合わせて{}観測点に届きました。",
      period, format_count(service.days_before), named(context, service.service),
      format_count(service.sources), format_count(service.networks),
      service.days == 1 ? std::string("アクセスがあったのは1日だけで")
                        : fmt::format("アクセスがあったのは{}日で", format_count(service.days)),
      format_count(service.sensors));
}

std::string JapaneseFindingText::one_source(const FindingContext& context,
                                            const OneSourceRise& rise) const {
  if (context.published) {
    const std::string part =
        rise.top1_share >= 1 ? "70%を超える部分" : "およそ" + share(context, rise.top1_share);
    return fmt::format(
        "当月の一時期、{}へのパケットが増えましたが、その{}は1つの発信元からのもので、広い範囲から"
        "の増加ではありません。",
        named(context, rise.service), part);
  }
  const std::string period =
      rise.first == rise.last
          ? day_name(rise.first) + "に"
          : fmt::format("{}から{}にかけて", day_name(rise.first), day_name(rise.last));
  const std::string from =
      rise.region.empty() || rise.region == kUnknownRegion
          ? std::string("1つの発信元")
          : fmt::format("{}の1つの発信元", region_name(rise.region, Language::ja));
  return fmt::format(
      "{}、{}へのパケットが増えましたが、その{}({}個)は{}からの{}。この発信元を除くと1日あたり{}"
      "個で、それまでは{}個でした。",
      period, named(context, rise.service), format_share(rise.top1_share),
      format_count(rise.packets), from,
      rise.others_rose() ? "ものです" : "もので、広い範囲からの増加ではありません",
      format_daily(rise.packets_without), format_daily(rise.packets_before));
}

std::string JapaneseFindingText::family(const FindingContext& context, const Family& family,
                                        std::span<const std::string> risen,
                                        const Family* other) const {
  std::string text = fmt::format(
      "{}は、同じ発信元が組み合わせてアクセスする宛先ポートです(主にこれらへアクセスした発信元{})"
      "。",
      services(family.services), format_count(family.sources));
  double named = 0;
  std::vector<std::string> names;
  for (const RegionShare& each : family.regions) {
    if (std::find(family.main_regions.begin(), family.main_regions.end(), each.region) ==
        family.main_regions.end())
      continue;
    names.push_back(fmt::format("{}({})", region(each.region), share(context, each.share)));
    named += each.share;
  }
  // Regions that stand out need not hold most of the sources.
  if (named >= kMainShare) text += fmt::format("発信元は主に{}です。", joined(names));
  if (!risen.empty()) {
    std::vector<std::string> shown;
    for (const std::string& id : risen)
      shown.push_back(display_of(id));
    text += shown.size() == family.services.size()
                ? std::string("いずれも、当月増加した宛先ポートです。")
                : fmt::format("このうち{}は、当月増加した宛先ポートです。", joined(shown));
  }
  if (other != nullptr && are_different_groups(*other, family)) {
    text += fmt::format("{}の発信元とは、発信元地域も宛先ポートの組み合わせも異なります。",
                        services(other->services));
  }
  if (family.population) {
    text += fmt::format(
        "発信元が宛先を無作為に選んでいるとすれば、観測点に届かなかったものも含め、発信元は少なくと"
        "もおよそ{}(95%区間{}～{})と推定されます。",
        format_about(family.population->estimate), format_about(family.population->low),
        format_about(family.population->high));
  }
  switch (family.continuity) {
    case Family::Continuity::same:
      return text + "前月にも同じ組み合わせが見られました。";
    case Family::Continuity::partly:
      return text + "前月に見られた組み合わせと、一部が共通しています。";
    case Family::Continuity::fresh:
      return text + "前月には見られなかった組み合わせです。";
    case Family::Continuity::unknown:
      break;
  }
  return text;
}

std::string JapaneseFindingText::cannot_tell(const FindingContext& context,
                                             const CannotTell& said) const {
  switch (said.reason) {
    case CannotTellReason::one_sensor:
      return "観測点が1か所だけのため、観測した増減が広い範囲で起きたものか、この観測点だけのものか"
             "は"
             "判断できません。";
    case CannotTellReason::few_days:
      return fmt::format("{}、月の中での増減は判断できません({}日以上が必要です)。",
                         said.have == 0
                             ? std::string("当月に観測した日はなく")
                             : fmt::format("当月に観測したのは{}日間だけのため", said.have),
                         said.need);
    case CannotTellReason::short_history:
      return fmt::format(
          "それまでの観測が{}ため、宛先ポートごとの増加は判断できません"
          "(比べる期間として{}日以上が必要です)。",
          said.have == 0 ? std::string("ない") : fmt::format("{}日分しかない", said.have),
          said.need);
    case CannotTellReason::no_regions:
      return "発信元の地域がすべて不明なため、どこからのアクセスかは示せません。";
    case CannotTellReason::no_services:
      return "当月、宛先ポート種類別に見ることのできるアクセスはありませんでした。";
    case CannotTellReason::saturated_sensor:
      if (context.published) {
        return "アクセス数が上限に張り付いたとみられる日のある観測点については、その日を増減の判断"
               "から除き"
               "ました。";
      }
      return fmt::format(
          "観測点{}のアクセス数が上限に張り付いたとみられる日({}日)は、増減の判断から除きまし"
          "た。",
          said.subject, said.have);
    case CannotTellReason::one_sensor_rise:
      return fmt::format(
          "{}から{}にかけて{}へアクセスする発信元が増えましたが、延べ発信元数{}のうち{}を1つの観測"
          "点({})が占めるため、広い範囲での増加かどうかは判断できません。",
          day_name(said.first), day_name(said.last), named(context, said.subject),
          format_count(said.need), format_count(said.have), said.sensor);
    case CannotTellReason::changed_sensors:
      return fmt::format(
          "{}{}"
          "へアクセスする発信元が増えたように見えますが、以前から観測している観測点だけでは確認で"
          "きないため、増加したかどうかは判断できません。観測点の追加・変更・停止の影響が考えられま"
          "す。",
          displays_of(said.subject, "、"),
          said.have > kMaxSubjects ? fmt::format("など{}種類の宛先ポート", said.have) : "");
    case CannotTellReason::cell_limit:
      break;
  }
  return "宛先ポートの種類が多く、一部については増加を調べていません。";
}

std::string JapaneseFindingText::number_name(std::string_view name) const {
  return evidence_name(name, Language::ja);
}

std::string JapaneseFindingText::unit_name(std::string_view unit) const {
  return evidence_unit(unit, Language::ja);
}

}  // namespace teiten
