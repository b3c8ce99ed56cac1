#pragma once

#include <optional>
#include <string>

#include "base/result.h"
#include "store/store.h"

namespace teiten {

/// One process at a time can open a store's file to write. A collector has it open all the time, so
/// it lends it: whoever needs the store connects to the socket beside it and says for what
/// ("lend read NAME" or "lend write NAME", one line); the collector finishes its commit, closes the
/// store and answers "lent"; when the connection ends, also by a kill, it opens the store again.
/// "status" asks for one line of JSON instead.

/// Bytes of a line on this socket, its end included.
inline constexpr std::size_t kMaxControlLineBytes = 256;

/// Where the collector of a store listens: beside the file itself, however it is reached.
std::string control_socket_path(const std::string& store);

/// A connected stream socket that its owner closes. Errors: not_found (nobody listens there),
/// permission_denied, io_error.
Result<int> connect_to_collector(const std::string& store);

/// Listens there, for this user only (mode 0600). A socket that a killed collector left is
/// replaced. busy: a collector of this store is running.
Result<int> listen_for_borrowers(const std::string& store);

/// A store on loan from its collector, until this is destroyed.
class Loan {
 public:
  /// Nothing where no collector holds the store. Waits for other borrowers for a minute at most
  /// (busy), and says once on standard error who lends.
  static Result<std::optional<Loan>> ask(const std::string& store, StoreMode mode);
  ~Loan();
  Loan(Loan&& other) noexcept;
  Loan& operator=(Loan&&) = delete;
  Loan(const Loan&) = delete;
  Loan& operator=(const Loan&) = delete;

 private:
  explicit Loan(int fd) : fd_(fd) {}
  int fd_;
};

/// What the collector of a store says of itself and its sensors: one line of JSON. not_found where
/// there is none.
Result<std::string> ask_collector_status(const std::string& store);

}  // namespace teiten
