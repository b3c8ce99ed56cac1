#pragma once

#include <optional>
#include <span>
#include <string>

#include "base/result.h"
#include "store/duckdb_connection.h"

namespace teiten {

/// One step of the schema: the statements that lead from the version before to `version`. Step 1
/// leads from an empty file to the first schema.
struct SchemaStep {
  int version = 0;
  std::string statements;
};

/// All steps, ascending and without holes; the last one is the version this program writes.
std::span<const SchemaStep> schema_steps();

/// Version of the store in an open file; nothing if it is no store of ours.
Result<std::optional<int>> read_schema_version(DuckDbConnection& connection);

/// Runs the steps after `from` (0: an empty file) in one transaction: all or none.
Result<void> run_schema_steps(DuckDbConnection& connection, std::span<const SchemaStep> steps,
                              int from);

}  // namespace teiten
