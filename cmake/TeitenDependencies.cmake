# Every third-party library, found once. Each has a line in docs/dependencies.md.
find_package(Threads REQUIRED)
find_package(PkgConfig REQUIRED)
find_package(fmt REQUIRED)
find_package(nlohmann_json REQUIRED)
find_package(tomlplusplus REQUIRED)
find_package(CLI11 REQUIRED)
find_package(simdjson REQUIRED)
pkg_check_modules(libarchive REQUIRED IMPORTED_TARGET libarchive)
pkg_check_modules(libmaxminddb REQUIRED IMPORTED_TARGET libmaxminddb)
pkg_check_modules(avro REQUIRED IMPORTED_TARGET avro-c)
pkg_check_modules(sqlite3 REQUIRED IMPORTED_TARGET sqlite3)
pkg_check_modules(xxhash REQUIRED IMPORTED_TARGET libxxhash)
if(TEITEN_TESTS)
  find_package(GTest REQUIRED)
endif()
if(TEITEN_BENCH)
  find_package(benchmark REQUIRED)
endif()
find_package(DuckDB REQUIRED)

# The geolocation database that npm installs; --geo and TEITEN_GEO name another.
set(TEITEN_DEFAULT_MMDB
  "${CMAKE_SOURCE_DIR}/node_modules/@ip-location-db/geo-whois-asn-country-mmdb/geo-whois-asn-country.mmdb"
  CACHE FILEPATH "MMDB used where no --geo is given")
