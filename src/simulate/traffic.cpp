#include "simulate/traffic.h"

#include <algorithm>
#include <array>
#include <utility>

#include "simulate/stream_key.h"

namespace teiten {
namespace {

constexpr std::int64_t kMillisecond = 1'000;
constexpr std::int64_t kSecond = 1'000'000;
constexpr std::int64_t kMinute = 60 * kSecond;
constexpr std::int64_t kHour = 60 * kMinute;
constexpr std::int64_t kDay = 24 * kHour;

/// A source counts as seen lately while it is among this many last visitors.
constexpr std::size_t kRecentSources = 64;
/// Between two contacts with one service: longer than any timeout that would join two accesses
/// without a sequence number (25 s), shorter than people would call another visit.
constexpr std::int64_t kShortestGap = 30 * kSecond;
constexpr std::int64_t kLongestGap = 20 * kMinute;
/// Windows 2000 and XP hand out the ports from here to 5000.
constexpr std::uint16_t kFirstEphemeralPort = 1025;
constexpr std::uint16_t kLastEphemeralPort = 5000;
constexpr std::uint16_t kSlammerPort = 1434;
constexpr std::uint16_t kSlammerPayload = 376;

/// cos(2πh/24) for h = 0 … 23, written out so that no library's cosine is needed.
constexpr std::array<double, 24> kCosine = {1.0,
                                            0.9659258262890683,
                                            0.8660254037844386,
                                            0.7071067811865476,
                                            0.5,
                                            0.2588190451025207,
                                            0.0,
                                            -0.2588190451025207,
                                            -0.5,
                                            -0.7071067811865476,
                                            -0.8660254037844386,
                                            -0.9659258262890683,
                                            -1.0,
                                            -0.9659258262890683,
                                            -0.8660254037844386,
                                            -0.7071067811865476,
                                            -0.5,
                                            -0.2588190451025207,
                                            0.0,
                                            0.2588190451025207,
                                            0.5,
                                            0.7071067811865476,
                                            0.8660254037844386,
                                            0.9659258262890683};
constexpr int kBusiestHour = 21;

/// Scanners send from the ports above this, past those that systems hand out; there is room for the
/// simulated ones below 65536.
constexpr std::uint16_t kScannerPorts = 39'000;

/// Writes a scanner's signature into the SYN: what ties sequence number and identification to the
/// target, and a run's key to its source.
void sign(SimPacket& packet, std::uint32_t target) {
  constexpr std::uint16_t kZmapId = 54321;
  const auto key = static_cast<std::uint32_t>(stable_mix(packet.source));
  switch (packet.tool) {
    case Sender::mirai:
      packet.sequence = target;
      break;
    case Sender::nmap:
      packet.sequence = key ^ ((packet.sequence << 16) | (packet.sequence & 0xffffU));
      break;
    case Sender::unicornscan:
      packet.sequence =
          key ^ target ^ ((std::uint32_t{packet.destination_port} << 16) + packet.source_port);
      break;
    default:
      break;
  }
  // Where it signs nothing it is random.
  packet.ip_id = static_cast<std::uint16_t>(stable_mix(packet.sequence + packet.ip_id));
  if (packet.tool == Sender::zmap) packet.ip_id = kZmapId;
  if (packet.tool == Sender::masscan || packet.tool == Sender::masscan_2023) {
    packet.ip_id =
        static_cast<std::uint16_t>((target ^ packet.destination_port ^ packet.sequence) & 0xffffU);
  }
}

std::size_t pick_by_limit(const std::vector<double>& limits, double place) {
  const auto found = std::upper_bound(limits.begin(), limits.end(), place);
  return std::min<std::size_t>(static_cast<std::size_t>(found - limits.begin()), limits.size() - 1);
}

/// A port of the long tail: each octave from 1024 on is as likely as the next, which is Pareto's
/// law with exponent 1.
std::uint16_t tail_port(Random& random) {
  const std::uint64_t octave = 1024ULL << random.below(6);
  return static_cast<std::uint16_t>(octave + random.below(octave));
}

std::uint16_t payload_of(Random& random, Service service) {
  if (service.number() == kSlammerPort) return kSlammerPayload;
  if (service.number() >= 1026 && service.number() <= 1029)
    return static_cast<std::uint16_t>(random.between(320, 760));
  return static_cast<std::uint16_t>(random.between(8, 60));
}

/// Time from a contact's first packet to packet `number` (1, 2, …).
std::int64_t retransmission_after(Random& random, Repeat repeat, Service service,
                                  std::uint32_t number, std::int64_t before) {
  constexpr std::int64_t kJitter = 30 * kMillisecond;
  if (service.protocol() != protocol::kTcp) return before + random.between(kSecond, 4 * kSecond);
  // RFC 1122 §4.2.3.1: 3 s at first, doubled each time; 48 s is as long as it gets here.
  const std::uint32_t doublings = repeat == Repeat::syn ? number - 1 : std::min(number - 1, 4U);
  return before + (3 * kSecond << doublings) + random.between(-kJitter, kJitter);
}

Shape draw_answer(Random& random) {
  const double place = random.uniform();
  if (place < 0.55) return Shape::syn_ack;
  if (place < 0.75) return Shape::rst_ack;
  if (place < 0.85) return Shape::rst;
  return place < 0.96 ? Shape::unreachable : Shape::time_exceeded;
}

}  // namespace

Traffic::Traffic(const Scenario& scenario, const Plan& plan, const std::vector<RegionPool>& pools,
                 std::uint64_t seed)
    : scenario_(scenario), plan_(plan), pools_(pools), seed_(seed) {
  for (const TrafficFamily& family : scenario.families) {
    std::vector<double> limits;
    std::vector<std::uint8_t> indices;
    double sum = 0;
    for (const RegionWeight& share : family.regions) {
      sum += share.share;
      limits.push_back(sum);
      const auto found = std::find_if(pools.begin(), pools.end(), [&](const RegionPool& pool) {
        return pool.region() == share.region;
      });
      indices.push_back(static_cast<std::uint8_t>(found - pools.begin()));
    }
    region_limits_.push_back(std::move(limits));
    region_indices_.push_back(std::move(indices));
  }
  for (const RegionPool& pool : pools) {
    const auto found = scenario.hours_east.find(pool.region());
    hours_east_.push_back(found == scenario.hours_east.end() ? 0 : found->second);
  }
  recent_.resize(scenario.families.size() * scenario.sensors.size());
}

void Traffic::generate(int day, std::vector<SimPacket>& packets) {
  for (std::size_t sensor = 0; sensor < scenario_.sensors.size(); ++sensor) {
    for (std::size_t family = 0; family < scenario_.families.size(); ++family)
      generate_cell(day, sensor, family, packets);
  }
}

void Traffic::generate_cell(int day, std::size_t sensor, std::size_t family,
                            std::vector<SimPacket>& packets) {
  const auto day_number =
      static_cast<std::uint64_t>(std::chrono::sys_days{plan_.day(day)}.time_since_epoch().count());
  Random random{seed_, stream::kVisits, day_number, sensor, family};
  const TrafficFamily& model = scenario_.families[family];
  const std::uint32_t visits =
      random.poisson(std::min(plan_.expected_visits(day, sensor, family), kMaxPoissonMean));
  for (std::uint32_t i = 0; i < visits; ++i) {
    Visit visit;
    visit.sensor = static_cast<std::uint8_t>(sensor);
    visit.family = static_cast<std::uint8_t>(family);
    visit.packets = &packets;
    if (model.backscatter) visit.answer = draw_answer(random);
    // ICMP errors have no ports: two visits by one source could not be told apart.
    visit.source = pick_source(random, sensor, family, is_icmp_error(visit.answer));
    visit.port =
        static_cast<std::uint16_t>(random.between(kFirstEphemeralPort, kLastEphemeralPort));
    visit.ip_id = static_cast<std::uint16_t>(random.below(65536));
    std::int64_t time = plan_.start_of(day) + time_of_day(random, model, visit.source.region);
    choose_services(random, day, family);
    for (const Service service : chosen_) {
      std::int64_t at = time;
      for (std::uint32_t left = random.geometric(model.contacts); left > 0; --left) {
        contact(random, visit, service, at);
        at += random.between(kShortestGap, kLongestGap);
      }
      time += random.between(50 * kMillisecond, 900 * kMillisecond);
    }
  }
}

Traffic::Source Traffic::pick_source(Random& random, std::size_t sensor, std::size_t family,
                                     bool fresh) {
  const std::size_t sensors = scenario_.sensors.size();
  const double place = random.uniform();
  if (!fresh && place < scenario_.reuse + scenario_.reuse_elsewhere) {
    std::size_t where = sensor;
    if (place >= scenario_.reuse && sensors > 1)
      where = (sensor + 1 + static_cast<std::size_t>(random.below(sensors - 1))) % sensors;
    const Recent& recent = recent_[family * sensors + where];
    if (!recent.ring.empty())
      return recent.ring[static_cast<std::size_t>(random.below(recent.ring.size()))];
  }
  const std::size_t share = pick_by_limit(region_limits_[family], random.uniform());
  const std::uint8_t region = region_indices_[family][share];
  const Source source{pools_[region].draw(random), region};
  Recent& recent = recent_[family * sensors + sensor];
  if (fresh) return source;
  if (recent.ring.size() < kRecentSources) {
    recent.ring.push_back(source);
  } else {
    recent.ring[recent.next] = source;
    recent.next = (recent.next + 1) % kRecentSources;
  }
  return source;
}

void Traffic::choose_services(Random& random, int day, std::size_t family) {
  const TrafficFamily& model = scenario_.families[family];
  const std::vector<ServiceShare>& shares = plan_.services(day, family);
  chosen_.clear();
  if (!model.one_service) {
    for (const ServiceShare& share : shares) {
      if (random.chance(share.probability)) chosen_.push_back(share.service);
    }
    // A visit that tries nothing is none: it takes what the family likes best.
    if (chosen_.empty()) {
      const auto most = std::max_element(
          shares.begin(), shares.end(),
          [](const auto& a, const auto& b) { return a.probability < b.probability; });
      chosen_.push_back(most->service);
    }
    return;
  }
  if (random.chance(model.tail)) {
    const bool udp = random.chance(model.tail_udp);
    chosen_.push_back(Service(udp ? protocol::kUdp : protocol::kTcp, tail_port(random)));
    return;
  }
  std::vector<double> limits;
  double sum = 0;
  for (const ServiceShare& share : shares) {
    sum += share.probability;
    limits.push_back(sum);
  }
  chosen_.push_back(shares[pick_by_limit(limits, random.uniform() * sum)].service);
}

std::int64_t Traffic::time_of_day(Random& random, const TrafficFamily& family,
                                  std::uint8_t region) const {
  std::vector<double> limits;
  limits.reserve(24);
  double sum = 0;
  for (int hour = 0; hour < 24; ++hour) {
    const int local = hour - scenario_.utc_offset_hours + hours_east_[region];
    sum +=
        1.0 + family.diurnal * kCosine[static_cast<std::size_t>((local - kBusiestHour + 96) % 24)];
    limits.push_back(sum);
  }
  const std::size_t hour = pick_by_limit(limits, random.uniform() * sum);
  return static_cast<std::int64_t>(hour) * kHour +
         static_cast<std::int64_t>(random.below(static_cast<std::uint64_t>(kHour)));
}

void Traffic::contact(Random& random, Visit& visit, Service service, std::int64_t time) {
  const TrafficFamily& model = scenario_.families[visit.family];
  SimPacket packet;
  packet.source = visit.source.address;
  packet.region = visit.source.region;
  packet.sensor = visit.sensor;
  packet.family = visit.family;
  packet.tool = model.tool;
  packet.sequence = static_cast<std::uint32_t>(random.next());
  packet.source_port = visit.port;
  packet.destination_port = service.number();
  visit.port = visit.port == kLastEphemeralPort ? kFirstEphemeralPort
                                                : static_cast<std::uint16_t>(visit.port + 1);
  if (model.backscatter) {
    // What the victim answers goes back to where the forged packet claimed to come from.
    packet.shape = visit.answer;
    packet.source_port = service.number();
    packet.destination_port = static_cast<std::uint16_t>(random.between(1024, 65535));
    if (is_icmp_error(packet.shape)) std::swap(packet.source_port, packet.destination_port);
  } else if (service.protocol() == protocol::kUdp) {
    packet.shape = Shape::udp;
    packet.payload = payload_of(random, service);
  } else if (service.protocol() == protocol::kIcmp) {
    packet.shape = Shape::echo;
    packet.source_port = static_cast<std::uint16_t>(random.below(65536));
    packet.destination_port = static_cast<std::uint16_t>(random.between(1, 255));
  }
  const bool signed_syn = packet.shape == Shape::syn && signs(packet.tool);
  if (signed_syn)
    packet.source_port = static_cast<std::uint16_t>(packet.source_port + kScannerPorts);
  const std::uint32_t drawn = packet.sequence;
  std::uint32_t count = 1;
  if (model.repeat == Repeat::syn) count = 3;
  if (model.repeat == Repeat::geometric) count = random.geometric(model.packets);
  const auto day_of = [&](std::int64_t at) { return (at - plan_.start_of(0)) / kDay; };
  std::int64_t first_seen = -1;  // of the packets that no outage swallows
  std::int64_t after = 0;
  for (std::uint32_t number = 0; number < count; ++number) {
    if (number > 0) after = retransmission_after(random, model.repeat, service, number, after);
    packet.time = time + after;
    visit.ip_id = static_cast<std::uint16_t>(visit.ip_id + random.between(1, 9));
    packet.ip_id = visit.ip_id;
    if (signed_syn) {
      packet.sequence = drawn;
      sign(packet, scenario_.sensors[visit.sensor].address.v4_bits());
    }
    if (!plan_.is_out(visit.sensor, packet.time)) {
      packet.starts_access = first_seen < 0;
      if (first_seen < 0) first_seen = packet.time;
      packet.days_after_start = static_cast<std::uint8_t>(day_of(packet.time) - day_of(first_seen));
      visit.packets->push_back(packet);
    }
    if (packet.shape == Shape::echo) ++packet.destination_port;
  }
}

}  // namespace teiten
