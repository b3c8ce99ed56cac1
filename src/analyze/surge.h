#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "net/time.h"

namespace teiten {

/// How a rise goes (METHODS §8): the word a sentence may use.
enum class SurgeShape {
  rise,         ///< confirmed, none of the others
  sharp,        ///< 急増: level at least three times the baseline
  temporary,    ///< 一時的: three days at most, then back under the baseline's upper decile
  since_change  ///< since a day inside the month: the two-sample scan and PELT agree on it; a sharp
                ///< or temporary rise may have a `change` as well
};

/// When a level changed inside the month.
struct ChangeDate {
  Day day{};         ///< first day of the new level, as PELT confirms it
  double score = 0;  ///< W of the two-sample scan on 2√(x + 3/8)
  double ratio = 0;  ///< mean after ÷ mean before, per observed sensor-day
};

/// How a surge was found.
enum class SurgeRule {
  prediction,  ///< two of three days, or up to four together, beyond the negative-binomial
               ///< prediction
  ewma,        ///< the slow companion: EWMA of the same residuals beyond three sigma
};

/// A confirmed rise of the distinct sources a day of one service, or of one service from one
/// region. Rates are distinct sources a day over observed exposure, scaled to all sensors watching
/// all day.
struct Surge {
  /// Days by which the first day and the date of the change may differ and still tell one date.
  static constexpr std::chrono::days kSameBeginning{3};

  std::string service;
  std::string region;  ///< "" for the service as a whole
  SurgeRule rule = SurgeRule::prediction;
  SurgeShape shape = SurgeShape::rise;
  Day first{};          ///< first day of the rise
  Day last{};           ///< last day of it within the month
  bool open = false;    ///< still up on the last observed day
  double baseline = 0;  ///< expected sources a day
  double level = 0;     ///< mean sources a day from `first` to `last`
  double latest = 0;    ///< of an open rise: mean of the last observed days, kLatestDays at most
  double peak = 0;
  Day peak_day{};
  double ratio = 0;              ///< level ÷ baseline; infinite from a baseline of 0
  double p_value = 1;            ///< smallest of the days
  double q_value = 1;            ///< its Benjamini–Hochberg value over all cells of the day
  std::uint64_t sources = 0;     ///< distinct sources from `first` to `last`
  std::uint64_t sensors = 0;     ///< sensors that saw one of them
  std::uint64_t sensors_up = 0;  ///< sensors that watched
  double top1_share = 0;  ///< share of the packets from `first` to `last` of the busiest source
  std::optional<ChangeDate> change;
  std::vector<Surge> regions;  ///< regions whose own rise was confirmed, strongest first
  bool dated = true;           ///< false: neither its days nor its counts by day are published

  /// True if its level changed most on a day clearly after its first.
  bool changed_later() const {
    return change &&
           std::chrono::sys_days{change->day} - std::chrono::sys_days{first} > kSameBeginning;
  }
  /// True if it is up on average, but its last days have less than half of the excess.
  bool is_falling_back() const { return open && latest - baseline < (level - baseline) / 2; }
};

/// A week, because days of a week differ.
inline constexpr std::size_t kLatestDays = 7;

/// A service that next to nobody asked for in the days before (two sources at most in up to 90
/// days), and several sources do now (METHODS §6.4).
struct NewService {
  std::string service;
  Day first{};
  Day last{};                     ///< the last day of the month with one of its sources
  double before = 0;              ///< expected sources a day, (Σ + ½) / days
  std::uint64_t days_before = 0;  ///< observed days before `first` that were looked at: 90 at most
  std::uint64_t sources = 0;
  std::uint64_t sensors = 0;
  std::uint64_t networks = 0;  ///< distinct /16 (IPv6: /32) of the sources
  std::uint64_t days = 0;
  double p_value = 1;
};

/// Packets that rose because of one address: told as that, never as a wide rise.
struct OneSourceRise {
  std::string service;
  std::string region;  ///< of the address
  Day first{};
  Day last{};
  std::uint64_t packets = 0;   ///< of that address from `first` to `last`
  double top1_share = 0;       ///< of the service's packets then
  double packets_before = 0;   ///< packets a day of the service before
  double packets_without = 0;  ///< packets a day then, without that address
  std::uint64_t sensors = 0;
  bool dated = true;  ///< false: its days are not published

  /// True if the service's other packets doubled as well (by one a day at least): then the one
  /// address is not all that there was.
  bool others_rose() const {
    return packets_without >= 2 * packets_before && packets_without >= packets_before + 1;
  }
};

}  // namespace teiten
