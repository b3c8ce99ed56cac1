#pragma once

#include <cstddef>
#include <vector>

#include "access/batch.h"
#include "decode/packet.h"

namespace teiten::bench {

/// SYNs of many sources to 256 documentation addresses, three a source and port as Windows sends
/// them; in time order.
std::vector<Packet> syn_packets(std::size_t count);
/// One Ethernet/IPv4/TCP frame of 62 bytes with SYN and four options.
std::vector<std::byte> syn_frame();
/// A batch with this many accesses of simulated variety, sorted as stored.
Batch batch_of(std::size_t accesses, std::uint64_t sequence);

}  // namespace teiten::bench
