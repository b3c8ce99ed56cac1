#include "serve/bundle.h"

#include <algorithm>

#include <fmt/format.h>

namespace teiten {
namespace {

/// PEM has no quotes and no backslashes, so it needs no escapes.
std::string multi_line(const std::string& pem) {
  return "\"\"\"\n" + pem + "\"\"\"";
}

}  // namespace

std::string bundle_text(const std::string& sensor, const std::vector<std::string>& collectors,
                        const std::string& ca, const IssuedCertificate& issued) {
  std::string urls;
  for (const std::string& url : collectors)
    urls += fmt::format("{}\"{}\"", urls.empty() ? "" : ", ", url);
  return fmt::format(
      "# Enrols the sensor {0} with its collector: teiten sense --bundle FILE.\n"
      "# Keep it secret: whoever has the key can write as this sensor. Its certificate ends on "
      "{5}.\n"
      "sensor = \"{0}\"\n"
      "collectors = [{1}]\n"
      "ca = {2}\n"
      "certificate = {3}\n"
      "key = {4}\n",
      sensor, urls, multi_line(ca), multi_line(issued.certificate), multi_line(issued.key),
      format_day(issued.expires));
}

Result<void> check_collector_url(const std::string& url) {
  constexpr std::string_view kScheme = "https://";
  constexpr std::size_t kMaxUrlBytes = 300;
  const Error wrong = failure(
      ErrorCode::invalid_argument,
      fmt::format("{}: a collector's URL is https://HOST:PORT (https://collector.example.net:8443)",
                  url.substr(0, kMaxUrlBytes)));
  if (!url.starts_with(kScheme) || url.size() > kMaxUrlBytes) return wrong;
  const std::string rest = url.substr(kScheme.size());
  const auto colon = rest.rfind(':');
  if (colon == std::string::npos || colon == 0) return wrong;
  const std::string host = rest.substr(0, colon);
  const std::string port = rest.substr(colon + 1);
  const bool bracketed = host.front() == '[' && host.back() == ']' && host.size() > 2;
  const auto allowed = [&](char c) {
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '.' ||
           c == '-' || c == '_' || (bracketed && c == ':');
  };
  const std::string inner = bracketed ? host.substr(1, host.size() - 2) : host;
  if (!std::all_of(inner.begin(), inner.end(), allowed)) return wrong;
  const bool digits =
      !port.empty() && port.size() <= 5 &&
      std::all_of(port.begin(), port.end(), [](char c) { return c >= '0' && c <= '9'; });
  if (!digits || std::stoul(port) == 0 || std::stoul(port) > 65535) return wrong;
  return {};
}

}  // namespace teiten
