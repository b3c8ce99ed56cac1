#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "store/answer.h"
#include "store/calendar.h"
#include "store/clean_text.h"
#include "store/coded_query.h"
#include "store/duckdb_connection.h"
#include "store/duckdb_schema.h"
#include "store/gathered_batches.h"
#include "store/lend.h"
#include "store/live_rows.h"
#include "store/prepared_cells.h"
#include "store/sql.h"
#include "store/store.h"
#include "store/store_file.h"

namespace teiten {

/// A store in one DuckDB file.
class DuckDbStore final : public Store {
 public:
  /// Store::open for a path. `steps` is schema_steps() except in tests of migration.
  static Result<std::unique_ptr<Store>> open(const std::string& path, StoreMode mode,
                                             std::span<const SchemaStep> steps = schema_steps(),
                                             StoreLoan loan = StoreLoan::ask);

  Result<std::uint64_t> append(std::span<const Batch> batches) override;
  Result<void> begin_import(const Import& import) override;
  Result<void> abandon_import(std::uint64_t epoch) override;
  Result<void> finish_import(const Import& import) override;
  Result<std::uint64_t> append_followed(std::span<const Batch> batches,
                                        const Import& import) override;
  Result<std::vector<RecordHashes>> record_hashes(std::uint64_t epoch, std::size_t input) override;
  Result<std::optional<Import>> find_input(const Digest& digest) override;
  Result<std::optional<AgedDay>> age_day(Day first_kept, const TimeZone& zone) override;
  Result<void> checkpoint() override;

  Result<QueryResult> query(const Query& query) override;
  Result<std::optional<Retention>> retention() override;
  Result<void> prepare(TimeRange range, const TimeZone& zone) override;
  Result<void> each_source(TimeRange range, const TimeZone& zone, const SourceSink& sink) override;
  std::vector<std::string> sensor_names() const override;
  Result<std::vector<StoredBatch>> batches() override;
  Result<std::vector<Import>> imports() override;
  /// Accesses that each_source() asks for at once; smaller ones let a test see many parts.
  void set_source_part_rows(std::uint64_t rows) { source_part_rows_ = rows; }
  Result<int> schema_version() override;
  std::string engine() const override;
  const std::string& location() const override { return path_; }

 private:
  DuckDbStore(std::optional<Loan> loan, std::string path, StoreMode mode, StoreFileClaim claim,
              DuckDbConnection connection)
      : loan_(std::move(loan)),
        path_(std::move(path)),
        mode_(mode),
        claim_(std::move(claim)),
        connection_(std::move(connection)) {}

  static Result<std::unique_ptr<Store>> finish_open(std::optional<Loan> loan,
                                                    const std::string& path, StoreMode mode,
                                                    StoreFileClaim claim,
                                                    DuckDbConnection connection);
  /// A clear refusal of writes in a store opened to read.
  Result<void> check_writable() const;
  Result<void> load_names();
  /// Number of the sensor, which is added within the open transaction if it is new.
  Result<std::uint16_t> sensor_number(const std::string& name);
  /// The same for an organisation of known scanners.
  Result<std::uint16_t> scanner_number(const std::string& organisation);
  /// True for each batch whose identity the store (or an earlier one of the span) has.
  Result<std::vector<bool>> find_known(std::span<const Batch> batches);
  /// Reads into live_rows_ what tells whether these are known and what they continue.
  Result<void> load_live_rows(std::span<const Batch> batches);
  /// Within the open transaction: appends the batches that are not known; how many.
  Result<std::uint64_t> append_new(std::span<const Batch> batches, const std::vector<bool>& known);
  /// append(), and what `also` does in the same transaction.
  Result<std::uint64_t> append_batches_and(std::span<const Batch> batches,
                                           const std::function<Result<void>()>& also);
  Result<void> append_record_hashes(const Import& import);
  Result<void> replace_import(const Import& import, bool complete);
  Result<void> remove_import(std::uint64_t epoch);
  /// Errors that forbid age_day().
  Result<void> check_may_age(const TimeZone& zone);
  /// Within the open transaction: puts counts in the place of a local day's accesses; how many
  /// these were.
  Result<std::uint64_t> replace_by_counts(std::int64_t day, const LocalCalendar& calendar);
  /// Within the open transaction: accesses are kept from `day` on; `aged` is a day of counts.
  Result<void> keep_from(std::int64_t day, std::int64_t aged, const TimeZone& zone);
  /// invalid_argument for a batch that is not known and has an access older than what is kept.
  Result<void> check_not_aged(std::span<const Batch> batches, const std::vector<bool>& known);
  /// What was derived from accesses is out of date.
  void forget_derived();

