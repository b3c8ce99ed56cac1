#include <array>

#include "report/text_words.h"

namespace teiten {
namespace {

constexpr auto kWords = std::to_array<Word>({
    {"label.figure", "Figure"},
    {"label.table", "Table"},
    {"label.contents", "Contents"},
    {"label.headline", "Key figures"},
    {"label.show_table", "Show the data as a table"},
    {"label.unit", "Unit"},
    {"label.missing", "No data"},
    {"label.other", "Other"},
    {"label.total", "Total"},
    {"label.day", "Day"},
    {"label.month", "Month"},
    {"label.item", "Item"},
    {"label.count", "Count"},
    {"label.share", "Share"},
    {"label.interval", "95% interval"},
    {"label.period", "Period"},
    {"label.low", "low"},
    {"label.evidence", "Show the evidence"},
    {"label.rule", "Rule"},
    {"label.rule_version", "version of the rules"},
    {"label.query", "Command that gives the rows"},
    {"label.copy", "Copy"},
    {"label.copied", "Copied"},
    {"label.high", "high"},

    {"section.1", "For everybody who uses the Internet"},
    {"section.2", "Overview of the month"},
    {"section.2.1", "What rose"},
    {"section.2.2", "Unsolicited accesses by day"},
    {"section.2.3", "Shares by service"},
    {"section.2.4", "Accesses by source region"},
    {"section.3", "Statistics"},
    {"section.3.1", "Shares by service over six months"},
    {"section.3.2", "Shares by source region over six months"},
    {"section.4", "Notes: the most accessed services"},
    {"section.5", "Against the previous month: rank and change"},
    {"section.6", "Coverage of the sensors"},
    {"section.A", "Appendix A: How it was counted"},
    {"section.B", "Appendix B: Databases used"},
    {"section.C", "Appendix C: Evidence of the sentences"},
    {"section.D", "Appendix D: What was done for publication"},

    {"unit.volume", "accesses"},
    {"unit.sources.talot2", "source-days"},
    {"unit.sources", "sources"},
    {"unit.rate", "accesses"},
    {"unit.sensors", ""},
    {"unit.sources_rate.talot2", "source-days"},
    {"unit.sources_rate", "sources"},
    {"unit.both_rate", "per sensor and day"},
    {"unit.per_source", "accesses"},
    {"unit_one.volume", "access"},
    {"unit_one.rate", "access"},
    {"unit_one.sources_rate.talot2", "source-day"},
    {"unit_one.sources_rate", "source"},
    {"unit_one.per_source", "access"},
    {"unit.volume_day", "accesses per day"},
    {"unit.sources_day.talot2", "source-days per day"},
    {"unit.sources_day", "sources per day"},

    {"series.volume", "Accesses"},
    {"series.sources.talot2", "Sources (source-days)"},
    {"series.sources", "Sources"},

    {"headline.total", "Total"},
    {"headline.sensors", "Sensors"},
    {"headline.rate", "Per sensor and day"},
    {"headline.sources.talot2", "Per sensor and day"},
    {"headline.sources", "Per sensor and day"},
    {"headline.per_source.talot2", "Per source-day"},
    {"headline.per_source", "Per source, sensor and day"},
    {"headline.total_note.talot2", "packets, retransmissions included"},
    {"headline.total_note", "contact attempts, retransmissions collapsed"},
    {"headline.per_source_note.talot2", "accesses ÷ source-days"},
    {"headline.per_source_note", "accesses ÷ daily sources of each sensor"},

    {"column.month", "Month"},
    {"column.sensors", "Sensors"},
    {"column.completeness", "Observed"},
    {"column.volume", "Accesses"},
    {"column.sources.talot2", "Source-days"},
    {"column.sources", "Distinct sources"},
    {"column.rate_nominal", "Accesses per sensor and day (calendar days)"},
    {"column.rate_observed", "Accesses per sensor and day (observed time)"},
    {"column.sources_rate.talot2", "Source-days per sensor and day (calendar days)"},
    {"column.sources_rate", "Sources per sensor and day (observed time)"},
    {"column.rank", "Rank"},
    {"column.service", "Service"},
    {"column.region", "Source region"},
    {"column.iana", "IANA name"},
    {"column.description", "What it is known for"},
    {"column.checks", "What to check"},
    {"column.finding", "Finding and rule"},
    {"column.numbers", "Numbers"},
    {"column.query", "Command that gives the rows"},
    {"column.count", "Accesses"},
    {"column.rate", "Per sensor and day"},
    {"column.busiest_source", "By its busiest source"},
    {"column.share", "Share"},
    {"column.previous_rank", "Previous rank"},
    {"column.previous_rate", "Previous month, per sensor and day"},
    {"column.change", "Change"},
    {"column.sensor", "Sensor"},
    {"column.observed_days", "Observed days"},
    {"column.nominal_days", "Calendar days"},
    {"column.gaps", "Gaps"},
    {"column.saturated_days", "Saturated days"},
    {"column.measure", "Measure"},
    {"column.value", "This month"},
    {"column.definition", "Definition"},
    {"column.kind", "Kind"},
    {"column.tool", "Tool"},
    {"column.certainty", "Certainty"},
    {"column.explanation", "What it is"},
    {"tool.confirmed", "confirmed"},
    {"tool.possible", "possible"},
    {"column.packets", "Packets"},
    {"column.accesses", "Contact attempts"},
    {"column.source_days", "Source-days"},
    {"column.distinct", "Distinct sources"},

    {"table.months", "Results by month"},
    {"table.services", "The most accessed services"},
    {"table.service_ranking", "Rank and change of accesses by service"},
    {"table.region_ranking", "Rank and change of accesses by source region"},
    {"table.coverage", "Coverage by sensor"},
    {"table.measures", "The four measures and their values this month"},
    {"table.kinds", "By kind"},
    {"table.tools", "Tools that left a mark"},
    {"text.tools_intro",
     "Some tools leave a mark in the packets they send. Confirmed: several packets of a source "
     "bear "
     "it; possible: one does, or others share it. A mark can be forged, and most tools leave "
     "none."},
    {"table.evidence", "Rules and numbers by finding"},

    {"kind.unknown", "Unknown (the record does not tell)"},
    {"kind.scan", "Scan"},
    {"kind.ping", "Ping (echo request)"},
    {"kind.backscatter", "Backscatter"},
    {"kind.amplification_probe", "Amplification probe"},
    {"kind.reflection", "Reflection"},
    {"kind.misdirected", "Misdirected"},
    {"kind.other", "Other"},
    {"kind.stealth_scan", "Stealth scan (flags that no connection begins with)"},
    {"kind.ack_scan", "ACK scan"},
    {"kind.p2p", "Peer-to-peer residue"},

    {"text.input_labels", "Region codes that the input data came with"},
    {"text.between_sentences", " "},
    {"text.between_items", ", "},
    {"text.no_rises", "No rise was found (appendix A has the rule)."},
    {"text.rises_unknown",
     "Whether anything rose cannot be told, for the reason given in section 2."},
    {"text.infection",
     "Infections with bots and worms are easy to overlook. Keep security software and the "
     "operating "
     "system up to date, and check whether your computer is infected."},
    {"text.infection_contacts",
     "Infections with bots and worms are easy to overlook. Keep security software and the "
     "operating "
     "system up to date, and check whether your computer is infected. These offer help:"},
    {"text.ports_prove_nothing", "The port alone does not tell what a given access aimed at."},
    {"text.checks", "Those who run servers or software that use these ports should check:"},
    {"text.references", "References:"},
    {"text.malware", "Malware known to use it: {}."},
    {"text.check_service", "{} (Administrators:) {}"},
    {"text.evidence_intro",
     "The rule and the numbers behind each sentence of sections 1 and 2. Run on the data of this "
     "report (--store says where they are), the command shows the rows that they come from."},
    {"text.evidence_intro_public",
     "The rule and the numbers behind each sentence of sections 1 and 2."},
    {"text.public_notice",
     "This is a public edition. So that it leads to no sensor and to no single source, numbers of "
     "few sources or sensors are put together as \"Other\", and counts are rounded (appendix D)."},
    {"text.public_why",
     "Published statistics can be used to find out where sensors are: who sends packets and sees "
     "whether they turn up learns something. And numbers of few sources may tell what a single one "
     "did. Therefore:"},
    {"text.public_coverage", "The coverage of single sensors is not published."},
    {"text.no_rises_public",
     "Among the services that may be named, no rise was found (appendices A and D have the "
     "rules)."},
    {"text.services_intro_public",
     "The services of the month that are named here. The IANA name is the one in the IANA registry "
     "of service names and port numbers (for ICMP, of message types); the notes say what the "
     "service is known for, as far as that was known in the month. Neither shows that an access "
     "was aimed at it."},
    {"text.services_intro",
     "These services led the month by accesses or by sources. The IANA name is the one in the IANA "
     "registry of service names and port numbers (for ICMP, of message types); the notes "
     "say what the service is known for, as far as that was known in the month. Neither shows that "
     "an access was aimed at it."},
    {"text.unknown_service", "No description on file."},
    {"text.no_services", "No accesses could be counted by service this month."},
    {"text.no_databases", "The store has no record of a database for source regions."},
    {"text.measures_intro",
     "Every number of this report is one of the four measures below; each figure and table says "
     "which."},

    {"convention.talot2", "TALOT2: packets and source-days"},
    {"convention.attempts", "contact attempts and distinct sources"},

    {"method.convention.talot2",
     "Convention of this report: that of TALOT2. Every packet is one access, and sources are "
     "counted as source-days. Values per sensor and day divide by sensors × calendar days."},
    {"method.convention.attempts",
     "Convention of this report: contact attempts. Every attempt is one access, and sources are "
     "distinct IP addresses. Values per sensor and day divide by the time observed."},
    {"method.packets",
     "Unsolicited packets that reached a sensor. Retransmissions of one connection each count."},
    {"method.accesses",
     "Contact attempts: the packets of one source, source port, destination and destination port "
     "count once as long as they follow each other within the timeout (retransmissions)."},
    {"method.sources",
     "Distinct source IP addresses of the month, each counted once. The value per sensor and day "
     "counts the distinct addresses of one sensor on one day."},
    {"method.source_days",
     "Distinct combinations of source IP address, day, sensor and service. However often a source "
     "contacts one service of one sensor on one day, it counts once."},
    {"method.rate",
     "Values per sensor and day divide the sum over all sensors by the sum of their days; they are "
     "not averages of the sensors' own averages."},
    {"method.interval",
     "95% intervals come from a studentised bootstrap over sensors (999 replicates, fixed seed). "
     "None is given for fewer than five sensors, or where all sensors have the same value."},
    {"method.shares",
     "Shares are taken before rounding; what is not among the first ten is \"Other\", so that all "
     "parts sum to 100%. Where distinct sources are counted, a source counts once in each part, "
     "and 100% is the sum of the parts."},
    {"method.shares_public",
     "Shares are those of rounded counts; what is not named is \"Other\", so that all parts sum to "
     "100%. Where distinct sources are counted, a source counts once in each part, and 100% is the "
     "sum of the parts."},
    {"method.excluded_public",
     "Backscatter (answers to packets with a forged source address) and reflection are about a "
     "service of the other side, so they are shown as no service but count in \"Other\". Totals "
     "and "
     "regions include them too."},
    {"method.excluded",
     "Backscatter (answers to packets with a forged source address) and reflection are about a "
     "service of the other side, so figures and tables by service leave both out. Totals and "
     "regions include them."},
    {"method.coverage",
     "Observed time runs from a sensor's first packet to its last, less each silence that lasts "
     "six hours or longer and that has a probability below one in a million at the rate at which "
     "sources come to the sensor. It is inferred from the traffic. A day on which a sensor's count "
     "sticks to a "
     "ceiling, as that of a rate-limited log does, is marked as saturated: its counts are lower "
     "bounds, and no statement about changes rests on it."},
    {"method.comparison",
     "Months are compared by observed time if any of the six was observed for less than 90%, "
     "otherwise as the convention divides."},
    {"method.level",
     "\"Steady\" and \"about the same\" are said only where the 90% interval of the ratio to the "
     "previous month lies within 0.90 to 1.11; \"rose\" and \"fell\" only where the 95% interval "
     "of "
     "the mean ratio over sensors excludes 1 and the ratio is at least 10% from 1. Otherwise the "
     "numbers stand alone."},
    {"method.trend",
     "A trend is named only where a Mann–Kendall test of six months' rates per sensor and day (by "
     "month, or of weekly medians) is significant, the Theil–Sen slope is at least 2% a month and "
     "the change over six months at least 10%; below 10% a month it is called slow."},
    {"method.surges",
     "Rises are those of distinct sources a day, divided by the time observed and scaled to all "
     "sensors watching all day. A rise is confirmed where two days of three exceed what a negative "
     "binomial prediction from the 28 days before allows (q ≤ 0.05 by Benjamini–Hochberg over all "
     "services), where two to four days together do, or where a moving average (EWMA) of the "
     "deviations says so of a slow rise; by 1.5 times or more, at several sensors. \"Far more\" "
     "means a peak of at least "
     "three "
     "times the baseline, \"for a time\" three days at most. The day of a change is named only "
     "where "
     "the two-sample scan and PELT agree. Packets that rose because of one source are no rise."},
    {"method.families",
     "Services that the same sources ask for together are found pair by pair: the 99.9% lower "
     "bound "
     "of the odds ratio exceeds 2 (and 1 within regions), and the Jaccard index is at least 0.10. "
     "Sources that asked for more than ten services are left out. Main regions hold at least 10% "
     "of "
     "a group's sources and 1.2 times their share of all sources."},
});

}  // namespace

std::span<const Word> english_words() {
  return kWords;
}

}  // namespace teiten
