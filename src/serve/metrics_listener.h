#pragma once

#include <functional>
#include <memory>
#include <string>

#include "base/result.h"

namespace boost::asio {
class io_context;
}

namespace teiten {

/// Whoever asks at the same time.
inline constexpr std::size_t kMaxMetricsConnections = 16;

/// Answers `GET /metrics` over plain HTTP, for Prometheus on the same machine or network. Runs in
/// the io_context's thread.
class MetricsListener {
 public:
  virtual ~MetricsListener() = default;
  static Result<std::unique_ptr<MetricsListener>> listen(boost::asio::io_context& io,
                                                         const std::string& address,
                                                         std::function<std::string()> text);
  virtual std::string endpoint() const = 0;
};

}  // namespace teiten
