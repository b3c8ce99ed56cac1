#include "report/text_ja.h"

#include <algorithm>

#include <fmt/format.h>

#include "report/facts.h"
#include "report/numbers.h"
#include "report/text_words.h"

namespace teiten {
namespace {

std::string month_only(std::chrono::year_month month) {
  return fmt::format("{}月", static_cast<unsigned>(month.month()));
}

std::string sources_word(const ReportData& data) {
  return data.convention == Convention::talot2 ? "延べ発信元数" : "発信元数";
}

/// "延べ277の発信元" or "277の発信元".
std::string sources_phrase(const ReportData& data, double rate) {
  return fmt::format("{}{}の発信元", data.convention == Convention::talot2 ? "延べ" : "",
                     format_rate(rate));
}

/// "10観測点×31日=310観測点・日".
std::string denominator_phrase(const ReportData& data) {
  const MonthNumbers& now = data.now();
  if (data.denominator() == Denominator::observed) {
    return fmt::format("観測できた{}観測点・日",
                       format_decimal(now.exposure.observed_sensor_days, 1));
  }
  return fmt::format("{}観測点×{}日={}観測点・日", format_count(now.exposure.sensors),
                     counted_days(data), format_decimal(now.exposure.nominal_sensor_days, 0));
}

}  // namespace

std::span<const std::pair<std::string_view, std::string_view>> JapaneseText::words() const {
  return japanese_words();
}

std::string JapaneseText::month(std::chrono::year_month month) const {
  return fmt::format("{}年{}月", static_cast<int>(month.year()),
                     static_cast<unsigned>(month.month()));
}

std::string JapaneseText::day(Day day) const {
  return fmt::format("{}月{}日", static_cast<unsigned>(day.month()),
                     static_cast<unsigned>(day.day()));
}

std::string JapaneseText::months(const ReportData& data) const {
  return fmt::format("{}～{}", month(data.numbers.months.front().month), month(data.month));
}

std::string JapaneseText::sensors(std::uint64_t count) const {
  return format_count(count) + "観測点";
}

std::string JapaneseText::title(const ReportData& data) const {
  return fmt::format("インターネット定点観測レポート {}{}", month(data.month),
                     data.is_public() ? "(公表用)" : "");
}

std::string JapaneseText::subtitle(const ReportData& data) const {
  if (!data.now().observed()) return "観測のない月";
  const Day first = data.numbers.days.front().day;
  const Day last = data.numbers.days.back().day;
  return fmt::format("{}に{}で観測した一方的なアクセス({}～{}、{}){}", month(data.month),
                     sensors(data.now().exposure.sensors), day(first), day(last), data.zone.name(),
                     data.findings.without_scanners ? "。既知の調査スキャナーを除く" : "");
}

std::string JapaneseText::summary(const ReportData& data) const {
  const MonthNumbers& now = data.now();
  const std::string where =
      fmt::format("{}に{}へ届いた一方的なアクセス(観測点の側から求めていない通信{})",
                  month(data.month), sensors(now.exposure.sensors),
                  data.findings.without_scanners ? "。既知の調査スキャナーからのものを除く" : "");
  const std::uint64_t total = volume_of(data, now);
  if (!now.observed()) {
    return fmt::format(
        "{}に稼働していた観測点はなく、この月のアクセスについては何も判断できません。",
        month(data.month));
  }
  if (total == 0) return fmt::format("{}はありませんでした(0件)。", where);
  if (!volume_rate(data)) {
    return fmt::format(
        "{}は、合計{}件でした。観測できた時間が短いため、1観測点・1日あたりの値は示しません。",
        where, format_count(total));
  }
  const std::string per_source = fmt::format(
      "1つの発信元が1日に{}へ送ったアクセスは、平均{}件です。",
      data.convention == Convention::talot2 ? "同じ観測点の同じ宛先ポート" : "同じ観測点",
      format_decimal(volume_per_source(data).value_or(0), 1));
  return fmt::format(
      "{}は、合計{}件でした。1観測点・1日あたりにすると、{}から{}件のアクセスがあったことになります"
      "({}で割った値)。{}",
      where, format_count(total), sources_phrase(data, sources_rate(data).value_or(0)),
      format_rate(volume_rate(data).value_or(0)), denominator_phrase(data), per_source);
}

std::string JapaneseText::meaning(const ReportData& data) const {
  if (!data.now().observed()) return "";
  if (volume_of(data, data.now()) == 0)
    return data.findings.without_scanners
               ? "観測できた範囲では、既知の調査スキャナー以外からのアクセスは届きませんでした。"
               : "観測できた範囲では、一方的なアクセスは届きませんでした。";
  if (!tells_what_to_expect(data)) return "";
  const auto spread = sensor_spread(data);
  std::string expected =
      spread ? fmt::format(
                   "同じように一方的なアクセスが届いていると考えられます"
                   "(観測点により1日に{}件から{}件と、大きな差があります)",
                   format_rate(spread->least), format_rate(spread->most))
             : fmt::format("1日に{}件前後の一方的なアクセスが届いていると考えられます",
                           format_rate(volume_rate(data).value_or(0)));
  // How far sensors differ is not published; the mean alone would say that they do not.
  if (data.is_public()) {
    expected = "同じように一方的なアクセスが届いていると考えられます(その数は接続により異なります)";
  }
  return fmt::format(
      "観測点と同じような環境でインターネットに接続していれば、皆さんのコンピュータにも{}。"
      "ルーターやファイアウォールで不要な通信を遮断し、ソフトウェアを最新の状態に保つことが、"
      "基本的な備えになります。",
      expected);
}

std::string JapaneseText::not_persons(const ReportData& data) const {
  const MonthNumbers& now = data.now();
  if (!now.observed()) return "";
  const std::string all =
      fmt::format("{}全体では、{}個の異なるIPアドレスからアクセスがありました。",
                  month_only(data.month), format_count(now.sources));
  const std::string address =
      "1つのIPアドレスを複数の人が使うことも、1台のコンピュータのIPアドレスが変わることもあります"
      "。";
  if (data.convention == Convention::attempts) {
    return fmt::format(
        "発信元数はIPアドレスの数であり、人数ではありません。同じIPアドレスから同じ観測点へ1日に何"
        "度"
        "アクセスがあっても、1と数えています。{}{}",
        all, address);
  }
  const auto daily = now.rate(CountKind::daily_sources, data.denominator());
  const std::string per_day =
      daily ? fmt::format(
                  "宛先ポートを区別せずに数えると、1観測点・1日あたり{}個の異なるIPアドレスに"
                  "なります。",
                  format_rate(*daily))
            : "";
  return fmt::format(
      "延べ発信元数は人数ではありません。同じ発信元(IPアドレス)"
      "が同じ日に同じ観測点の同じ宛先ポートへ何度"
      "アクセスしても1と数え、日・観測点・宛先ポートのいずれかが違えば、それぞれ1と数えて合計した値"
      "です。{}{}{}",
      per_day, all, address);
}

std::string JapaneseText::partial_coverage(const ReportData& data) const {
  const MonthNumbers& now = data.now();
  const auto observed = now.rate(data.volume_kind(), Denominator::observed);
  std::string text = fmt::format("{}の観測率は{}でした({}観測点・日のうち{}観測点・日を観測)。",
                                 month_only(data.month), format_share(now.completeness()),
                                 format_decimal(now.exposure.nominal_sensor_days, 0),
                                 format_decimal(now.exposure.observed_sensor_days, 1));
  if (observed) {
    text += fmt::format("観測できた時間で割ると、1観測点・1日あたりのアクセスは{}件になります。",
                        format_rate(*observed));
  }
  return text;
}

std::string JapaneseText::six_months(const ReportData& data) const {
  std::string text =
      fmt::format("{}の各月について、1観測点・1日あたりの平均アクセス数と{}を図1.1に示します。",
                  months(data), sources_word(data));
  if (data.comparison_denominator() != data.denominator())
    text += "観測できなかった時間のある月があるため、図1.1は観測できた時間で割った値です。";
  return text;
}

std::string JapaneseText::extremes(const ReportData& data) const {
  const auto known = observed_months(data);
  if (known.size() < 2) {
    return fmt::format("{}のうち観測データがあるのは{}だけのため、月ごとの比較はできません。",
                       months(data),
                       month(known.empty() ? data.month : known.front().first->month));
  }
  const auto less = [](const auto& a, const auto& b) { return a.second < b.second; };
  const auto [least, most] = std::minmax_element(known.begin(), known.end(), less);
  const std::string begin =
      fmt::format("観測データがある{}か月の1観測点・1日あたりのアクセス数は、", known.size());
  if (format_rate(least->second) == format_rate(most->second))
    return fmt::format("{}どの月も{}件でした。", begin, format_rate(most->second));
  if (known.size() == 2) {
    return fmt::format("{}{}が{}件、{}が{}件で、{}の方が多くなっています。", begin,
                       month_only(known[0].first->month), format_rate(known[0].second),
                       month_only(known[1].first->month), format_rate(known[1].second),
                       month_only(most->first->month));
  }
  std::string sentence = fmt::format("{}最も多い{}が{}件、最も少ない{}が{}件", begin,
                                     month_only(most->first->month), format_rate(most->second),
                                     month_only(least->first->month), format_rate(least->second));
  const bool told = most->first == known.back().first || least->first == known.back().first;
  if (!told) {
    sentence += fmt::format("、{}が{}件", month_only(data.month), format_rate(known.back().second));
  }
  return sentence + "でした。";
}

std::string JapaneseText::comparison_note(const ReportData& data) const {
  if (data.denominator() == Denominator::observed || !data.now().observed()) return "";
  return "この節の1観測点・1日あたりの値は、観測できた時間で割った値です。そのため、観測点数×暦日数"
         "で割った"
         "1の値とは異なることがあります。";
}

}  // namespace teiten
