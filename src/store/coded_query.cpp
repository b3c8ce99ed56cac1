#include "store/coded_query.h"

#include <algorithm>
#include <charconv>

#include <fmt/format.h>

#include "access/access.h"
#include "decode/payload.h"
#include "net/region.h"
#include "net/service.h"

namespace teiten {
namespace {

std::optional<std::uint32_t> parse_kind(std::string_view text) {
  for (std::uint8_t kind = 0; kind < kKindCount; ++kind)
    if (to_string(static_cast<Kind>(kind)) == text) return kind;
  return std::nullopt;
}

std::optional<std::uint32_t> parse_number(std::string_view text) {
  std::uint32_t value = 0;
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value);
  if (error != std::errc{} || stop != end || text.empty()) return std::nullopt;
  return value;
}

std::optional<std::uint32_t> parse_code(Dimension dimension, std::string_view text) {
  switch (dimension) {
    case Dimension::service:
      if (const auto service = Service::parse(text)) return service->code();
      break;
    case Dimension::region:
      if (const auto region = Region::parse(text)) return region->code();
      break;
    case Dimension::kind:
      return parse_kind(text);
    case Dimension::protocol:
      if (const auto number = parse_protocol(text)) return *number;
      break;
    case Dimension::target:
      return parse_number(text);
    case Dimension::tool:
      if (const auto tool = parse_tool(text)) return tool->code();
      break;
    case Dimension::payload:
      if (const auto payload = parse_payload_class(text))
        return static_cast<std::uint32_t>(*payload);
      break;
    case Dimension::sensor:
    case Dimension::scanner:
      break;
  }
  return std::nullopt;
}

std::string wanted_form(Dimension dimension) {
  switch (dimension) {
    case Dimension::service:
      return "a service such as 1433/tcp, 1026/udp, 8/icmp or 47/ip";
    case Dimension::region:
      return "a region as a two-letter code such as JP, or ZZ for unknown";
    case Dimension::kind: {
      std::string names;
      for (std::uint8_t kind = 0; kind < kKindCount; ++kind)
        names += fmt::format("{}{}", kind == 0 ? "" : ", ", to_string(static_cast<Kind>(kind)));
      return "a kind: one of " + names;
    }
    case Dimension::protocol:
      return "a protocol: tcp, udp, icmp, icmpv6 or a number from 0 to 255";
    case Dimension::target:
      return "a target as a number from 0 to 4294967295";
    case Dimension::tool: {
      std::string names;
      for (std::uint8_t tool = 1; tool < kToolCount; ++tool)
        names += fmt::format("{}, ", to_string(ToolGuess{static_cast<Tool>(tool), true}));
      return "a tool: one of " + names + "these with '?' where only possible, or none";
    }
    case Dimension::payload: {
      std::string names;
      for (std::uint8_t payload = 0; payload < kPayloadClassCount; ++payload)
        names += fmt::format("{}{}", payload == 0 ? "" : ", ",
                             to_string(static_cast<PayloadClass>(payload)));
      return "a payload: one of " + names;
    }
    case Dimension::sensor:
    case Dimension::scanner:
      break;
  }
  return "a name";
}

Result<CodedFilter> encode(const Filter& filter, const SensorTable& sensors,
                           const SensorTable& scanners) {
  CodedFilter coded{filter.dimension, {}, filter.exclude};
  for (const std::string& value : filter.values) {
    if (filter.dimension == Dimension::sensor || filter.dimension == Dimension::scanner) {
      const SensorTable& names = filter.dimension == Dimension::sensor ? sensors : scanners;
      if (const auto id = names.find(value)) coded.codes.push_back(*id);
      continue;
    }
    const auto code = parse_code(filter.dimension, value);
    if (!code) {
      return failure(ErrorCode::invalid_argument,
                     fmt::format("'{}' is not {}", value, wanted_form(filter.dimension)));
    }
    coded.codes.push_back(*code);
  }
  std::sort(coded.codes.begin(), coded.codes.end());
  coded.codes.erase(std::unique(coded.codes.begin(), coded.codes.end()), coded.codes.end());
  return coded;
}

Error too_many_values() {
  return failure(ErrorCode::limit_reached,
                 fmt::format("a query may list at most {} filter values", kMaxFilterValues));
}

Result<CodedSourceFilter> encode(const SourceFilter& filter) {
  const Filter services{Dimension::service, filter.services, false};
  TEITEN_TRY(CodedFilter coded, encode(services, {}, {}));
  const std::size_t least = filter.match == SourceMatch::like ? 2 : 1;
  if (coded.codes.size() < least) {
    return failure(ErrorCode::invalid_argument, least == 1
                                                    ? "sources are chosen by at least one service"
                                                    : "sources are alike by at least two services");
  }
  return CodedSourceFilter{filter.match, std::move(coded.codes), filter.exclude};
}

}  // namespace

