#include "store/duckdb_schema.h"

#include <vector>

#include <fmt/format.h>

namespace teiten {
namespace {

/// Version 1. Types are as small as what they hold allows: DuckDB packs integers by the bits that a
/// group of 2,048 rows needs. `access` has neither key nor index (one would cost more than the
/// rows) and its rows are in the order of the batches, each in the order of time.
///
/// - access.time is the first packet's, in UTC; duration (µs) leads to the last one's
/// - access.source is the IPv6 address as a number, for IPv4 the mapped one (::ffff:a.b.c.d)
/// - access.service is protocol × 65536 + port (or ICMP type); region is first letter × 256 +
/// second;
///   kind is the number in the table `kind`
/// - times of batches have nanoseconds; import_input.digest is the XXH3-128 of the content
constexpr const char* kVersion1 = R"sql(
CREATE TABLE meta (
  application VARCHAR NOT NULL,
  schema_version INTEGER NOT NULL,
  created_by VARCHAR NOT NULL,
  created TIMESTAMP NOT NULL);
CREATE TABLE sensor (id USMALLINT NOT NULL, name VARCHAR NOT NULL UNIQUE);
CREATE TABLE batch (
  id INTEGER NOT NULL,
  sensor USMALLINT NOT NULL,
  epoch UBIGINT NOT NULL,
  sequence UBIGINT NOT NULL,
  begins TIMESTAMP_NS NOT NULL,
  ends TIMESTAMP_NS NOT NULL,
  frames UBIGINT NOT NULL,
  packets_unsolicited UBIGINT NOT NULL,
  solicited UBIGINT NOT NULL,
  dropped UBIGINT NOT NULL,
  region_source VARCHAR NOT NULL,
  UNIQUE (sensor, epoch, sequence));
CREATE TABLE batch_count (
  batch INTEGER NOT NULL,
  category VARCHAR NOT NULL,
  name VARCHAR NOT NULL,
  count UBIGINT NOT NULL);
CREATE TABLE batch_activity (
  batch INTEGER NOT NULL,
  begins TIMESTAMP_NS NOT NULL,
  ends TIMESTAMP_NS NOT NULL);
CREATE TABLE import (epoch UBIGINT NOT NULL, complete BOOLEAN NOT NULL);
CREATE TABLE import_input (
  epoch UBIGINT NOT NULL,
  position INTEGER NOT NULL,
  digest VARCHAR NOT NULL,
  name VARCHAR NOT NULL,
  format VARCHAR NOT NULL,
  frames UBIGINT NOT NULL);
CREATE TABLE access (
  batch INTEGER NOT NULL,
  sensor USMALLINT NOT NULL,
  time TIMESTAMP NOT NULL,
  -- last packet minus first in tenths of a second, rounded down; a row covers a quarter of an hour at most
  duration_ds USMALLINT NOT NULL,
  source UHUGEINT NOT NULL,
  service UINTEGER NOT NULL,
  source_port USMALLINT NOT NULL,
  -- what service and source_port leave open: the destination port of backscatter, the code of ICMP; else 0
  detail USMALLINT NOT NULL,
  region USMALLINT NOT NULL,
  kind UTINYINT NOT NULL,
  target UINTEGER NOT NULL,
  packets UINTEGER NOT NULL,
  -- 1; 0 in a row that continues an access after a quarter of an hour
  starts UTINYINT NOT NULL);
CREATE VIEW access_text AS
SELECT
  s.name AS sensor,
  a.time,
  a.time + to_milliseconds(100 * a.duration_ds::INTEGER) AS last,
  CASE WHEN a.source >> 32 = 65535 THEN
    concat_ws('.', (a.source >> 24) & 255, (a.source >> 16) & 255, (a.source >> 8) & 255, a.source & 255)
  ELSE rtrim(regexp_replace(lpad(lower(hex(a.source)), 32, '0'), '(....)', '\1:', 'g'), ':') END AS source,
  CASE WHEN a.service & 65535 = 65535 AND a.service >> 16 IN (1, 58) THEN '?'
       WHEN a.service >> 16 IN (1, 6, 17, 58) THEN (a.service & 65535)::VARCHAR
       ELSE (a.service >> 16)::VARCHAR END ||
  CASE a.service >> 16 WHEN 1 THEN '/icmp' WHEN 6 THEN '/tcp' WHEN 17 THEN '/udp' WHEN 58 THEN '/icmpv6'
       ELSE '/ip' END AS service,
  a.source_port,
  CASE WHEN a.service >> 16 NOT IN (6, 17) THEN NULL WHEN a.kind IN (3, 5) THEN a.detail
       ELSE (a.service & 65535)::USMALLINT END AS destination_port,
  CASE WHEN a.service >> 16 IN (1, 58) THEN a.detail END AS icmp_code,
  chr((a.region >> 8)::INTEGER) || chr((a.region & 255)::INTEGER) AS region,
  ['unknown', 'scan', 'ping', 'backscatter', 'amplification_probe', 'reflection', 'misdirected',
   'other'][a.kind + 1] AS kind,
  a.target,
  a.packets,
  a.starts
FROM access a JOIN sensor s ON s.id = a.sensor;
)sql";

/// Version 2: tools, payloads, known scanners, and the version of the rules. Rows from before have
/// none of them, which is 0 everywhere.
///
/// - access.tool is ToolGuess::code(): twice the number of the tool, plus 1 if confirmed
/// - access.payload is the number of a PayloadClass, payload_digest eight hexadecimal digits of the
///   payload's digest or nothing: a text, because DuckDB has dictionaries for texts alone, and few
///   payloads make most of the rows (four bytes a row as a number, less than one so)
/// - access.scanner is a number in the table `scanner`, or 0
constexpr const char* kVersion2 = R"sql(
CREATE TABLE scanner (id USMALLINT NOT NULL, organisation VARCHAR NOT NULL UNIQUE);
ALTER TABLE batch ADD COLUMN rule_version USMALLINT DEFAULT 0;
ALTER TABLE access ADD COLUMN tool UTINYINT DEFAULT 0;
ALTER TABLE access ADD COLUMN payload UTINYINT DEFAULT 0;
ALTER TABLE access ADD COLUMN payload_digest VARCHAR DEFAULT '';
ALTER TABLE access ADD COLUMN scanner USMALLINT DEFAULT 0;
DROP VIEW access_text;
CREATE VIEW access_text AS
SELECT
  s.name AS sensor,
  a.time,
  a.time + to_milliseconds(100 * a.duration_ds::INTEGER) AS last,
  CASE WHEN a.source >> 32 = 65535 THEN
    concat_ws('.', (a.source >> 24) & 255, (a.source >> 16) & 255, (a.source >> 8) & 255, a.source & 255)
  ELSE rtrim(regexp_replace(lpad(lower(hex(a.source)), 32, '0'), '(....)', '\1:', 'g'), ':') END AS source,
  CASE WHEN a.service & 65535 = 65535 AND a.service >> 16 IN (1, 58) THEN '?'
       WHEN a.service >> 16 IN (1, 6, 17, 58) THEN (a.service & 65535)::VARCHAR
       ELSE (a.service >> 16)::VARCHAR END ||
  CASE a.service >> 16 WHEN 1 THEN '/icmp' WHEN 6 THEN '/tcp' WHEN 17 THEN '/udp' WHEN 58 THEN '/icmpv6'
       ELSE '/ip' END AS service,
  a.source_port,
  CASE WHEN a.service >> 16 NOT IN (6, 17) THEN NULL WHEN a.kind IN (3, 5) THEN a.detail
       ELSE (a.service & 65535)::USMALLINT END AS destination_port,
  CASE WHEN a.service >> 16 IN (1, 58) THEN a.detail END AS icmp_code,
  chr((a.region >> 8)::INTEGER) || chr((a.region & 255)::INTEGER) AS region,
  ['unknown', 'scan', 'ping', 'backscatter', 'amplification_probe', 'reflection', 'misdirected',
   'other', 'stealth_scan', 'ack_scan', 'p2p'][a.kind + 1] AS kind,
  ['none', 'none', 'mirai?', 'mirai', 'masscan?', 'masscan', 'zmap?', 'zmap', 'unicornscan?', 'unicornscan',
   'nmap?', 'nmap', 'connect_windows?', 'connect_windows', 'connect_linux?', 'connect_linux'][a.tool + 1] AS tool,
  coalesce(o.organisation, '-') AS scanner,
  ['none', 'other', 'dns_query', 'dns_response', 'ntp_request', 'ntp_monlist', 'ntp_control', 'ntp_response',
   'memcached_request', 'memcached_response', 'ssdp_request', 'ssdp_response', 'snmp_request', 'snmp_response',
   'cldap_request', 'cldap_response', 'rpcbind_request', 'rpcbind_response', 'chargen', 'sip_request',
   'sip_response', 'quic_initial', 'quic_other', 'mssql_ping', 'mssql_response', 'slammer', 'messenger_spam',
   'bittorrent', 'http', 'tls_client_hello', 'ssh', 'rdp', 'smb'][a.payload + 1] AS payload,
  a.payload_digest,
  a.target,
  a.packets,
  a.starts
FROM access a JOIN sensor s ON s.id = a.sensor LEFT JOIN scanner o ON o.id = a.scanner;
)sql";

