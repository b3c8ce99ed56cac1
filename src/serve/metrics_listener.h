#pragma once

#include <functional>
#include <memory>
#include <string>

#include "base/file_descriptor.h"
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
  /// Accepts from `listening` (listen_at()).
  static Result<std::unique_ptr<MetricsListener>> serve(boost::asio::io_context& io,
                                                        FileDescriptor listening,
                                                        std::function<std::string()> text);
  virtual std::string endpoint() const = 0;
};

}  // namespace teiten
