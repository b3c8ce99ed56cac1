#include "sense/bundle.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <fstream>

#include <fmt/format.h>
#include <toml++/toml.h>

#include "access/sensors.h"
#include "simulate/toml_reader.h"

namespace teiten {
namespace {

constexpr std::size_t kMaxBundleBytes = 256U << 10;
constexpr std::size_t kMaxCollectors = 16;

Result<std::string> pem(const TomlReader& table, std::string_view key) {
  TEITEN_TRY(auto text, table.text(key));
  if (text.find("-----BEGIN ") == std::string::npos)
    return table.error(table.find(key), fmt::format("'{}' must be a PEM text", key));
  return text;
}

Result<std::vector<std::string>> collectors_of(const TomlReader& table) {
  const toml::node* node = table.find("collectors");
  const toml::array* list = node != nullptr ? node->as_array() : nullptr;
  if (list == nullptr || list->empty() || list->size() > kMaxCollectors) {
    return table.error(node, fmt::format("'collectors' must be a list of 1 to {} addresses such as "
                                         "\"https://collector.example:8443\"",
                                         kMaxCollectors));
  }
  std::vector<std::string> collectors;
  for (const auto& element : *list) {
    const auto url = element.value_exact<std::string>();
    if (!url || !url->starts_with("https://") || !host_and_port(*url).ok()) {
      return table.error(&element, "a collector must be like \"https://collector.example:8443\"");
    }
    collectors.push_back(*url);
  }
  return collectors;
}

}  // namespace

Result<Bundle> parse_bundle(const std::string& origin, std::string_view text) {
  toml::table document;
  try {
    document = toml::parse(text, origin);
  } catch (const toml::parse_error& error) {
    return failure(
        ErrorCode::invalid_argument,
        fmt::format("{}:{}: {}", origin, error.source().begin.line, error.description()));
  }
  const TomlReader table(origin, document, "the bundle");
  TEITEN_CHECK(table.only({"sensor", "collectors", "ca", "certificate", "key"}));
  Bundle bundle;
  TEITEN_TRY(bundle.sensor, table.text("sensor"));
  if (auto named = check_sensor_name(bundle.sensor); !named.ok())
    return table.error(table.find("sensor"), named.error().message);
  TEITEN_TRY(bundle.collectors, collectors_of(table));
  TEITEN_TRY(bundle.ca, pem(table, "ca"));
  TEITEN_TRY(bundle.certificate, pem(table, "certificate"));
  TEITEN_TRY(bundle.key, pem(table, "key"));
  return bundle;
}

Result<Bundle> load_bundle(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) {
    return failure(
        errno == EACCES ? ErrorCode::permission_denied : ErrorCode::not_found,
        fmt::format("{}: cannot open the sensor's bundle: {}", path, std::strerror(errno)));
  }
  std::string text(kMaxBundleBytes + 1, '\0');
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(file.gcount()));
  if (text.size() > kMaxBundleBytes) {
    return failure(ErrorCode::limit_reached,
                   fmt::format("{}: more than {} bytes: no bundle of `teiten sensor add`", path,
                               kMaxBundleBytes));
  }
  return parse_bundle(path, text);
}

Result<HostPort> host_and_port(std::string_view url) {
  const auto wrong = [url] {
    return failure(ErrorCode::invalid_argument,
                   fmt::format("{}: must be like https://collector.example:8443", url));
  };
  HostPort result;
  std::string_view rest = url;
  if (rest.starts_with("https://")) {
    result.port = "443";
    rest.remove_prefix(8);
  } else if (rest.starts_with("http://")) {
    result.port = "80";
    rest.remove_prefix(7);
  } else {
    return wrong();
  }
  if (rest.ends_with('/')) rest.remove_suffix(1);
  std::string_view port;
  if (rest.starts_with('[')) {
    const std::size_t close = rest.find(']');
    if (close == std::string_view::npos) return wrong();
    result.host = rest.substr(1, close - 1);
    rest.remove_prefix(close + 1);
    if (!rest.empty() && rest.front() != ':') return wrong();
    if (!rest.empty()) port = rest.substr(1);
    if (!rest.empty() && port.empty()) return wrong();
  } else {
    const std::size_t colon = rest.find(':');
    result.host = rest.substr(0, colon);
    if (colon != std::string_view::npos) {
      port = rest.substr(colon + 1);
      if (port.empty()) return wrong();
    }
  }
  const bool digits =
      std::all_of(port.begin(), port.end(), [](char c) { return c >= '0' && c <= '9'; });
  if (result.host.empty() || port.size() > 5 || !digits ||
      result.host.find_first_of("/@?# \t\r\n") != std::string::npos)
    return wrong();
  if (!port.empty()) result.port = port;
  if (std::stoul(result.port) == 0 || std::stoul(result.port) > 65535) return wrong();
  return result;
}

}  // namespace teiten