/// Version 3: what tells that a log has grown since it was imported, or goes on in another.
///
/// - import_input.bytes is the length of the content that the digest covers; settled, begins and
///   ends as ImportedInput has them; 0 and NULL for imports from before
/// - import_record has a hash of each record of a log: RecordHash
constexpr const char* kVersion3 = R"sql(
ALTER TABLE import_input ADD COLUMN bytes UBIGINT DEFAULT 0;
ALTER TABLE import_input ADD COLUMN settled UBIGINT DEFAULT 0;
ALTER TABLE import_input ADD COLUMN begins TIMESTAMP;
ALTER TABLE import_input ADD COLUMN ends TIMESTAMP;
CREATE TABLE import_record (
  epoch UBIGINT NOT NULL,
  position INTEGER NOT NULL,
  number UBIGINT NOT NULL,
  hash UINTEGER NOT NULL);
)sql";

/// Version 4: sensors that live. A row of `batch` holds the batches sequence … last_sequence (NULL:
/// that one), which follow each other without a gap; live as Batch has it.
constexpr const char* kVersion4 = R"sql(
ALTER TABLE batch ADD COLUMN last_sequence UBIGINT;
ALTER TABLE batch ADD COLUMN live BOOLEAN DEFAULT false;
)sql";

/// Version 5: days whose accesses are gone.
///
/// - retention has one row or none: local days [first_day, end_day) of `zone` are kept as counts
///   alone; kept_from is the first instant after them
/// - daily has these counts, of the smallest cells
/// - daily_overlap says by how much the sum of `sources` over the cells of daily that make up a
///   larger one is more than its distinct sources; level says by which dimensions this one is
///   (retention.h), the others are 0. What does not overlap has no row
/// - batch_aged says how many rows of a batch, with how many packets, they stand for
constexpr const char* kVersion5 = R"sql(
CREATE TABLE retention (
  zone VARCHAR NOT NULL,
  first_day INTEGER NOT NULL,
  end_day INTEGER NOT NULL,
  kept_from TIMESTAMP NOT NULL);
