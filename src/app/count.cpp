#include <memory>

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "app/command.h"
#include "store/store.h"

namespace teiten {
namespace {

struct Options {
  std::string store = default_store();
  std::string from;
  std::string to;
  std::string month;
  std::string zone = "UTC";
  std::string bucket = "none";
  std::vector<std::string> by;
  std::vector<std::string> where;
  std::vector<std::string> where_not;
  std::vector<std::string> measures;
  std::string order;
  std::uint64_t top = 0;
  std::string format = "table";
};

constexpr const char* kDimensions = "service, region, sensor, kind, protocol or target";
constexpr const char* kBuckets = "none, hour, day, week or month";
constexpr const char* kMeasures = "packets, accesses, sources, source_days or sensors";

Error unknown(std::string_view option, std::string_view text, std::string_view valid) {
  return failure(ErrorCode::invalid_argument, fmt::format("{} {}: use {}", option, text, valid));
}

Result<Filter> filter_of(std::string_view text, bool exclude) {
  const std::size_t equals = text.find('=');
  const auto dimension = parse_dimension(text.substr(0, equals));
  if (equals == std::string_view::npos || !dimension) {
    return unknown("--where", text, fmt::format("DIMENSION=VALUE[,VALUE] with {}", kDimensions));
  }
  Filter filter;
  filter.dimension = *dimension;
  filter.exclude = exclude;
  std::string_view rest = text.substr(equals + 1);
  while (true) {
    const std::size_t comma = rest.find(',');
    filter.values.emplace_back(rest.substr(0, comma));
    if (comma == std::string_view::npos) return filter;
    rest.remove_prefix(comma + 1);
  }
}

Result<void> set_time(const Options& options, Query& query) {
  TEITEN_TRY(query.zone, TimeZone::find(options.zone));
  if (!options.month.empty()) {
    const auto month = parse_month(options.month);
    if (!month) return unknown("--month", options.month, "a month such as 2013-04");
    query.from = query.zone.start_of(*month / 1);
    query.to = query.zone.start_of((*month + std::chrono::months(1)) / 1);
  }
  const auto set = [&](std::string_view name, const std::string& text,
                       std::optional<UtcTime>& time) -> Result<void> {
    if (text.empty()) return {};
    time = query.zone.parse(text);
    if (!time) return unknown(name, text, "a day or time such as 2013-04-01 or 2013-04-01T12:00");
    return {};
  };
  TEITEN_CHECK(set("--from", options.from, query.from));
  TEITEN_CHECK(set("--to", options.to, query.to));
  if (query.from && query.to && *query.to <= *query.from) {
    return failure(
        ErrorCode::invalid_argument,
        "--to must lie after --from (it is exclusive: --from 2013-04-01 --to 2013-05-01 is April)");
  }
  return {};
}

Result<Query> query_of(const Options& options) {
  Query query;
  TEITEN_CHECK(set_time(options, query));
  const auto bucket = parse_bucket(options.bucket);
  if (!bucket) return unknown("--bucket", options.bucket, kBuckets);
  query.bucket = *bucket;
  for (const std::string& name : options.by) {
    if (const auto by = parse_bucket(name); by && *by != Bucket::none) {
      query.bucket = *by;
      continue;
    }
    const auto dimension = parse_dimension(name);
    if (!dimension)
      return unknown("--by", name,
                     fmt::format("{}, or a bucket: hour, day, week, month", kDimensions));
    query.by.push_back(*dimension);
  }
  for (const std::string& text : options.where) {
    TEITEN_TRY(auto filter, filter_of(text, false));
    query.where.push_back(std::move(filter));
  }
  for (const std::string& text : options.where_not) {
    TEITEN_TRY(auto filter, filter_of(text, true));
    query.where.push_back(std::move(filter));
  }
  if (!options.measures.empty()) query.measures.clear();
  for (const std::string& name : options.measures) {
    const auto measure = parse_measure(name);
    if (!measure) return unknown("--measure", name, kMeasures);
    query.measures.push_back(*measure);
  }
  query.limit = options.top;
  if (!options.order.empty()) {
    query.order = parse_measure(options.order);
    if (!query.order) return unknown("--order", options.order, kMeasures);
  } else if (options.top > 0) {
    query.order = query.measures.front();
  }
  return query;
}

std::vector<std::string> header_of(const Query& query) {
  std::vector<std::string> names;
  if (query.bucket != Bucket::none) names.emplace_back(to_string(query.bucket));
  for (const Dimension dimension : query.by)
    names.emplace_back(to_string(dimension));
  for (const Measure measure : query.measures)
    names.emplace_back(to_string(measure));
  return names;
}

std::vector<std::string> texts_of(const Query& query, const ResultRow& row) {
  std::vector<std::string> texts;
  if (row.bucket) texts.push_back(format_bucket(query.bucket, *row.bucket, query.zone));
  texts.insert(texts.end(), row.keys.begin(), row.keys.end());
  return texts;
}

void print_table(const Query& query, const QueryResult& result) {
  std::vector<std::string> header = header_of(query);
  std::vector<bool> right(header.size(), true);
  for (std::size_t i = 0; i < header.size() - query.measures.size(); ++i)
    right[i] = false;
  TextTable table(std::move(header), std::move(right));
  for (const ResultRow& row : result.rows) {
    std::vector<std::string> texts;
    for (const std::string& text : texts_of(query, row))
      texts.push_back(printable(text));
    for (const std::uint64_t value : row.measures)
      texts.push_back(std::to_string(value));
    table.add(std::move(texts));
  }
  fmt::print("{}", table.text());
}

void print_json(const Query& query, const QueryResult& result) {
  const std::vector<std::string> names = header_of(query);
  for (const ResultRow& row : result.rows) {
    nlohmann::ordered_json object;
    std::size_t at = 0;
    for (const std::string& text : texts_of(query, row))
      object[names[at++]] = text;
    for (const std::uint64_t value : row.measures)
      object[names[at++]] = value;
    fmt::print("{}\n",
               object.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace));
  }
}

void print_csv(const Query& query, const QueryResult& result) {
  fmt::print("{}\n", fmt::join(header_of(query), ","));
  for (const ResultRow& row : result.rows) {
    std::vector<std::string> fields;
    for (const std::string& text : texts_of(query, row))
      fields.push_back(csv_field(text));
    for (const std::uint64_t value : row.measures)
      fields.push_back(std::to_string(value));
    fmt::print("{}\n", fmt::join(fields, ","));
  }
}

int run(const Options& options) {
  const auto query = query_of(options);
  if (!query.ok()) return fail(query.error());
  auto store = Store::open(options.store, StoreMode::read);
  if (!store.ok()) return fail(store.error());
  const auto result = (*store)->query(*query);
  if (!result.ok()) return fail(result.error());
  if (options.format == "json") {
    print_json(*query, *result);
  } else if (options.format == "csv") {
    print_csv(*query, *result);
  } else {
    print_table(*query, *result);
  }
  return kDone;
}

}  // namespace