  /// Times of the first and one past the last access; nothing if there is none.
  Result<std::optional<TimeRange>> extent();
  /// The number that is the statement's only value (uint64).
  Result<std::uint64_t> number_from(const std::string& statement);
  /// Makes the table of the sources that the question chooses, so that its slices need not find
  /// them again; `whole` is the question's time.
  Result<void> choose_sources(const SqlBuilder& sql, SqlSlice whole);
  /// Cuts the question so that DuckDB's memory suffices for telling its sources apart: by buckets,
  /// and by sources where one bucket (or a question without) is too large.
  Result<std::vector<SqlSlice>> slices_of(const SqlBuilder& sql, const LocalCalendar& calendar,
                                          Bucket bucket, SqlSlice whole);
  /// Addresses, ascending, that divide the accesses which `where` leaves into parts that fit into
  /// memory; none if they are one part.
  Result<std::vector<IpAddress>> source_cuts(const std::string& where);
  /// Adds the rows of a raw_cells() statement; false if they are too many.
  Result<bool> read_cells(const std::string& statement, PreparedCells& cells);
  Result<void> ask(const CodedQuery& query, const std::string& statement, bool sensors,
                   Answer& answer);
  /// Counts from the daily counts of the local days [first, end); unsupported where they do not
  /// tell. `goes_on`: the question is about accesses after these days, too.
  Result<void> count_daily(const CodedQuery& query, const LocalCalendar& calendar,
                           const Retention& retention, const TimeRange& range, bool goes_on,
                           Answer& answer);
  /// unsupported, with what is to be done about it.
  Error not_told(const Retention& retention, std::string_view what) const;
  Result<void> count_by_sql(const CodedQuery& query, const LocalCalendar& calendar,
                            const TimeRange& range, Answer& answer);
  /// Local days [first, end).
  struct DaySpan {
    std::int64_t first = 0;
    std::int64_t end = 0;
  };
  /// The days that `range` consists of, if the prepared cells hold them all. `extent` is the
  /// data's.
  std::optional<DaySpan> prepared_days(const TimeZone& zone, const TimeRange& range,
                                       const TimeRange& extent) const;
  /// Counts from the prepared cells; false if they do not hold what is asked.
  Result<bool> count_prepared(const CodedQuery& query, const TimeRange& range,
                              const TimeRange& extent, Answer& answer);

  std::optional<Loan> loan_;  // given back after everything else is closed
  std::string path_;
  StoreMode mode_;
  /// So many fit into DuckDB's memory limit, and 64 bytes each beside it.
  std::uint64_t source_part_rows_ = 1'000'000;
  StoreFileClaim claim_;  // released after the connection is closed
  DuckDbConnection connection_;
  SensorTable sensors_;
  SensorTable scanners_;
  LiveRows live_rows_;  ///< nobody else writes while the store is open
  std::optional<std::optional<TimeRange>> extent_;
  std::optional<std::optional<Retention>> retention_;
  std::unique_ptr<PreparedCells> prepared_;
  std::unique_ptr<LocalCalendar> prepared_calendar_;
  TimeRange prepared_range_;
};

}  // namespace teiten
