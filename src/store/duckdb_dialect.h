#pragma once

#include "store/sql.h"

namespace teiten {

/// DuckDB's words; lives as long as the program.
const SqlDialect& duckdb_dialect();

}  // namespace teiten
