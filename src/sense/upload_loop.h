#pragma once

#include <atomic>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "sense/channel.h"
#include "sense/journal.h"
#include "sense/status.h"
#include "wire/spool.h"
#include "wire/uploader.h"

namespace teiten {

/// A spool that one thread fills and another empties, and what is told about both.
struct SharedSpool {
  std::mutex mutex;
  std::condition_variable changed;
  std::unique_ptr<Spool> spool;  ///< under mutex
  SensorStatus status;           ///< under mutex
};

/// Addresses of the collectors (or of the proxy in between) as names resolve now.
std::vector<Endpoint> resolve_endpoints(const std::vector<std::string>& urls);

/// Sends what the spool holds, oldest first, until it is told to end: a batch leaves the spool when
/// the collector has acknowledged it, or will never take it (then it is kept aside).
class UploadLoop {
 public:
  /// Called, on the loop's thread, with the addresses that batches are sent to.
  using EndpointSink = std::function<void(std::vector<Endpoint>)>;

  UploadLoop(SharedSpool& shared, std::unique_ptr<Uploader> uploader, std::vector<std::string> urls,
             std::string folder, EndpointSink endpoints);
  ~UploadLoop();
  UploadLoop(const UploadLoop&) = delete;
  UploadLoop& operator=(const UploadLoop&) = delete;

  enum class Last : std::uint8_t {
    all,      ///< until the spool is empty, however long that takes
    attempt,  ///< until the first failure
  };
  /// Nothing is added to the spool any more.
  void end_with(Last last);
  /// Ends at once, but for an attempt under way.
  void stop();
  bool ended() const { return ended_.load(); }

 private:
  void run();
  /// The batch to send next; nothing at the end.
  std::optional<SpooledBatch> wait_for_batch();
  void settle(const SpooledBatch& batch, const UploadResult& result);
  void wait(std::chrono::milliseconds time);
  void tell_endpoints();

  SharedSpool& shared_;
  std::unique_ptr<Uploader> uploader_;
  std::vector<std::string> urls_;
  std::string folder_;
  EndpointSink endpoints_;
  std::chrono::steady_clock::time_point resolved_;
  BackOff back_off_;
  Trouble failing_;
  Trouble refusing_;
  bool ending_ = false;    ///< under the spool's mutex
  bool stopping_ = false;  ///< the same
  Last last_ = Last::all;
  std::atomic<bool> ended_{false};
  std::thread thread_;
};

}  // namespace teiten
