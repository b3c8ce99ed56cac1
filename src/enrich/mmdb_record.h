#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "net/region.h"

namespace teiten {

/// Steps (control bytes read) that one record may take. MaxMind's largest city records take about
/// 150; a hostile record that claims millions of fields stops here.
inline constexpr std::uint32_t kMaxRecordSteps = 4096;

/// The region told by the record at `offset` of an MMDB data section; ZZ where it tells none or is
/// broken. Read in this order: country/iso_code (MaxMind), country_code, country where it is two
/// letters (flat layouts), registered_country/iso_code. Follows the MaxMind DB file format
/// specification 2.0; libmaxminddb's own reader has no bound on the work a record may cause.
Region region_of_record(std::span<const std::uint8_t> data_section, std::size_t offset);

}  // namespace teiten
