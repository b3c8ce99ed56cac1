#include <charconv>

#include <fmt/format.h>

#include "store/duckdb_append.h"
#include "store/duckdb_store.h"

namespace teiten {
namespace {

Digest digest_from_hex(std::string_view hex) {
  constexpr std::size_t kHalf = 16;
  Digest digest;
  if (hex.size() != 2 * kHalf) return digest;
  std::from_chars(hex.data(), hex.data() + kHalf, digest.high, 16);
  std::from_chars(hex.data() + kHalf, hex.data() + hex.size(), digest.low, 16);
  return digest;
}

}  // namespace

Result<void> DuckDbStore::replace_import(const Import& import, bool complete) {
  TEITEN_TRY(const DuckDbRows old,
             connection_.query("DELETE FROM import WHERE epoch = ?", {import.epoch}));
  TEITEN_TRY(const DuckDbRows old_inputs,
             connection_.query("DELETE FROM import_input WHERE epoch = ?", {import.epoch}));
  TEITEN_TRY(const DuckDbRows inserted,
             connection_.query("INSERT INTO import VALUES (?, ?)", {import.epoch, complete}));
  std::int64_t position = 0;
  for (const ImportedInput& input : import.inputs) {
    const std::string digest = input.digest.hex();
    const std::string name = clean_text(input.name);
    const std::string format = clean_text(input.format);
    TEITEN_TRY(const DuckDbRows added,
               connection_.query(
                   "INSERT INTO import_input VALUES (?, ?, ?, ?, ?, ?, ?, ?, "
                   "make_timestamp(?), make_timestamp(?))",
                   {import.epoch, position++, std::string_view(digest), std::string_view(name),
                    std::string_view(format), input.frames, input.bytes, input.settled,
                    to_microseconds(input.range.from), to_microseconds(input.range.to)}));
  }
  return append_record_hashes(import);
}

Result<void> DuckDbStore::append_record_hashes(const Import& import) {
  TEITEN_TRY(DuckDbAppender rows, DuckDbAppender::open(connection_, "import_record"));
  for (std::size_t position = 0; position < import.inputs.size(); ++position) {
    for (const RecordHashes& run : import.inputs[position].records) {
      for (std::size_t i = 0; i < run.hashes.size(); ++i) {
        rows.set<std::uint64_t>(0, import.epoch);
        rows.set<std::int32_t>(1, static_cast<std::int32_t>(position));
        rows.set<std::uint64_t>(2, run.first + i);
        rows.set<std::uint32_t>(3, run.hashes[i]);
        TEITEN_CHECK(rows.end_row());
      }
    }
  }
  return rows.close();
}

Result<std::vector<RecordHashes>> DuckDbStore::record_hashes(std::uint64_t epoch,
                                                             std::size_t input) {
  std::vector<RecordHashes> runs;
  TEITEN_TRY(DuckDbRows rows,
             connection_.query("SELECT number, hash FROM import_record WHERE epoch = ? AND "
                               "position = ? ORDER BY number",
                               {epoch, static_cast<std::int64_t>(input)}));
  while (rows.next_chunk()) {
    for (std::size_t i = 0; i < rows.size(); ++i) {
      const std::uint64_t number = rows.column<std::uint64_t>(0)[i];
      if (runs.empty() || number != runs.back().first + runs.back().hashes.size())
        runs.push_back({number, {}});
      runs.back().hashes.push_back(rows.column<std::uint32_t>(1)[i]);
    }
  }
  return runs;
}

Result<void> DuckDbStore::remove_import(std::uint64_t epoch) {
  for (const char* table : {"access", "batch_count", "batch_activity"}) {
    TEITEN_TRY(const DuckDbRows removed,
               connection_.query(fmt::format("DELETE FROM {} WHERE batch IN (SELECT id FROM batch "
                                             "WHERE epoch = ?)",
                                             table),
                                 {epoch}));
  }
  for (const char* table : {"batch", "import", "import_input", "import_record"}) {
    TEITEN_TRY(const DuckDbRows removed,
               connection_.query(fmt::format("DELETE FROM {} WHERE epoch = ?", table), {epoch}));
  }
  return {};
}

Result<void> DuckDbStore::begin_import(const Import& import) {
  TEITEN_CHECK(check_writable());
  forget_derived();
  TEITEN_TRY(const std::vector<Import> known, imports());
  TEITEN_TRY(DuckDbTransaction transaction, DuckDbTransaction::begin(connection_));
  bool complete = false;
  for (const Import& other : known) {
    if (other.epoch == import.epoch) {
      complete = other.complete;
      continue;
    }
    if (!other.complete) TEITEN_CHECK(remove_import(other.epoch));
  }
  // What is complete stays so: its batches are all there.
  if (!complete) TEITEN_CHECK(replace_import(import, false));
  return transaction.commit();
}

Result<void> DuckDbStore::abandon_import(std::uint64_t epoch) {
  TEITEN_CHECK(check_writable());
  forget_derived();
  TEITEN_TRY(const std::vector<Import> known, imports());
  for (const Import& import : known)
    if (import.epoch == epoch && import.complete) return {};
  TEITEN_TRY(DuckDbTransaction transaction, DuckDbTransaction::begin(connection_));
  TEITEN_CHECK(remove_import(epoch));
  return transaction.commit();
}

Result<void> DuckDbStore::finish_import(const Import& import) {
  TEITEN_CHECK(check_writable());
  TEITEN_TRY(DuckDbTransaction transaction, DuckDbTransaction::begin(connection_));
  TEITEN_TRY(const DuckDbRows removed,
             connection_.query("DELETE FROM import_record WHERE epoch = ?", {import.epoch}));
  TEITEN_CHECK(replace_import(import, true));
  return transaction.commit();
}

Result<std::vector<Import>> DuckDbStore::imports() {
  std::vector<Import> result;
  TEITEN_TRY(DuckDbRows rows,
             connection_.query(
                 "SELECT i.epoch, i.complete, p.position, p.digest, p.name, p.format, "
                 "p.frames, coalesce(p.bytes, 0), coalesce(p.settled, 0), coalesce(p.begins, "
                 "make_timestamp(0)), coalesce(p.ends, make_timestamp(0)) FROM import i LEFT "
                 "JOIN import_input p ON p.epoch = "
                 "i.epoch ORDER BY i.epoch, p.position"));
  while (rows.next_chunk()) {
    for (std::size_t i = 0; i < rows.size(); ++i) {
      const std::uint64_t epoch = rows.column<std::uint64_t>(0)[i];
      if (result.empty() || result.back().epoch != epoch)
        result.push_back({epoch, {}, rows.column<bool>(1)[i]});
      if (rows.is_null(2, i)) continue;
      result.back().inputs.push_back({digest_from_hex(rows.text(3, i)),
                                      std::string(rows.text(4, i)),
                                      std::string(rows.text(5, i)),
                                      rows.column<std::uint64_t>(6)[i],
                                      rows.column<std::uint64_t>(7)[i],
                                      rows.column<std::uint64_t>(8)[i],
                                      {from_microseconds(rows.column<std::int64_t>(9)[i]),
                                       from_microseconds(rows.column<std::int64_t>(10)[i])},
                                      {}});
    }
  }
  return result;
}

Result<std::optional<Import>> DuckDbStore::find_input(const Digest& digest) {
  TEITEN_TRY(std::vector<Import> all, imports());
  for (Import& import : all) {
    if (!import.complete) continue;
    for (const ImportedInput& input : import.inputs)
      if (input.digest == digest) return std::optional<Import>(std::move(import));
  }
  return std::optional<Import>{};
}

}  // namespace teiten
