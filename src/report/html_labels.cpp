#include <array>

#include "report/html_parts.h"
#include "report/html_text.h"

namespace teiten::html {
namespace {

struct Word {
  std::string_view key;
  std::string_view ja;
  std::string_view en;
};

constexpr std::array kWords = {
    Word{"figure", "図", "Figure"},
    Word{"table", "表", "Table"},
    Word{"contents", "目次", "Contents"},
    Word{"skip_to_content", "本文へ移動", "Skip to content"},
    Word{"headline", "主な数字", "Key figures"},
    Word{"show_table", "数値を表で見る", "Show the data as a table"},
    Word{"chart_alternative", "同じ数値が下の表にあります。",
         "The table below has the same numbers."},
    Word{"unit", "単位", "Unit"},
    Word{"missing", "データなし", "No data"},
    Word{"other", "その他", "Other"},
    Word{"total", "合計", "Total"},
    Word{"day", "日", "Day"},
    Word{"month", "月", "Month"},
    Word{"item", "項目", "Item"},
    Word{"count", "件数", "Count"},
    Word{"share", "割合", "Share"},
    Word{"interval", "95%区間", "95% interval"},
    Word{"legend", "凡例(押すと表示を切り替えます)", "Legend (press to show or hide)"},
    Word{"download_csv", "CSVで保存", "Save as CSV"},
    Word{"evidence", "根拠を見る", "Show the evidence"},
    Word{"rule", "規則", "Rule"},
    Word{"rule_version", "規則集の版", "version of the rules"},
    Word{"query", "数値を再現するコマンド", "Command that gives the rows"},
    Word{"copy", "コピー", "Copy"},
    Word{"copied", "コピーしました", "Copied"},
    Word{"about", "この報告について", "About this report"},
    Word{"period", "対象期間", "Period"},
    Word{"time_zone", "時間帯", "Time zone"},
    Word{"convention", "数え方", "Counting convention"},
    Word{"generator", "作成", "Made by"},
    Word{"self_contained", "このファイルだけで読めます。通信は行いません。",
         "This file is complete in itself and makes no network requests."},
};

}  // namespace

const Json& member(const Json& object, std::string_view key) {
  static const Json null_value;
  if (!object.is_object()) return null_value;
  const auto found = object.find(key);
  return found == object.end() ? null_value : *found;
}

std::string_view text(const Json& object, std::string_view key) {
  const Json& value = member(object, key);
  if (!value.is_string()) return {};
  return value.get_ref<const std::string&>();
}

std::string Context::label(std::string_view key) const {
  return escape_html(text(labels, key));
}

Json complete_labels(const Json& labels, std::string_view language) {
  Json complete = Json::object();
  if (labels.is_object()) complete = labels;
  for (const Word& word : kWords) {
    if (!text(complete, word.key).empty()) continue;
    complete[std::string(word.key)] = std::string(language == "ja" ? word.ja : word.en);
  }
  return complete;
}

}  // namespace teiten::html