CREATE TABLE daily (
  day INTEGER NOT NULL,
  sensor USMALLINT NOT NULL,
  service UINTEGER NOT NULL,
  region USMALLINT NOT NULL,
  kind UTINYINT NOT NULL,
  packets UBIGINT NOT NULL,
  accesses UBIGINT NOT NULL,
  sources UBIGINT NOT NULL);
CREATE TABLE daily_overlap (
  day INTEGER NOT NULL,
  level UTINYINT NOT NULL,
  sensor USMALLINT NOT NULL,
  service UINTEGER NOT NULL,
  region USMALLINT NOT NULL,
  kind UTINYINT NOT NULL,
  overlap UBIGINT NOT NULL);
CREATE TABLE batch_aged (batch INTEGER NOT NULL, rows UBIGINT NOT NULL, packets UBIGINT NOT NULL);
)sql";

/// current_timestamp at UTC: a TIMESTAMP without zone, as all times here.
constexpr const char* kDescribe = "INSERT INTO meta VALUES ('teiten', 1, 'teiten " TEITEN_VERSION
                                  "', current_timestamp AT TIME ZONE 'UTC');";

}  // namespace

std::span<const SchemaStep> schema_steps() {
  static const std::vector<SchemaStep> steps = {{1, std::string(kVersion1) + kDescribe},
                                                {2, kVersion2},
                                                {3, kVersion3},
                                                {4, kVersion4},
                                                {5, kVersion5}};
  return steps;
}

Result<std::optional<int>> read_schema_version(DuckDbConnection& connection) {
  TEITEN_TRY(DuckDbRows found,
             connection.query("SELECT count(*) FROM duckdb_columns() WHERE schema_name = 'main' "
                              "AND table_name = 'meta' AND ((column_name = 'application' AND "
                              "data_type = 'VARCHAR') OR (column_name = 'schema_version' AND "
                              "data_type = 'INTEGER'))"));
  if (!found.next_chunk() || found.column<std::int64_t>(0)[0] != 2) return std::optional<int>{};
  TEITEN_TRY(DuckDbRows rows,
             connection.query("SELECT schema_version FROM meta WHERE application = 'teiten'"));
  if (!rows.next_chunk() || rows.size() != 1) return std::optional<int>{};
  return std::optional<int>{rows.column<std::int32_t>(0)[0]};
}

Result<void> run_schema_steps(DuckDbConnection& connection, std::span<const SchemaStep> steps,
                              int from) {
  TEITEN_TRY(DuckDbTransaction transaction, DuckDbTransaction::begin(connection));
  for (const SchemaStep& step : steps) {
    if (step.version <= from) continue;
    TEITEN_CHECK(connection.execute(step.statements));
    TEITEN_CHECK(
        connection.execute(fmt::format("UPDATE meta SET schema_version = {}", step.version)));
  }
  return transaction.commit();
}

}  // namespace teiten
