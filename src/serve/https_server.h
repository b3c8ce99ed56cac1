#pragma once

#include <memory>
#include <string>

#include "base/file_descriptor.h"
#include "base/result.h"
#include "serve/authority.h"

namespace boost::asio {
class io_context;
}

namespace teiten {

struct Collector;

/// Takes uploads: TLS 1.3, clients with a certificate of the collector's CA only. Everything of it
/// runs in the io_context's one thread, but for decoding, which has threads of its own.
class HttpsServer {
 public:
  virtual ~HttpsServer() = default;
  /// Accepts from `listening` (listen_at()). `collector` must outlive it.
  static Result<std::unique_ptr<HttpsServer>> serve(boost::asio::io_context& io,
                                                    Collector& collector, FileDescriptor listening,
                                                    const IssuedCertificate& certificate);
  /// "192.0.2.1:8443".
  virtual std::string endpoint() const = 0;
  /// For connections from now on.
  virtual Result<void> use_certificate(const IssuedCertificate& certificate) = 0;
  /// Accepts no more, cuts what is not whole, and hands what is to the committer; blocks for that.
  virtual void stop() = 0;
  /// Whether an upload still waits for its answer.
  virtual bool busy() const = 0;
};

}  // namespace teiten
