#pragma once

#include "base/result.h"
#include "store/duckdb_connection.h"

namespace teiten {

/// Writes everything into the main file, so that the log is empty, and makes the file smaller where
/// much of it is free. DuckDB reuses free blocks but gives back only those at the end of the file;
/// imports leave free ones in the middle, because partly filled row groups are merged when they are
/// written for good. Safe against a kill at any instant: each step is a transaction.
Result<void> checkpoint_and_compact(DuckDbConnection& connection);

}  // namespace teiten
