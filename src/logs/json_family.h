#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "decode/packet.h"
#include "logs/json_record.h"
#include "logs/local_clock.h"
#include "logs/rejection.h"
#include "logs/sensor_names.h"

namespace teiten {

/// Which of Suricata's events of one input are the accesses: a flow has one `flow` event, but also
/// two of `netflow`, and one for each of its alerts and drops.
enum class EveEvents : std::uint8_t { flow, netflow, drop, alert };

/// What a family needs besides the record.
struct JsonContext {
  LocalClock& clock;
  SensorNames& sensors;
  EveEvents eve = EveEvents::flow;
};

/// Records of one program that writes JSON.
struct JsonFamily {
  std::string_view name;   ///< for --format
  std::string_view title;  ///< what writes it
  /// A whole record, with documentation addresses.
  std::string_view example;
  /// Whether a record is this program's, of whatever event.
  bool (*is)(const JsonRecord& record);
  /// Fills `packet`, which is as if new.
  Rejection (*read)(const JsonRecord& record, JsonContext& context, Packet& packet);
};

/// Every family, in the order in which they are asked.
std::span<const JsonFamily> json_families();
/// The family of a record; `likely`, if not null, is asked first. Null if none knows it.
const JsonFamily* family_of(const JsonRecord& record, const JsonFamily* likely);

// One function a family, each in a file of its own.
JsonFamily suricata_family();
JsonFamily zeek_json_family();
JsonFamily cowrie_family();
JsonFamily dionaea_family();
JsonFamily honeytrap_family();
JsonFamily heralding_family();
JsonFamily mhn_family();
JsonFamily ulogd_json_family();
JsonFamily journal_json_family();
JsonFamily vpc_json_family();
JsonFamily dshield_json_family();
JsonFamily tpot_family();

}  // namespace teiten
