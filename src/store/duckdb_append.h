#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include <duckdb.h>

#include "access/batch.h"
#include "base/result.h"
#include "store/duckdb_connection.h"
#include "store/gathered_batches.h"

namespace teiten {

/// Appends rows to one table through DuckDB's appender, 2,048 at a time. Belongs to the
/// connection's open transaction.
class DuckDbAppender {
 public:
  static Result<DuckDbAppender> open(DuckDbConnection& connection, const char* table);
  ~DuckDbAppender();
  DuckDbAppender(DuckDbAppender&& other) noexcept;
  DuckDbAppender& operator=(DuckDbAppender&&) = delete;
  DuckDbAppender(const DuckDbAppender&) = delete;
  DuckDbAppender& operator=(const DuckDbAppender&) = delete;

  /// Sets a value of the row being built; `T` must be the column's C type.
  template <typename T>
  void set(std::size_t column, T value) {
    static_cast<T*>(data_[column])[rows_] = value;
  }
  void set_text(std::size_t column, std::string_view text);
  /// Ends the row.
  Result<void> end_row() { return ++rows_ == capacity_ ? flush_chunk() : Result<void>{}; }
  /// Hands everything to the transaction. Must be called before it commits.
  Result<void> close();

 private:
  DuckDbAppender() = default;
  Result<void> flush_chunk();
  void begin_chunk();
  Error error() const;

  duckdb_appender appender_ = nullptr;
  duckdb_data_chunk chunk_ = nullptr;
  std::vector<void*> data_;
  std::size_t rows_ = 0;
  std::size_t capacity_ = 0;
};

/// A batch and the numbers that stand for its row and its sensor in the rows of its accesses.
struct NumberedBatch {
  const Batch* batch = nullptr;
  std::int32_t id = 0;
  std::uint16_t sensor = 0;
  /// Of Batch::scanners, the numbers that the store has for them.
  std::vector<std::uint16_t> scanners;
};

/// Writes headers, counts and activity of what was gathered within the open transaction.
Result<void> write_gathered(DuckDbConnection& connection, const BatchGatherer& gathered);
/// Writes the accesses of the batches within the open transaction.
Result<void> append_accesses(DuckDbConnection& connection, std::span<const NumberedBatch> batches);

}  // namespace teiten
