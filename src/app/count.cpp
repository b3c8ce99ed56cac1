#include <algorithm>
#include <map>
#include <memory>
#include <optional>

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "analyze/day_number.h"
#include "analyze/rates.h"
#include "analyze/saturation.h"
#include "app/command.h"
#include "app/count_rates.h"
#include "store/coded_query.h"
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
  std::string rate;
  bool without_scanners = false;
  std::vector<std::string> sources_of;
  std::vector<std::string> sources_of_any;
  std::vector<std::string> sources_like;
  std::vector<std::string> sources_unlike;
  std::uint64_t at_most_services = 0;
  std::string also;
  std::string format = "table";
};

constexpr const char* kDimensions =
    "service, region, sensor, kind, protocol, target, tool, scanner or payload";
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

/// "135+139+445/tcp" is 135/tcp, 139/tcp and 445/tcp; "135/tcp,8/icmp" are two as well.
Result<SourceFilter> sources_of(std::string_view option, std::string_view text, SourceMatch match,
                                bool exclude) {
  SourceFilter filter{match, {}, exclude};
  std::size_t open = 0;  // first of the list that still waits for its protocol
  std::string_view rest = text;
  while (true) {
    const std::size_t end = std::min(rest.find_first_of("+,"), rest.size());
    const std::string_view service = rest.substr(0, end);
    const std::size_t slash = service.find('/');
    filter.services.emplace_back(service);
    if (slash != std::string_view::npos) {
      for (; open + 1 < filter.services.size(); ++open)
        filter.services[open] += service.substr(slash);
      open = filter.services.size();
    }
    if (service.empty() || slash == 0 || (end == rest.size() && open < filter.services.size()))
      return unknown(option, text, "services such as 1433/tcp, 135+139+445/tcp or 53/udp,8/icmp");
    if (end == rest.size()) break;
    rest.remove_prefix(end + 1);
  }
  if (match == SourceMatch::like && filter.services.size() < 2)
    return unknown(option, text, "two services or more, such as 135+139+445/tcp");
  return filter;
}

Result<void> set_sources(const Options& options, Query& query) {
  const auto add = [&](std::string_view option, const std::vector<std::string>& texts,
                       SourceMatch match, bool exclude) -> Result<void> {
    for (const std::string& text : texts) {
      TEITEN_TRY(auto filter, sources_of(option, text, match, exclude));
      query.sources.push_back(std::move(filter));
    }
    return {};
  };
  TEITEN_CHECK(add("--sources-of", options.sources_of, SourceMatch::all, false));
  TEITEN_CHECK(add("--sources-of-any", options.sources_of_any, SourceMatch::any, false));
  TEITEN_CHECK(add("--sources-like", options.sources_like, SourceMatch::like, false));
  TEITEN_CHECK(add("--sources-unlike", options.sources_unlike, SourceMatch::like, true));
  query.max_services = options.at_most_services;
  if (options.also.empty()) return {};
  if (query.sources.empty()) {
    return failure(ErrorCode::invalid_argument,
                   "--also is about the sources of something: give --sources-of, --sources-of-any "
                   "or --sources-like as well");
  }
  if (options.without_scanners) {
    return failure(ErrorCode::invalid_argument,
                   "--also and --without-scanners both put numbers beside the numbers: use --also "
                   "with --where scanner=-");
  }
  return {};
}

