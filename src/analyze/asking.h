#pragma once

#include <string_view>
#include <vector>

#include "store/query.h"
#include "store/source_cells.h"

namespace teiten {

/// True for kinds that say what somebody asked for. The service of backscatter and of a reflection
/// is the other side's; what is misdirected or left over from a peer-to-peer network was meant for
/// somebody else, often for who had the address before (METHODS §2.5).
bool asks_for_service(Kind kind);

/// The same of a cell of one source, without known research scanners: they come by their own plan,
/// and what rises with them says nothing about anybody else. Surges, new services, rises of one
/// address and families rest on nothing but such cells.
bool asks_for_service(const SourceCell& cell);

/// The same cells as a store's query keeps them, and as `teiten count` is asked for them.
std::vector<Filter> asking_filters();
inline constexpr std::string_view kAskingOptions =
    "--where-not kind=backscatter,reflection,misdirected,p2p --where scanner=-";

}  // namespace teiten
