#include "serve/sessions.h"

#include <algorithm>

#include "serve/session.h"

namespace teiten {

ConnectionLimits::Id Sessions::add(Session& session, const std::string& address) {
  const ConnectionLimits::Id id = next_++;
  if (const auto evicted = limits_.begin(id, peer_of(address))) {
    collector.handshakes.add(evicted->reason);
    close(*evicted);
  }
  open_[id] = &session;
  collector.connections = open_.size();
  return id;
}

void Sessions::identify(ConnectionLimits::Id id, const std::string& sensor) {
  if (const auto evicted = limits_.identify(id, sensor)) {
    collector.closed.add(evicted->reason);
    close(*evicted);
  }
}

void Sessions::remove(ConnectionLimits::Id id) {
  limits_.end(id);
  open_.erase(id);
  collector.connections = open_.size();
}

void Sessions::close(const ConnectionLimits::Eviction& evicted) {
  if (const auto at = open_.find(evicted.id); at != open_.end()) at->second->evict();
}

bool Sessions::any_answering() const {
  return std::any_of(open_.begin(), open_.end(),
                     [](const auto& one) { return one.second->is_answering(); });
}

void Sessions::stop() {
  stopping = true;
  for (const auto& [id, session] : open_)
    session->cut();
  decoders.join();
}

void Sessions::close_all() {
  for (const auto& [id, session] : open_)
    session->close();
}

}  // namespace teiten
