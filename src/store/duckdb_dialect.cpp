#include "store/duckdb_dialect.h"

#include <fmt/format.h>

namespace teiten {
namespace {

class DuckDbDialect final : public SqlDialect {
 public:
  std::string time_microseconds() const override { return "epoch_us(time)"; }
  std::string instant(std::int64_t time_us) const override {
    return fmt::format("make_timestamp({})", time_us);
  }
  std::string divide(const std::string& value, std::int64_t divisor) const override {
    return fmt::format("({} // {})", value, divisor);
  }
  std::string month_number(const std::string& local_us) const override {
    return fmt::format("(year(make_timestamp({0})) * 12 + month(make_timestamp({0})) - 1)",
                       local_us);
  }
  std::string source_share(std::uint64_t part, std::uint64_t parts) const override {
    return fmt::format("hash(source) % {} = {}", parts, part);
  }
  std::string sum(const std::string& value) const override {
    // A plain sum of integers is one of 128 bits, which takes half as long again; doubles are exact
    // up to 2^53.
    return fmt::format("sum({}::DOUBLE)", value);
  }
  std::string int64(const std::string& value) const override { return value + "::BIGINT"; }
  std::string uint64(const std::string& value) const override { return value + "::UBIGINT"; }
  std::string uint32(const std::string& value) const override { return value + "::UINTEGER"; }
};

}  // namespace

const SqlDialect& duckdb_dialect() {
  static const DuckDbDialect dialect;
  return dialect;
}

}  // namespace teiten