void add_count(CLI::App& app, int& status) {
  auto options = std::make_shared<Options>();
  CLI::App* command = app.add_subcommand("count", "Count packets, accesses and sources in a store");
  command->add_option("--store", options->store, "The store")->capture_default_str();
  command->add_option("--from", options->from, "First day or time, in --tz");
  command->add_option("--to", options->to, "Day or time after the last (exclusive)");
  command->add_option("--month", options->month, "YYYY-MM, in place of --from and --to");
  command
      ->add_option("--tz", options->zone,
                   "Zone of --from, --to, the buckets and the local day in source_days")
      ->capture_default_str();
  command->add_option("--bucket", options->bucket, kBuckets)->capture_default_str();
  command
      ->add_option("--by", options->by,
                   std::string("Dimensions: ") + kDimensions + "; a bucket may stand here too")
      ->delimiter(',');
  command->add_option("--where", options->where, "DIMENSION=VALUE[,VALUE]: only these; repeatable");
  command->add_option("--where-not", options->where_not,
                      "DIMENSION=VALUE[,VALUE]: all but these; repeatable");
  command->add_option("--measure", options->measures, kMeasures)->delimiter(',');
  command->add_option("--order", options->order, "Measure to sort by, largest first");
  command->add_option("--top", options->top, "At most so many rows a bucket, largest first");
  command->add_option("--format", options->format, "table, json (one object a line) or csv")
      ->check(CLI::IsMember({"table", "json", "csv"}))
      ->capture_default_str();
  command->footer(
      "Measures: packets; accesses (contact attempts: retransmissions are one); sources (distinct "
      "addresses in the cell);\n"
      "source_days (distinct source × local day × sensor × service: TALOT2's 延べ発信元数); "
      "sensors.\n"
      "Examples:\n"
      "  teiten count --month 2007-07 --tz Asia/Tokyo --by service --top 10\n"
      "  teiten count --where service=1433/tcp --by day,region --format json");
  command->callback([options, &status] { status = run(*options); });
}

}  // namespace teiten
