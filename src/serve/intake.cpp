#include "serve/intake.h"

#include <charconv>

#include <fmt/format.h>

#include "enrich/enrich_batch.h"
#include "wire/batch_codec.h"

namespace teiten {
namespace {

std::optional<std::uint64_t> parse_number(std::string_view text) {
  std::uint64_t value = 0;
  if (text.size() > 1 && text.front() == '0') return std::nullopt;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

/// Text up to the next '/', which is taken away; all that is left where there is none.
std::string_view next_part(std::string_view& text) {
  const auto slash = text.find('/');
  const std::string_view part = text.substr(0, slash);
  text.remove_prefix(slash == std::string_view::npos ? text.size() : slash + 1);
  return part;
}

Refusal refusal_of(Admission admission, const PeerIdentity& peer) {
  switch (admission) {
    case Admission::disabled:
      return {403, "disabled", fmt::format("sensor {} is disabled", peer.sensor)};
    case Admission::superseded_certificate:
      return {
          403, "superseded_certificate",
          fmt::format("this certificate of sensor {} was replaced by a newer one", peer.sensor)};
    case Admission::unknown_sensor:
    case Admission::admitted:
      break;
  }
  return {403, "unknown_sensor", fmt::format("no sensor {} is enrolled here", peer.sensor)};
}

Refusal refusal_of(const Error& error) {
  switch (error.code) {
    case ErrorCode::unsupported:
      return {415, "unsupported_version", error.message};
    case ErrorCode::limit_reached:
      return {413, "too_large", error.message};
    default:
      return {400, "malformed", error.message};
  }
}

}  // namespace

std::optional<BatchName> parse_batch_path(std::string_view target) {
  constexpr std::string_view kPrefix = "/v1/batches/";
  if (!target.starts_with(kPrefix)) return std::nullopt;
  target.remove_prefix(kPrefix.size());
  const std::string_view sensor = next_part(target);
  const auto epoch = parse_number(next_part(target));
  const auto sequence = parse_number(target);
  if (!is_fleet_name(sensor) || !epoch || !sequence) return std::nullopt;
  return BatchName{std::string(sensor), *epoch, *sequence};
}

void complete_batch(Batch& batch, const GeoDatabases& geo, const KnownScanners& scanners) {
  batch.live = true;
  batch.scanners.clear();
  batch.region_source.clear();
  // Regions as well, but for labels of a log.
  for (Access& access : batch.accesses)
    access.scanner = 0;
  enrich_batch(batch, &geo, scanners);
}

std::optional<Refusal> Intake::refuse_peer(const PeerIdentity& peer, UtcTime now) {
  // A connection may outlive the certificate that opened it.
  if (peer.expires <= now) {
    return Refusal{403, "expired",
                   fmt::format("the certificate of sensor {} has expired", peer.sensor)};
  }
  const auto admission = registry_.admit(peer.sensor, peer.serial);
  if (!admission.ok() && admission.error().code == ErrorCode::busy) {
    return Refusal{503, "registry_busy", "somebody is changing what the collector knows of sensors",
                   std::chrono::seconds(5)};
  }
  if (!admission.ok())
    return Refusal{503, "registry_error", "the collector cannot read what it knows of this sensor",
                   std::chrono::seconds(60)};
  if (*admission != Admission::admitted) return refusal_of(*admission, peer);
  return std::nullopt;
}

std::variant<BatchName, Refusal> Intake::admit(const PeerIdentity& peer, const RequestHead& head,
                                               UtcTime now) {
  if (auto refused = refuse_peer(peer, now)) return *std::move(refused);
  auto name = parse_batch_path(head.target);
  if (!name)
    return Refusal{404, "no_such_path", "PUT /v1/batches/SENSOR/EPOCH/SEQUENCE is all there is"};
  if (head.method != "PUT") return Refusal{405, "wrong_method", "batches come by PUT"};
  if (name->sensor != peer.sensor) {
    return Refusal{
        403, "wrong_sensor",
        fmt::format("the certificate of sensor {} cannot write as {}", peer.sensor, name->sensor)};
  }
  if (head.media_type != kBatchMediaType)
    return Refusal{415, "wrong_media_type", fmt::format("a batch is {}", kBatchMediaType)};
  if (!head.has_length) return Refusal{411, "no_length", "a Content-Length is needed"};
  if (head.length > kMaxBatchBytes) {
    return Refusal{
        413, "too_large",
        fmt::format("{} bytes are more than a batch may have ({})", head.length, kMaxBatchBytes)};
  }
  return *std::move(name);
}

std::variant<Batch, Refusal> Intake::take(const BatchName& name, std::string_view body, UtcTime now,
                                          UtcTime kept_from) {
  auto decoded = decode_batch(body);
  if (!decoded.ok()) return refusal_of(decoded.error());
  Batch& batch = *decoded;
  if (batch.sensor != name.sensor || batch.epoch != name.epoch || batch.sequence != name.sequence) {
    return Refusal{
        422, "wrong_name",
        fmt::format("the batch calls itself {}/{}/{}", batch.sensor, batch.epoch, batch.sequence)};
  }
  const bool ahead = batch.range.to > now + kMaxAhead;
  const bool old = (options_.max_age.count() > 0 && batch.range.from < now - options_.max_age) ||
                   (!batch.accesses.empty() && batch.range.from < kept_from);
  if (ahead || old) {
    const auto kept = quarantine_.keep(name.sensor, name.epoch, name.sequence, body);
    if (!kept.ok())
      return Refusal{503, "quarantine_full",
                     "its time is out of bounds and the collector's quarantine takes no more: set "
                     "this sensor's clock",
                     std::chrono::minutes(5)};
    return Refusal{
        202, ahead ? "quarantined_ahead" : "quarantined_old",
        fmt::format("kept aside and not counted: it is of {} to {}, and the collector's "
                    "clock says {}",
                    format_utc(batch.range.from), format_utc(batch.range.to), format_utc(now)),
        std::chrono::seconds(0), batch.range};
  }
  complete_batch(batch, geo_, scanners_);
  return std::move(batch);
}

}  // namespace teiten
