#include <array>

#include "report/text_words.h"

namespace teiten {
namespace {

constexpr auto kWords = std::to_array<Word>({
    {"label.figure", "図"},
    {"label.table", "表"},
    {"label.contents", "目次"},
    {"label.headline", "主な数字"},
    {"label.show_table", "数値を表で見る"},
    {"label.unit", "単位"},
    {"label.missing", "データなし"},
    {"label.other", "その他"},
    {"label.total", "合計"},
    {"label.day", "日"},
    {"label.month", "月"},
    {"label.item", "項目"},
    {"label.count", "件数"},
    {"label.share", "割合"},
    {"label.interval", "95%区間"},
    {"label.period", "対象期間"},
    {"label.low", "下限"},
    {"label.evidence", "根拠を見る"},
    {"label.rule", "規則"},
    {"label.rule_version", "規則集の版"},
    {"label.query", "数値を再現するコマンド"},
    {"label.copy", "コピー"},
    {"label.copied", "コピーしました"},
    {"label.high", "上限"},

    {"section.1", "一般のインターネット利用者の皆さんへ"},
    {"section.2", "アクセス状況の概要"},
    {"section.2.1", "増加したアクセス"},
    {"section.2.2", "一方的なアクセスの日別推移"},
    {"section.2.3", "宛先ポート種類別の比率"},
    {"section.2.4", "発信元地域別のアクセス状況"},
    {"section.3", "統計情報"},
    {"section.3.1", "6か月間の宛先ポート種類別の比率"},
    {"section.3.2", "6か月間の発信元地域別の比率"},
    {"section.4", "補足説明:アクセスの多かった宛先ポート"},
    {"section.5", "前月との比較:順位と増減"},
    {"section.6", "観測点の稼働状況"},
    {"section.A", "付録A 数え方"},
    {"section.B", "付録B 使用したデータベース"},
    {"section.C", "付録C 文章の根拠"},
    {"section.D", "付録D 公表のための処理"},

    {"unit.volume", "件"},
    {"unit.sources.talot2", "延べ発信元数"},
    {"unit.sources", "発信元数"},
    {"unit.rate", "件"},
    {"unit.sensors", "か所"},
    {"unit.sources_rate.talot2", ""},
    {"unit.sources_rate", ""},
    {"unit.both_rate", "1観測点・1日あたり"},
    {"unit.per_source", "件"},
    {"unit_one.volume", "件"},
    {"unit_one.rate", "件"},
    {"unit_one.sources_rate.talot2", ""},
    {"unit_one.sources_rate", ""},
    {"unit_one.per_source", "件"},
    {"unit.volume_day", "件/日"},
    {"unit.sources_day.talot2", "延べ発信元数/日"},
    {"unit.sources_day", "発信元数/日"},

    {"series.volume", "アクセス数"},
    {"series.sources.talot2", "延べ発信元数"},
    {"series.sources", "発信元数"},

    {"headline.total", "アクセスの総数"},
    {"headline.sensors", "観測点数"},
    {"headline.rate", "1観測点・1日あたりのアクセス数"},
    {"headline.sources.talot2", "1観測点・1日あたりの延べ発信元数"},
    {"headline.sources", "1観測点・1日あたりの発信元数"},
    {"headline.per_source.talot2", "延べ1発信元あたりのアクセス数"},
    {"headline.per_source", "1発信元・1観測点・1日あたりのアクセス数"},
    {"headline.total_note.talot2", "再送を含むパケット数"},
    {"headline.total_note", "再送を1件にまとめた接続の試みの数"},
    {"headline.per_source_note.talot2", "アクセス数÷延べ発信元数"},
    {"headline.per_source_note", "アクセス数÷観測点・日ごとの発信元数の合計"},

    {"column.month", "月"},
    {"column.sensors", "観測点数"},
    {"column.completeness", "観測率"},
    {"column.volume", "アクセス数"},
    {"column.sources.talot2", "延べ発信元数"},
    {"column.sources", "異なる発信元数"},
    {"column.rate_nominal", "アクセス/観測点・日(暦日)"},
    {"column.rate_observed", "アクセス/観測点・日(観測時間)"},
    {"column.sources_rate.talot2", "延べ発信元/観測点・日(暦日)"},
    {"column.sources_rate", "発信元/観測点・日(観測時間)"},
    {"column.rank", "順位"},
    {"column.service", "宛先ポート種類"},
    {"column.region", "発信元地域"},
    {"column.iana", "IANA登録名"},
    {"column.description", "解説"},
    {"column.checks", "確認すること"},
    {"column.finding", "項目と規則"},
    {"column.numbers", "数値"},
    {"column.query", "数値を再現するコマンド"},
    {"column.count", "アクセス数"},
    {"column.rate", "1観測点・1日あたり"},
    {"column.busiest_source", "最多の発信元の割合"},
    {"column.share", "割合"},
    {"column.previous_rank", "前月の順位"},
    {"column.previous_rate", "前月の1観測点・1日あたり"},
    {"column.change", "増減率"},
    {"column.sensor", "観測点"},
    {"column.observed_days", "観測日数"},
    {"column.nominal_days", "暦日数"},
    {"column.gaps", "欠測(回)"},
    {"column.saturated_days", "飽和日数"},
    {"column.measure", "数え方"},
    {"column.value", "当月の値"},
    {"column.definition", "定義"},
    {"column.kind", "種別"},
    {"column.tool", "ツール"},
    {"column.certainty", "確からしさ"},
    {"column.explanation", "説明"},
    {"tool.confirmed", "確認"},
    {"tool.possible", "可能性あり"},
    {"column.packets", "パケット数"},
    {"column.accesses", "接続の試みの数"},
    {"column.source_days", "延べ発信元数"},
    {"column.distinct", "異なる発信元数"},

    {"table.months", "月別の観測結果"},
    {"table.services", "アクセスの多かった宛先ポート種類"},
    {"table.service_ranking", "宛先ポート種類別アクセス数の順位と増減"},
    {"table.region_ranking", "発信元地域別アクセス数の順位と増減"},
    {"table.coverage", "観測点ごとの稼働状況"},
    {"table.measures", "4通りの数え方と当月の値"},
    {"table.kinds", "種別ごとの内訳"},
    {"table.tools", "痕跡から推定した送信ツール"},
    {"text.tools_intro",
     "送信するパケットに特徴的な痕跡を残すツールがあります。「確認」は同じ発信元の複数のパケットに"
     "痕跡が"
     "あるもの、「可能性あり」は1つだけに痕跡があるもの、または他のツールにも共通する痕跡があるもの"
     "です"
     "。痕跡は偽装でき、痕跡を残さないツールのほうが多いことに注意してください。"},
    {"table.evidence", "文章ごとの規則と数値"},

    {"kind.unknown", "不明(判定の材料がない)"},
    {"kind.scan", "探索"},
    {"kind.ping", "ping(エコー要求)"},
    {"kind.backscatter", "跳ね返り"},
    {"kind.amplification_probe", "増幅の踏み台探し"},
    {"kind.reflection", "反射応答"},
    {"kind.misdirected", "誤配"},
    {"kind.other", "その他"},
    {"kind.stealth_scan", "ステルススキャン(接続の始まりではありえないフラグ)"},
    {"kind.ack_scan", "ACKスキャン"},
    {"kind.p2p", "P2Pの残り"},

    {"text.input_labels", "入力データに付いていた地域コード"},
    {"text.between_sentences", ""},
    {"text.between_items", "、"},
    {"text.no_rises", "増加を確認できた宛先ポートはありませんでした(基準は付録A)。"},
    {"text.rises_unknown",
     "増加した宛先ポートがあったかどうかは、2で述べた理由により判断できません。"},
    {"text.infection",
     "ボットやワームは、感染していることに気づきにくいものです。"
     "セキュリティ対策ソフトとOSを最新の状態にして、感染していないかを確認してください。"},
    {"text.infection_contacts",
     "ボットやワームは、感染していることに気づきにくいものです。"
     "セキュリティ対策ソフトとOSを最新の状態にして、感染していないかを確認してください。"
     "確認や駆除には、次の窓口が利用できます。"},
    {"text.ports_prove_nothing",
     "なお、宛先ポートだけでは、個々のアクセスが何を狙ったものかは分かりません。"},
    {"text.checks",
     "増加した宛先ポートを使うサーバーやソフトウェアを運用している場合は、次の点を確認することをお"
     "勧めします。"},
    {"text.references", "(参考情報)"},
    {"text.malware", "これを悪用するものに{}などが知られています。"},
    {"text.check_service", "{}(管理者){}"},
    {"text.evidence_intro",
     "1と2の文章が、どの規則と数値によるかを示します。コマンドは、この報告書と同じデータで、根拠に"
     "なった行を"
     "表示します(--store で場所を指定します)。"},
    {"text.evidence_intro_public", "1と2の文章が、どの規則と数値によるかを示します。"},
    {"text.public_notice",
     "この報告書は公表用です。観測点や個々の発信元が分かることのないように、少数の発信元や観測点に"
     "ついての数値を「その他」にまとめ、件数を丸めています(付録D)。"},
    {"text.public_why",
     "観測点の所在は、公表された統計を手掛かりに探し出されるおそれがあります(自分で送ったパケット"
     "が統計に表れるかどうかを見る方法が知られています)。また、少数の発信元についての件数からは、"
     "個々の発信元のアクセス数が分かることがあります。このため、次のように処理しています。"},
    {"text.public_coverage", "観測点ごとの稼働状況は公表しません。"},
    {"text.no_rises_public",
     "公表の基準を満たすものでは、増加を確認できた宛先ポートはありませんでした(基準は付録AとD)。"},
    {"text.services_intro_public",
     "当月の宛先ポート種類のうち、名称を示したものの一覧です。IANA登録名は、IANAのサービス名・ポー"
     "ト番号の登録簿(ICMPはメッセージ種別の登録簿)にある名称です。解説は、その宛先が何で知られてい"
     "るかを、当月までに分かっていた範囲で示します。いずれも、実際のアクセスがそのサービスを狙った"
     "ことを示すものではありません。"},
    {"text.services_intro",
     "当月のアクセス数または発信元数が上位だった宛先ポート種類の一覧です。IANA登録名は、IANAのサー"
     "ビス名・ポート番号の登録簿(ICMPはメッセージ種別の登録簿)"
     "にある名称です。解説は、その宛先が何で知られているかを、当月までに分かっていた範囲で示します"
     "。いずれも、実際のアクセスがそ"
     "のサービスを狙ったことを示すものではありません。"},
    {"text.unknown_service", "解説は未登録です。"},
    {"text.no_services", "当月、宛先ポート種類別に集計できるアクセスはありませんでした。"},
    {"text.no_databases", "発信元地域の判定に使ったデータベースの記録はありません。"},
    {"text.measures_intro",
     "この報告書の数値は、下の4通りの数え方のいずれかによります。どの数え方かは、図や表ごとに示して"
     "います。"},

    {"convention.talot2", "TALOT2方式(パケット数と延べ発信元数)"},
    {"convention.attempts", "接続の試みによる方式(接続の試みの数と異なる発信元数)"},

    {"method.convention.talot2",
     "この報告書の方式:"
     "TALOT2と同じ方式。パケット1個をアクセス1件と数え、発信元は延べ発信元数で数えます。1観測点・1"
     "日あたりの値は、観測点数×暦日数で割っています。"},
    {"method.convention.attempts",
     "この報告書の方式:"
     "接続の試みによる方式。接続の試み1回をアクセス1件と数え、発信元は異なるIPアドレスの数で数えま"
     "す。1観測点・1日あたりの値は、観測できた時間で割っています。"},
    {"method.packets", "観測点に届いた一方的なパケットの数。同じ接続の再送もそれぞれ数えます。"},
    {"method.accesses",
     "接続の試みの数。発信元・発信元ポート・宛先・宛先ポートが同じパケットは、制限時間以内の間隔で"
     "続くかぎり(再送)、まとめて1件と数えます。"},
    {"method.sources",
     "当月の異なる発信元IPアドレスの数(それぞれ1回だけ数えます)"
     "。1観測点・1日あたりの値は、1つの観測点に1日に届いたアクセスの異なる発信元IPアドレスの数です"
     "。"},
    {"method.source_days",
     "発信元IPアドレス・日・観測点・宛先ポート種類の異なる組の数。同じ発信元が同じ日に同じ観測点の"
     "同じ宛先ポートへ何度アクセスしても、1と数えます。"},
    {"method.rate",
     "1観測点・1日あたりの値は、全観測点の合計を全観測点の日数の合計で割った値です。観測点ごとの平"
     "均の平均"
     "ではありません。"},
    {"method.interval",
     "95%区間は、観測点を標本とするスチューデント化ブートストラップ(999回、乱数の種は固定)"
     "によります。観測点が5未満のとき、または全観測点の値が等しいときは示しません。"},
    {"method.shares",
     "比率は丸める前の値から求め、上位10に入らない残りを「その他」として、合計を100%"
     "にしています。異なる発信元数の比率では、発信元を項目ごとに1回ずつ数え、その合計を100%"
     "とします。"},
    {"method.shares_public",
     "比率は丸めた件数から求め、名称を示さないものを「その他」として、合計を100%"
     "にしています。異なる発信元数の比率では、発信元を項目ごとに1回ずつ数え、その合計を100%"
     "とします。"},
    {"method.excluded_public",
     "跳ね返り(backscatter:送信元を偽ったパケットへの応答)と反射応答(reflection)"
     "は、相手側のポートについての通信なので、宛先ポート種類としては示さず、「その他」に含めます。"
     "総数と発信元地域別の図表にも含みます。"},
    {"method.excluded",
     "跳ね返り(backscatter:送信元を偽ったパケットへの応答)と反射応答(reflection)"
     "は、相手側のポートについての通信なので、宛先ポート種類別の図表から除きます。総数と発信元地域"
     "別の図表には含みます。"},
    {"method.coverage",
     "観測時間は、観測点に最初のパケットが届いてから最後のパケットが届くまでの時間から、6時間以上続"
     "き、かつその観測点に発信元が訪れる平均の頻度では100万分の1未満の確率でしか起こらない無通信を"
     "除いた"
     "時間です"
     "。通信の有無から推定しています。記録の頻度に上限があるログのように、1日の数が上限に張り付いた"
     "日"
     "は飽和日とします。飽和日の数は下限値であり、増減の判断には用いません。"},
    {"method.comparison",
     "月どうしの比較は、6か月のうち観測率が90%"
     "に満たない月があれば観測できた時間で割った値で、なければこの方式の値で行います。"},
    {"method.level",
     "「ほぼ横ばい・定常化」の語は、前月との比の90%区間が0.90～1."
     "11に収まるときだけ、「前月より増加・減少」の語は、"
     "観測点ごとの比の平均の95%区間が1を含まず、比が1から10%以上離れるときだけ使います。"
     "どちらでもなければ、数値だけを示します。"},
    {"method.trend",
     "「傾向」の語は、6か月の1観測点・1日あたりの値がMann–Kendall検定(月ごと、または週ごとの中央値)"
     "で有意で、"
     "Theil–Senの傾きが月2%以上、6か月の変化が10%以上のときだけ使います。傾きが月10%"
     "未満なら「緩やか」とします。"},
    {"method.surges",
     "増加は、1日の異なる発信元の数(観測できた時間で割り、全観測点が終日稼働した場合に換算)"
     "で判断します。"
     "過去28日の水準から負の二項分布で予測し、3日のうち2日がその範囲を超え("
     "すべての宛先ポートをまとめて"
     "Benjamini–Hochberg法で補正、q≤0.05)、2日から4日を合わせて超え、または緩やかな増加を偏差の"
     "移動平均(EWMA)で認めた場合に、1.5倍以上で、複数の観測点に届いたときに「増加」とします。"
     "最大が基準の3倍以上なら「急増」、3日以内に元に戻れば「一時的」です。増えた日は二標本走査とPEL"
     "Tの両方が"
     "一致したときだけ述べます。1つの発信元だけによるパケットの増加は、増加とはしません。"},
    {"method.families",
     "同じ発信元が組み合わせてアクセスする宛先ポートは、宛先ポートの組ごとのオッズ比(99.9%"
     "区間の下限が2を超え、"
     "発信元地域で層別しても1を超える)とJaccard係数(0.10以上)"
     "で判断します。10を超える宛先ポートにアクセスした"
     "発信元は除きます。主な発信元地域は、発信元の10%以上を占め、全体での割合の1."
     "2倍以上の地域です。"},
});

}  // namespace

std::span<const Word> japanese_words() {
  return kWords;
}

}  // namespace teiten
