#include "serve/collector.h"

#include <map>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "serve/metrics_text.h"

namespace teiten {
namespace {

using nlohmann::json;

double unix_seconds(UtcTime time) {
  return std::chrono::duration<double>(time.time_since_epoch()).count();
}

json time_or_null(UtcTime time) {
  return time == UtcTime{} ? json() : json(format_utc(time));
}

json json_of(const FleetSensor& sensor) {
  const SensorHealth& health = sensor.health;
  return {{"sensor", sensor.record.name},
          {"enabled", sensor.record.enabled},
          {"state", to_string(health.state)},
          {"reason", health.reason},
          {"certificate_expires", time_or_null(sensor.record.expires)},
          {"certificate_expired", sensor.record.expires != UtcTime{} &&
                                      sensor.record.expires <= std::chrono::system_clock::now()},
          {"renewal_pending", !sensor.record.next_serial.empty()},
          {"last_arrival", time_or_null(health.last_arrival)},
          {"last_batch_end", time_or_null(health.last_batch.to)},
          {"last_packet", time_or_null(health.last_packet)},
          {"lag_seconds", health.lag_seconds},
          {"coverage", health.coverage},
          {"loss", health.loss},
          {"clock_offset_seconds", health.clock_offset_seconds},
          {"version", health.version},
          {"spool_bytes", health.spool_bytes},
          {"spool_fill", health.spool_fill},
          {"batches", health.batches},
          {"packets", health.packets},
          {"dropped", health.dropped},
          {"kept_aside", health.kept_aside},
          {"conflicting", health.conflicting}};
}

std::string dumped(const json& value) {
  return value.dump(-1, ' ', false, json::error_handler_t::replace);
}

void write_counters(MetricsText& out, const Collector& collector) {
  const auto counts = [&](const char* name, const char* label, const char* help,
                          const Counters& counters) {
    out.metric(name, "counter", "", help);
    for (const auto& [what, n] : counters.all())
      out.sample(label, what, static_cast<double>(n));
  };
  counts(
      "teiten_collector_uploads_total", "result",
      "Uploads by what became of them: stored, quarantined_..., or why they were refused (count)",
      collector.uploads);
  counts("teiten_collector_handshakes_total", "result",
         "TLS handshakes by what became of them: ok, or why they failed (count)",
         collector.handshakes);
  counts("teiten_collector_timeouts_total", "at",
         "Connections that were cut because the other side was too slow, by what was waited for "
         "(count)",
         collector.timeouts);
  counts("teiten_collector_closed_connections_total", "reason",
         "Connections of sensors that were closed to make room, by why: newer_connection where one "
         "sensor had too many (count)",
         collector.closed);
}

void write_committer(MetricsText& out, const Collector& collector) {
  const Committer::Status status = collector.committer->status();
  const auto one = [&](const char* name, const char* type, const char* unit, const char* help,
                       double value) {
    out.metric(name, type, unit, help);
    out.sample(value);
  };
  one("teiten_collector_committed_batches_total", "counter", "",
      "Batches acknowledged after their commit (count)",
      static_cast<double>(status.committed_batches));
  one("teiten_collector_new_batches_total", "counter", "",
      "Of these, batches that were not in the store before (count)",
      static_cast<double>(status.new_batches));
  one("teiten_collector_transactions_total", "counter", "", "Commits to the store (count)",
      static_cast<double>(status.transactions));
  one("teiten_collector_store_errors_total", "counter", "",
      "Failures to open or to write the store (count)", static_cast<double>(status.store_errors));
  one("teiten_collector_aged_accesses_total", "counter", "",
      "Old accesses that became daily counts (count)", static_cast<double>(status.aged_accesses));
  one("teiten_collector_retention_failing", "gauge", "",
      "1 if old days cannot become daily counts: see the log (bool)",
      status.retention_error.empty() ? 0.0 : 1.0);
  one("teiten_collector_store_loans_total", "counter", "",
      "Times the store was lent to a command (count)", static_cast<double>(status.loans));
  one("teiten_collector_store_on_loan", "gauge", "", "Commands that have the store now (count)",
      static_cast<double>(status.borrowers.size()));
  one("teiten_collector_store_loan_age_seconds", "gauge", "seconds",
      "How long the command that has had the store longest has it, 0 if none has it (seconds)",
      std::chrono::duration<double>(status.loan_age).count());
  const Quarantine::Usage quarantine = collector.quarantine.usage();
  one("teiten_collector_quarantine_files", "gauge", "",
      "Batches that are kept aside: teiten sensor readmit, or remove them (count)",
      static_cast<double>(quarantine.files));
  one("teiten_collector_quarantine_bytes", "gauge", "bytes", "What they take of the disk (bytes)",
      static_cast<double>(quarantine.bytes));
  one("teiten_collector_waiting_batches", "gauge", "", "Batches that wait for their commit (count)",
      static_cast<double>(status.waiting_batches));
  one("teiten_collector_oldest_wait_seconds", "gauge", "seconds",
      "How long the first of them has waited (seconds)",
      std::chrono::duration<double>(status.oldest_wait).count());
  one("teiten_collector_waiting_bytes", "gauge", "bytes",
      "Memory taken by uploads until their commit (bytes)",
      static_cast<double>(collector.waiting_bytes.used()));
  one("teiten_collector_connections", "gauge", "", "Open connections of sensors (count)",
      static_cast<double>(collector.connections));
}

void write_fleet(MetricsText& out, const std::vector<FleetSensor>& fleet) {
  const auto each = [&](const char* name, const char* type, const char* unit, const char* help,
                        const std::function<double(const FleetSensor&)>& value) {
    out.metric(name, type, unit, help);
    for (const FleetSensor& sensor : fleet)
      out.sample("sensor", sensor.record.name, value(sensor));
  };
  out.metric(
      "teiten_sensor_state", "gauge", "",
      "1 for the state that a sensor is in: ok, never, down, blind, saturated, filtered, clock, "
      "conflict, damaged (boolean)");
  for (const FleetSensor& sensor : fleet)
    out.sample("sensor", sensor.record.name, "state", to_string(sensor.health.state), 1);
  each("teiten_sensor_enabled", "gauge", "", "Whether the sensor may write (boolean)",
       [](const FleetSensor& s) { return s.record.enabled ? 1 : 0; });
  each("teiten_sensor_certificate_expiry_timestamp_seconds", "gauge", "seconds",
       "End of its certificate (seconds since 1970)",
       [](const FleetSensor& s) { return unix_seconds(s.record.expires); });
  each("teiten_sensor_last_arrival_timestamp_seconds", "gauge", "seconds",
       "When its last batch came, 0 if none did (seconds since 1970)",
       [](const FleetSensor& s) { return unix_seconds(s.health.last_arrival); });
  each("teiten_sensor_last_batch_timestamp_seconds", "gauge", "seconds",
       "End of its newest batch, 0 if there is none (seconds since 1970)",
       [](const FleetSensor& s) { return unix_seconds(s.health.last_batch.to); });
  each("teiten_sensor_lag_seconds", "gauge", "seconds",
       "From the end of its newest batch to its arrival (seconds)",
       [](const FleetSensor& s) { return s.health.lag_seconds; });
  each("teiten_sensor_coverage_ratio", "gauge", "ratio",
       "Share of the last day that its batches cover (0 to 1)",
       [](const FleetSensor& s) { return s.health.coverage; });
  each("teiten_sensor_loss_ratio", "gauge", "ratio",
       "Share of its packets lost before capture, last hour (0 to 1)",
       [](const FleetSensor& s) { return s.health.loss; });
  each("teiten_sensor_clock_offset_seconds", "gauge", "seconds",
       "Its clock minus the collector's, transfer included (seconds)",
       [](const FleetSensor& s) { return s.health.clock_offset_seconds; });
  each("teiten_sensor_spool_bytes", "gauge", "bytes", "What waits in its spool (bytes)",
       [](const FleetSensor& s) { return static_cast<double>(s.health.spool_bytes); });
  each("teiten_sensor_spool_fill_ratio", "gauge", "ratio", "How full its spool is (0 to 1)",
       [](const FleetSensor& s) { return s.health.spool_fill; });
  each("teiten_sensor_batches_total", "counter", "", "Batches acknowledged (count)",
       [](const FleetSensor& s) { return static_cast<double>(s.health.batches); });
  each("teiten_sensor_packets_total", "counter", "", "Unsolicited packets in these batches (count)",
       [](const FleetSensor& s) { return static_cast<double>(s.health.packets); });
  each("teiten_sensor_dropped_packets_total", "counter", "",
       "Packets lost before capture, as the sensor tells (count)",
       [](const FleetSensor& s) { return static_cast<double>(s.health.dropped); });
  each("teiten_sensor_quarantined_batches_total", "counter", "",
       "Batches acknowledged but kept aside for their time (count)",
       [](const FleetSensor& s) { return static_cast<double>(s.health.kept_aside); });
  each("teiten_sensor_conflicting_batches_total", "counter", "",
       "Batches kept aside because another one of their identity is stored (count)",
       [](const FleetSensor& s) { return static_cast<double>(s.health.conflicting); });
  out.metric("teiten_sensor_version_info", "gauge", "", "1 for the version it runs (boolean)");
  for (const FleetSensor& sensor : fleet) {
    if (!sensor.health.version.empty())
      out.sample("sensor", sensor.record.name, "version", sensor.health.version, 1);
  }
}

}  // namespace

Collector::Collector(const CollectorOptions& given, Authority own_authority, Registry own_registry,
                     Quarantine own_quarantine, std::unique_ptr<Committer> own_committer,
                     const GeoDatabases& geo, const KnownScanners& scanners)
    : options(given),
      authority(std::move(own_authority)),
      registry(std::move(own_registry)),
      quarantine(std::move(own_quarantine)),
      health(options.rules, std::chrono::system_clock::now()),
      intake(registry, quarantine, geo, scanners, options.intake),
      committer(std::move(own_committer)) {}

std::string default_state_folder(const std::string& store) {
  return store + ".fleet";
}

std::vector<FleetSensor> fleet_of(const std::vector<SensorRecord>& records,
                                  const std::vector<SensorHealth>& seen) {
  std::map<std::string, const SensorHealth*> by_name;
  for (const SensorHealth& health : seen)
    by_name[health.sensor] = &health;
  std::vector<FleetSensor> fleet;
  for (const SensorRecord& record : records) {
    FleetSensor sensor{record, {}};
    sensor.health.sensor = record.name;
    if (const auto at = by_name.find(record.name); at != by_name.end()) sensor.health = *at->second;
    if (!record.damage.empty()) {
      sensor.health.state = SensorState::damaged;
      sensor.health.reason = record.damage;
    }
    fleet.push_back(std::move(sensor));
  }
  return fleet;
}

std::string fleet_json(const std::vector<FleetSensor>& fleet) {
  json sensors = json::array();
  for (const FleetSensor& sensor : fleet)
    sensors.push_back(json_of(sensor));
  return dumped(sensors);
}

std::string Collector::status_json(UtcTime now) const {
  const auto records = registry.list();
  const Committer::Status status = committer->status();
  const Quarantine::Usage kept = quarantine.usage();
  json line = {{"collector",
                {{"store", options.store},
                 {"committed_batches", status.committed_batches},
                 {"new_batches", status.new_batches},
                 {"new_accesses", status.new_accesses},
                 {"transactions", status.transactions},
                 {"waiting_batches", status.waiting_batches},
                 {"oldest_wait_seconds", std::chrono::duration<double>(status.oldest_wait).count()},
                 {"store_error", status.store_error},
                 {"store_errors", status.store_errors},
                 {"aged_accesses", status.aged_accesses},
                 {"retention_error", status.retention_error},
                 {"borrowers", status.borrowers},
                 {"loans", status.loans},
                 {"loan_seconds", std::chrono::duration<double>(status.loan_age).count()},
                 {"quarantine_files", kept.files},
                 {"quarantine_bytes", kept.bytes},
                 {"connections", connections.load()},
                 {"waiting_bytes", waiting_bytes.used()},
                 {"uploads", uploads.all()},
                 {"handshakes", handshakes.all()},
                 {"timeouts", timeouts.all()},
                 {"closed_connections", closed.all()}}},
               {"sensors", json::array()}};
  if (records.ok()) {
    for (const FleetSensor& sensor : fleet_of(*records, health.all(now)))
      line["sensors"].push_back(json_of(sensor));
  } else {
    line["error"] = records.error().message;
  }
  return dumped(line);
}

std::string Collector::metrics_text(UtcTime now) const {
  MetricsText out;
  write_counters(out, *this);
  write_committer(out, *this);
  const auto records = registry.list();
  if (records.ok()) write_fleet(out, fleet_of(*records, health.all(now)));
  return out.text();
}

}  // namespace teiten