Result<void> set_time(const Options& options, Query& query) {
  TEITEN_TRY(query.zone, zone_option(options.zone));
  if (!options.month.empty() && (!options.from.empty() || !options.to.empty())) {
    return failure(ErrorCode::invalid_argument, "--month stands in place of --from and --to");
  }
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
      if (query.bucket != Bucket::none && query.bucket != *by) {
        return failure(ErrorCode::invalid_argument,
                       fmt::format("--by {}: the answer is by {} already; one bucket can be given",
                                   name, to_string(query.bucket)));
      }
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
  if (options.without_scanners)
    query.where.push_back({Dimension::scanner, {kNoScannerName}, false});
  TEITEN_CHECK(set_sources(options, query));
  if (!options.measures.empty()) query.measures.clear();
  for (const std::string& name : options.measures) {
    const auto measure = parse_measure(name);
    if (!measure) return unknown("--measure", name, kMeasures);
    if (std::find(query.measures.begin(), query.measures.end(), *measure) != query.measures.end()) {
      return failure(ErrorCode::invalid_argument, fmt::format("--measure {} is given twice", name));
    }
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

/// An answer with its rates, ready to be printed.
struct Answer {
  const Query& query;
  QueryResult result;
  std::vector<std::size_t> divided;  ///< indices of the measures that have a rate
  /// One row a row, one number a divided measure; nothing where nobody watched.
  std::vector<std::vector<std::optional<double>>> rates;
  std::vector<std::uint64_t> saturated_days;  ///< as many rows as `rates` has
  /// What the measures are called that another question gives for the same rows ("with_scanners",
  /// "also"), and these; "" for none.
  std::string beside_name;
  std::vector<std::vector<std::uint64_t>> beside;

  std::vector<std::string> header() const {
    std::vector<std::string> names;
    if (query.bucket != Bucket::none) names.emplace_back(to_string(query.bucket));
    for (const Dimension dimension : query.by)
      names.emplace_back(to_string(dimension));
    for (const Measure measure : query.measures)
      names.emplace_back(to_string(measure));
    if (!beside_name.empty()) {
      for (const Measure measure : query.measures)
        names.push_back(fmt::format("{}_{}", to_string(measure), beside_name));
    }
    for (const std::size_t at : divided) {
      names.push_back(fmt::format("{}_per_sensor_day", to_string(query.measures[at])));
    }
    if (!rates.empty()) names.emplace_back("saturated_sensor_days");
    return names;
  }
  /// The whole numbers of a row, in the order of the header.
  std::vector<std::uint64_t> numbers(std::size_t row) const {
    std::vector<std::uint64_t> all = result.rows[row].measures;
    if (!beside.empty()) all.insert(all.end(), beside[row].begin(), beside[row].end());
    return all;
  }
  std::vector<std::string> texts(std::size_t row) const {
    std::vector<std::string> texts;
    const ResultRow& r = result.rows[row];
    if (r.bucket) texts.push_back(format_bucket(query.bucket, *r.bucket, query.zone));
    texts.insert(texts.end(), r.keys.begin(), r.keys.end());
    return texts;
  }
};

/// Sensors with saturated days in the query's time, of those that it asks for.
Result<std::vector<SaturatedSensor>> saturated_in(Store& store, const Query& query) {
  std::optional<std::int64_t> first;
  std::optional<std::int64_t> end;
  if (query.from) first = number_of_day(query.zone.day_of(*query.from));
  if (query.to) end = number_of_day(query.zone.day_of(*query.to - Duration(1))) + 1;
  TEITEN_TRY(auto saturated, saturated_sensors(store, first, end, query.zone));
  std::erase_if(saturated, [&](const SaturatedSensor& sensor) {
    return !asks_for_sensor(query, sensor.sensor);
  });
  return saturated;
}

constexpr std::size_t kMaxNotedSensors = 5;

void note_saturated(std::span<const SaturatedSensor> saturated) {
  for (std::size_t i = 0; i < saturated.size() && i < kMaxNotedSensors; ++i) {
    const SaturatedSensor& sensor = saturated[i];
    fmt::print(stderr,
               "teiten: note: sensor {} was saturated on {} day{} ({} to {}): its log stuck to {} "
               "packets a day, so the counts of these days are lower bounds\n",
               printable(sensor.sensor), sensor.days.size(), sensor.days.size() == 1 ? "" : "s",
               format_day(day_from_number(sensor.days.front())),
               format_day(day_from_number(sensor.days.back())), grouped(sensor.ceiling));
  }
  if (saturated.size() > kMaxNotedSensors)
    fmt::print(stderr, "teiten: note: {} more sensors were saturated (teiten doctor)\n",
               saturated.size() - kMaxNotedSensors);
}

Result<void> add_rates(Store& store, std::span<const SaturatedSensor> saturated,
                       const std::string& days, Answer& answer) {
  if (days.empty()) return {};
  TEITEN_TRY(auto sensors, coverage(store));
  CountRates rates(std::move(sensors), answer.query,
                   days == "observed" ? RateDays::observed : RateDays::nominal);
  for (std::size_t i = 0; i < answer.query.measures.size(); ++i) {
    if (CountRates::divides(answer.query.measures[i])) answer.divided.push_back(i);
  }
  for (const ResultRow& row : answer.result.rows) {
    const double sensor_days = rates.sensor_days(row);
    std::vector<std::optional<double>> values;
    values.reserve(answer.divided.size());
    for (const std::size_t at : answer.divided)
      values.push_back(rate_of(row.measures[at], sensor_days));
    answer.rates.push_back(std::move(values));
    answer.saturated_days.push_back(rates.saturated_days(row, saturated));
  }
  return {};
}

/// Asks once more, for the same rows of another question.
Result<void> add_beside(Store& store, Query other, std::string name, Answer& answer) {
  other.limit = 0;
  TEITEN_TRY(const QueryResult all, store.query(other));
  std::map<std::pair<std::optional<UtcTime>, std::vector<std::string>>, const ResultRow*> rows;
  for (const ResultRow& row : all.rows)
    rows[{row.bucket, row.keys}] = &row;
  answer.beside_name = std::move(name);
  for (const ResultRow& row : answer.result.rows) {
    const auto found = rows.find({row.bucket, row.keys});
    answer.beside.push_back(found == rows.end()
                                ? std::vector<std::uint64_t>(other.measures.size(), 0)
                                : found->second->measures);
  }
  return {};
}

/// What --without-scanners and --also show beside the numbers.
Result<void> add_beside(Store& store, const Options& options, Answer& answer) {
  Query other = answer.query;
  if (options.without_scanners) {
    // The last one is --without-scanners; the same as a --where is part of the question.
    other.where.pop_back();
    return add_beside(store, std::move(other), "with_scanners", answer);
  }
  if (options.also.empty()) return {};
  TEITEN_TRY(auto filter, sources_of("--also", options.also, SourceMatch::any, false));
  other.sources.push_back(std::move(filter));
  return add_beside(store, std::move(other), "also", answer);
}

void print_table(const Answer& answer) {
  std::vector<std::string> header = answer.header();
  std::vector<bool> right(header.size(), true);
  const std::size_t keys = (answer.query.bucket == Bucket::none ? 0U : 1U) + answer.query.by.size();
  std::fill_n(right.begin(), keys, false);
  TextTable table(std::move(header), std::move(right));
  for (std::size_t i = 0; i < answer.result.rows.size(); ++i) {
    std::vector<std::string> texts;
    for (const std::string& text : answer.texts(i))
      texts.push_back(printable(text));
    for (const std::uint64_t value : answer.numbers(i))
      texts.push_back(std::to_string(value));
    if (!answer.rates.empty()) {
      for (const auto& rate : answer.rates[i])
        texts.push_back(rate ? fmt::format("{:.2f}", round_half_up(*rate, 2)) : "-");
      texts.push_back(std::to_string(answer.saturated_days[i]));
    }
    table.add(std::move(texts));
  }
  fmt::print("{}", table.text());
}

void print_json(const Answer& answer) {
  const std::vector<std::string> names = answer.header();
  for (std::size_t i = 0; i < answer.result.rows.size(); ++i) {
    nlohmann::ordered_json object;
    std::size_t at = 0;
    for (const std::string& text : answer.texts(i))
      object[names[at++]] = text;
    for (const std::uint64_t value : answer.numbers(i))
      object[names[at++]] = value;
    if (!answer.rates.empty()) {
      for (const auto& rate : answer.rates[i])
        object[names[at++]] = rate ? nlohmann::ordered_json(*rate) : nlohmann::ordered_json();
      object[names[at++]] = answer.saturated_days[i];
    }
    fmt::print("{}\n",
               object.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace));
  }
}

void print_csv(const Answer& answer) {
  fmt::print("{}\n", fmt::join(answer.header(), ","));
  for (std::size_t i = 0; i < answer.result.rows.size(); ++i) {
    std::vector<std::string> fields;
    for (const std::string& text : answer.texts(i))
      fields.push_back(csv_field(text));
    for (const std::uint64_t value : answer.numbers(i))
      fields.push_back(std::to_string(value));
    if (!answer.rates.empty()) {
      for (const auto& rate : answer.rates[i])
        fields.push_back(rate ? fmt::format("{}", *rate) : "");
      fields.push_back(std::to_string(answer.saturated_days[i]));
    }
    fmt::print("{}\n", fmt::join(fields, ","));
  }
}

/// A name that no row can have is more likely a slip of the pen than a question.
void warn_of_unknown_sensors(Store& store, const Query& query) {
  Query all;
  all.by = {Dimension::sensor};
  all.measures = {Measure::packets};
  for (const Filter& filter : query.where) {
    if (filter.dimension != Dimension::sensor) continue;
    const auto known = store.query(all);
    if (!known.ok()) return;
    for (const std::string& name : filter.values) {
      const bool there = std::any_of(known->rows.begin(), known->rows.end(),
                                     [&](const ResultRow& row) { return row.keys[0] == name; });
      if (!there) {
        fmt::print(stderr, "teiten: warning: {} has no sensor '{}'\n", store.location(),
                   printable(name));
      }
    }
  }
}

/// Daily counts of old days do not tell everything: where nobody asked for these days by name, what
/// they do not tell is counted from the first kept access on, and that is said.
Result<QueryResult> ask(Store& store, Query& query) {
  auto whole = store.query(query);
  if (whole.ok() || query.from || whole.error().code != ErrorCode::unsupported) return whole;
  TEITEN_TRY(const std::optional<Retention> kept, store.retention());
  if (!kept || (query.to && *query.to <= kept->kept_from)) return whole;
  query.from = kept->kept_from;
  fmt::print(
      stderr,
      "teiten: note: counted from {} on: {}; earlier days, where they tell, with --from {}\n",
      format_day(kept->zone.day_of(kept->kept_from)), whole.error().message,
      format_day(kept->zone.day_of(kept->from)));
  return store.query(query);
}

int run(const Options& options) {
  auto query = query_of(options);
  if (!query.ok()) return fail(query.error());
  auto store = Store::open(options.store, StoreMode::read);
  if (!store.ok()) return fail(store.error());
  warn_of_unfinished_import(**store);
  warn_of_unknown_sensors(**store, *query);
  auto result = ask(**store, *query);
  if (!result.ok()) return fail(result.error());
  const auto saturated = saturated_in(**store, *query);
  if (!saturated.ok()) return fail(saturated.error());
  note_saturated(*saturated);
  Answer answer{*query, std::move(*result), {}, {}, {}, {}, {}};
  if (const auto added = add_beside(**store, options, answer); !added.ok())
    return fail(added.error());
  if (const auto rated = add_rates(**store, *saturated, options.rate, answer); !rated.ok())
    return fail(rated.error());
  // Given back first: whoever reads a pipe may keep us waiting, and a collector with us.
  store.value().reset();
  if (options.format == "json") {
    print_json(answer);
  } else if (options.format == "csv") {
    print_csv(answer);
  } else {
    print_table(answer);
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
  command->add_option("--top", options->top, "At most so many rows a bucket, largest first")
      ->check(CLI::Range(std::uint64_t{1}, std::uint64_t{1'000'000'000}));
  command
      ->add_option("--rate", options->rate,
                   "nominal (sensors × days) or observed (the time they watched): adds rates per "
                   "sensor and day, and how many of those days were saturated")
      ->check(CLI::IsMember({"nominal", "observed"}));
  command->add_flag("--without-scanners", options->without_scanners,
                    "Leave known research scanners out, and show beside each number what it is "
                    "with them");
  command
      ->add_option("--sources-of", options->sources_of,
                   "SERVICE[+SERVICE]: only sources that asked for all of these in the time asked "
                   "for; repeatable")
      ->allow_extra_args(false);
  command
      ->add_option("--sources-of-any", options->sources_of_any,
                   "Only sources that asked for at least one of these; repeatable")
      ->allow_extra_args(false);
  command
      ->add_option(
          "--sources-like", options->sources_like,
          "Only sources of which two services or more are among these, and make up half or "
          "more of all that they or this list hold; repeatable")
      ->allow_extra_args(false);
  command
      ->add_option("--sources-unlike", options->sources_unlike,
                   "All sources but those of --sources-like; repeatable")
      ->allow_extra_args(false);
  command
      ->add_option("--at-most-services", options->at_most_services,
                   "Only sources that asked for so many services or fewer")
      ->check(CLI::Range(std::uint64_t{1}, std::uint64_t{1'000'000'000}));
  command
      ->add_option("--also", options->also,
                   "SERVICE[+SERVICE], with --sources-of: show beside each number that of the "
                   "sources that asked for at least one of these too")
      ->check([](const std::string& text) {
        return text.empty() ? std::string("a service is missing, such as 445/tcp") : std::string();
      });
  command->add_option("--format", options->format, "table, json (one object a line) or csv")
      ->check(CLI::IsMember({"table", "json", "csv"}))
      ->capture_default_str();
  command->footer(
      "Measures: packets; accesses (contact attempts: retransmissions are one); sources (distinct "
      "addresses in the cell);\n"
      "source_days (distinct source × local day × sensor × service: TALOT2's 延べ発信元数); "
      "sensors.\n"
      "Sources are chosen (--sources-of and the like, --at-most-services) by all that they sent in "
      "the time asked for,\n"
      "but for what --where says of anything but service, protocol and region; each is then in one "
      "region, that of most of its packets.\n"
      "Examples:\n"
      "  teiten count --month 2007-07 --tz Asia/Tokyo --by service --top 10\n"
      "  teiten count --where service=1433/tcp --by day,region --format json\n"
      "  teiten count --month 2024-05 --by service --top 20 --without-scanners\n"
      "  teiten count --sources-of 1433/tcp --also 135+139+445/tcp --by region --measure sources\n"
      "  teiten count --sources-like 135+139+445/tcp --at-most-services 10 --by service\n"
      "  teiten count --by tool --where kind=scan\n"
      "  teiten count --where 'tool=mirai,mirai?' --by day,region\n"
      "  teiten count --where kind=backscatter --by service    (its sources are the victims)");
  command->callback([options, &status] { status = run(*options); });
}

}  // namespace teiten
