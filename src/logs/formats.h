#pragma once

#include <array>
#include <cstddef>

#include "logs/log_format.h"

namespace teiten {

// One function a format, each defined in the file of its reader; log_format.cpp holds the table.

LogFormat firewall_format();
LogFormat csv_format();
LogFormat filterlog_format();
LogFormat journal_export_format();
LogFormat dshield_format();
LogFormat zeek_format();
LogFormat dionaea_sqlite_format();
LogFormat vpc_format();
LogFormat nfdump_format();
LogFormat flowtuple_format();

inline constexpr std::size_t kJsonFamilies = 12;
/// Those of json_family.h.
std::array<LogFormat, kJsonFamilies> json_formats();

}  // namespace teiten
