#include "store/live_rows.h"

#include <algorithm>
#include <string>

#include <fmt/format.h>

#include "store/duckdb_connection.h"

namespace teiten {
namespace {

using OpenRow = BatchGatherer::OpenRow;

UtcTime time_from(std::int64_t nanoseconds) {
  return UtcTime(std::chrono::nanoseconds(nanoseconds));
}

OpenRow row_from(const DuckDbRows& rows, std::size_t i) {
  return {rows.column<std::int32_t>(2)[i],
          rows.column<std::uint64_t>(3)[i],
          rows.column<std::uint64_t>(4)[i],
          {time_from(rows.column<std::int64_t>(5)[i]), time_from(rows.column<std::int64_t>(6)[i])},
          std::string(rows.text(7, i)),
          rows.column<std::uint16_t>(8)[i]};
}

LiveRows::Stream stream_from(const DuckDbRows& rows, std::size_t i) {
  return {rows.column<std::uint16_t>(0)[i], rows.column<std::uint64_t>(1)[i]};
}

}  // namespace

void LiveRows::trim(std::vector<OpenRow>& rows, End& end) {
  std::erase_if(rows, [&](const OpenRow& row) { return row.first_sequence < end.from; });
  if (rows.size() <= kMaxLiveRows) return;
  std::sort(rows.begin(), rows.end(),
            [](const OpenRow& a, const OpenRow& b) { return a.first_sequence < b.first_sequence; });
  rows.erase(rows.begin(), rows.end() - static_cast<std::ptrdiff_t>(kMaxLiveRows));
  end.from = rows.front().first_sequence;
}

Result<void> LiveRows::load(DuckDbConnection& connection, const std::vector<Place>& places) {
  ++loads_;
  std::vector<Stream> unknown;
  for (const Place& place : places) {
    const auto [end, added] = ends_.try_emplace(place.stream);
    if (added) unknown.push_back(place.stream);
    // What was read around places of an earlier group that was not written in the end.
    if (!added && end->second.used != loads_) trim(rows_[place.stream], end->second);
    end->second.used = loads_;
  }
  auto loaded = unknown.empty() ? Result<void>() : load_ends(connection, unknown);
  std::vector<Place> around;
  for (const Place& place : places) {
    if (place.sequence < ends_.at(place.stream).from) around.push_back(place);
  }
  if (loaded.ok() && !around.empty()) loaded = load_around(connection, around);
  if (!loaded.ok()) clear();
  return loaded;
}

Result<void> LiveRows::load_ends(DuckDbConnection& connection, const std::vector<Stream>& streams) {
  std::string wanted;
  for (const auto& [sensor, epoch] : streams)
    wanted +=
        fmt::format("{}({}::USMALLINT, {}::UBIGINT)", wanted.empty() ? "" : ", ", sensor, epoch);
  TEITEN_TRY(
      DuckDbRows rows,
      connection.query(fmt::format(
          "SELECT b.sensor, b.epoch, arg_max(id, sequence), max(sequence), "
          "arg_max(coalesce(last_sequence, sequence), sequence), arg_max(begins, sequence), "
          "arg_max(ends, sequence), arg_max(region_source, sequence), "
          "arg_max(rule_version, sequence) FROM batch b JOIN (VALUES {}) w(sensor, epoch) "
          "ON b.sensor = w.sensor AND b.epoch = w.epoch WHERE live GROUP BY b.sensor, b.epoch",
          wanted)));
  while (rows.next_chunk()) {
    for (std::size_t i = 0; i < rows.size(); ++i) {
      const Stream stream = stream_from(rows, i);
      OpenRow last = row_from(rows, i);
      ends_[stream].from = last.first_sequence;
      rows_[stream] = {std::move(last)};
    }
  }
  return {};
}

Result<void> LiveRows::load_around(DuckDbConnection& connection, const std::vector<Place>& places) {
  std::string wanted;
  for (const Place& place : places) {
    wanted +=
        fmt::format("{}({}::USMALLINT, {}::UBIGINT, {}::UBIGINT, {}::UBIGINT)",
                    wanted.empty() ? "" : ", ", place.stream.first, place.stream.second,
                    place.sequence, place.sequence - std::min<std::uint64_t>(1, place.sequence));
  }
  TEITEN_TRY(
      DuckDbRows rows,
      connection.query(fmt::format(
          "SELECT DISTINCT b.sensor, b.epoch, id, b.sequence, "
          "coalesce(last_sequence, b.sequence), begins, ends, region_source, rule_version "
          "FROM batch b JOIN (VALUES {}) w(sensor, epoch, place, before) "
          "ON b.sensor = w.sensor AND b.epoch = w.epoch WHERE live AND b.sequence <= w.place "
          "AND coalesce(last_sequence, b.sequence) >= w.before",
          wanted)));
  while (rows.next_chunk()) {
    for (std::size_t i = 0; i < rows.size(); ++i)
      rows_[stream_from(rows, i)].push_back(row_from(rows, i));
  }
  return {};
}

void LiveRows::settle() {
  for (auto& [stream, rows] : rows_) {
    End& end = ends_.try_emplace(stream, End{0, loads_}).first->second;
    if (end.used == loads_) trim(rows, end);
  }
  if (ends_.size() <= kMaxLiveStreams) return;
  // Half of them at once: not again with the next batch.
  std::vector<std::uint64_t> used;
  for (const auto& [stream, end] : ends_)
    used.push_back(end.used);
  const auto middle = used.begin() + static_cast<std::ptrdiff_t>(used.size() / 2);
  std::nth_element(used.begin(), middle, used.end());
  std::erase_if(ends_, [&](const auto& one) { return one.second.used < *middle; });
  if (ends_.size() > kMaxLiveStreams) ends_.clear();
  std::erase_if(rows_, [&](const auto& one) { return !ends_.contains(one.first); });
}

void LiveRows::clear() {
  rows_.clear();
  ends_.clear();
}

}  // namespace teiten
