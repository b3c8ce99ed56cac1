# DuckDB's C library: a system one if there is one (or DUCKDB_ROOT names one), else the one that npm installed
# (libduckdb.so from @duckdb/node-bindings-linux-<arch>, duckdb.h from duckdb of the same version).
if(CMAKE_SYSTEM_PROCESSOR MATCHES "aarch64|arm64")
  set(_arch arm64)
else()
  set(_arch x64)
endif()
set(_npm ${CMAKE_SOURCE_DIR}/node_modules)
find_path(DUCKDB_INCLUDE_DIR duckdb.h
  HINTS ${DUCKDB_ROOT} ${DUCKDB_ROOT}/include
  PATHS ${_npm}/duckdb/src/duckdb/src/include)
find_library(DUCKDB_LIBRARY duckdb
  HINTS ${DUCKDB_ROOT} ${DUCKDB_ROOT}/lib
  PATHS ${_npm}/@duckdb/node-bindings-linux-${_arch})
include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(DuckDB
  REQUIRED_VARS DUCKDB_LIBRARY DUCKDB_INCLUDE_DIR
  REASON_FAILURE_MESSAGE "run 'make setup' (it installs DuckDB from npm) or set DUCKDB_ROOT")
if(DuckDB_FOUND AND NOT TARGET DuckDB::duckdb)
  add_library(DuckDB::duckdb SHARED IMPORTED)
  set_target_properties(DuckDB::duckdb PROPERTIES
    IMPORTED_LOCATION ${DUCKDB_LIBRARY}
    IMPORTED_NO_SONAME ON
    INTERFACE_INCLUDE_DIRECTORIES ${DUCKDB_INCLUDE_DIR}
    INTERFACE_SYSTEM_INCLUDE_DIRECTORIES ${DUCKDB_INCLUDE_DIR})
endif()