void SensorTable::add(std::uint16_t id, std::string name) {
  names_[id] = name;
  ids_[std::move(name)] = id;
}

std::optional<std::uint16_t> SensorTable::find(std::string_view name) const {
  const auto it = ids_.find(name);
  if (it == ids_.end()) return std::nullopt;
  return it->second;
}

std::vector<std::string> SensorTable::names() const {
  std::vector<std::string> result;
  for (const auto& [id, name] : names_) {
    result.resize(id, "?");
    result.push_back(name);
  }
  return result;
}

const std::string& SensorTable::name_of(std::uint32_t id) const {
  static const std::string unknown = "?";
  const auto it = names_.find(id);
  return it == names_.end() ? unknown : it->second;
}

bool CodedQuery::needs(Measure measure) const {
  return order == measure || std::find(measures.begin(), measures.end(), measure) != measures.end();
}

bool CodedQuery::groups_by(Dimension dimension) const {
  return std::find(by.begin(), by.end(), dimension) != by.end();
}

Result<CodedQuery> encode(const Query& query, const SensorTable& sensors,
                          const SensorTable& scanners) {
  CodedQuery coded{query.from, query.to,           query.zone,     query.bucket, query.by,   {},
                   {},         query.max_services, query.measures, query.order,  query.limit};
  for (std::size_t i = 0; i < query.by.size(); ++i) {
    if (std::find(query.by.begin(), query.by.begin() + static_cast<std::ptrdiff_t>(i),
                  query.by[i]) != query.by.begin() + static_cast<std::ptrdiff_t>(i)) {
      return failure(ErrorCode::invalid_argument,
                     fmt::format("the dimension {} is given twice", to_string(query.by[i])));
    }
  }
  std::size_t values = 0;
  for (const Filter& filter : query.where) {
    values += filter.values.size();
    if (values > kMaxFilterValues) return too_many_values();
    TEITEN_TRY(CodedFilter one, encode(filter, sensors, scanners));
    coded.where.push_back(std::move(one));
  }
  if (query.sources.size() > kMaxSourceFilters) {
    return failure(ErrorCode::limit_reached,
                   fmt::format("a query may choose sources by at most {} lists of services",
                               kMaxSourceFilters));
  }
  for (const SourceFilter& filter : query.sources) {
    values += filter.services.size();
    if (values > kMaxFilterValues) return too_many_values();
    TEITEN_TRY(CodedSourceFilter one, encode(filter));
    coded.sources.push_back(std::move(one));
  }
  return coded;
}

std::string text_of(Dimension dimension, std::uint32_t code, const SensorTable& sensors,
                    const SensorTable& scanners) {
  switch (dimension) {
    case Dimension::service:
      return Service::from_code(code).to_string();
    case Dimension::region:
      return Region::from_code(static_cast<std::uint16_t>(code)).to_string();
    case Dimension::sensor:
      return sensors.name_of(code);
    case Dimension::kind:
      return std::string(to_string(static_cast<Kind>(code)));
    case Dimension::protocol:
      return protocol_name(static_cast<std::uint8_t>(code));
    case Dimension::tool:
      return to_string(ToolGuess::from_code(static_cast<std::uint8_t>(code)));
    case Dimension::scanner:
      return scanners.name_of(code);
    case Dimension::payload:
      return std::string(to_string(static_cast<PayloadClass>(code)));
    case Dimension::target:
      break;
  }
  return fmt::format("{}", code);
}

}  // namespace teiten
