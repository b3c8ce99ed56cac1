#include "report/countries.h"

#include <array>
#include <map>

#include <nlohmann/json.hpp>

#include "report/knowledge.h"

namespace teiten {
namespace {

struct ShortName {
  std::string_view code;
  std::string_view ja;  ///< empty: the list's own name will do
  std::string_view en;
};

/// Names in everyday use where the list has the formal one, and codes that are no country but occur
/// in geolocation databases.
constexpr std::array kShortNames = {
    ShortName{"ZZ", "不明", "unknown"},
    ShortName{"AP", "アジア太平洋(国不明)", "Asia-Pacific (country unknown)"},
    ShortName{"EU", "欧州(国不明)", "Europe (country unknown)"},
    ShortName{"AS", "米領サモア", ""},
    ShortName{"BN", "ブルネイ", "Brunei"},
    ShortName{"BO", "ボリビア", ""},
    ShortName{"CC", "ココス諸島", "Cocos Islands"},
    ShortName{"CI", "", "Côte d'Ivoire"},
    ShortName{"CN", "中国", "China"},
    ShortName{"CZ", "", "Czechia"},
    ShortName{"FK", "フォークランド諸島", "Falkland Islands"},
    ShortName{"FM", "ミクロネシア", "Micronesia"},
    ShortName{"GB", "英国", ""},
    ShortName{"GF", "仏領ギアナ", ""},
    ShortName{"GM", "", "The Gambia"},
    ShortName{"IO", "英領インド洋地域", ""},
    ShortName{"IR", "イラン", "Iran"},
    ShortName{"KP", "北朝鮮", ""},
    ShortName{"KR", "韓国", ""},
    ShortName{"LA", "ラオス", "Laos"},
    ShortName{"MD", "モルドバ", "Moldova"},
    ShortName{"MF", "サン・マルタン", "Saint Martin"},
    ShortName{"MK", "", "North Macedonia"},
    ShortName{"MO", "", "Macau"},
    ShortName{"PF", "仏領ポリネシア", ""},
    ShortName{"PS", "", "Palestine"},
    ShortName{"RE", "", "Réunion"},
    ShortName{"RU", "ロシア", "Russia"},
    ShortName{"SH", "セントヘレナ", ""},
    ShortName{"SX", "シント・マールテン", "Sint Maarten"},
    ShortName{"SY", "シリア", "Syria"},
    ShortName{"SZ", "エスワティニ", ""},
    ShortName{"TF", "仏領南方・南極地域", ""},
    ShortName{"TW", "", "Taiwan"},
    ShortName{"TZ", "", "Tanzania"},
    ShortName{"UM", "米国領有小離島", "US Minor Outlying Islands"},
    ShortName{"US", "米国", "United States"},
    ShortName{"VA", "バチカン", "Vatican City"},
    ShortName{"VE", "ベネズエラ", ""},
    ShortName{"VG", "英領バージン諸島", "British Virgin Islands"},
    ShortName{"VI", "米領バージン諸島", "US Virgin Islands"},
};

using Names = std::map<std::string, std::string, std::less<>>;

Names load_names(std::string_view json, Language language) {
  Names names;
  // Part of the program, not input: content that is not as expected leaves codes without names.
  const auto list = nlohmann::json::parse(json, nullptr, false);
  if (list.is_object() && list.contains("countries")) {
    for (const auto& [code, name] : list["countries"].items()) {
      if (name.is_string()) names[code] = name.get<std::string>();
      if (name.is_array() && !name.empty() && name[0].is_string())
        names[code] = name[0].get<std::string>();
    }
  }
  for (const ShortName& entry : kShortNames) {
    const std::string_view name = language == Language::ja ? entry.ja : entry.en;
    if (!name.empty()) names[std::string(entry.code)] = name;
  }
  return names;
}

}  // namespace

std::string region_name(std::string_view code, Language language) {
  static const Names japanese = load_names(japanese_country_names(), Language::ja);
  static const Names english = load_names(english_country_names(), Language::en);
  const Names& names = language == Language::ja ? japanese : english;
  const auto found = names.find(code);
  return found == names.end() ? std::string(code) : found->second;
}

}  // namespace teiten
