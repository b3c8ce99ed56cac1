#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace teiten {

/// What a container's runtime writes before a line that the container wrote.
struct ContainerPrefix {
  /// Where the container's own line begins.
  std::size_t message = 0;
  bool from_stderr = false;
  /// False where the runtime cut the line: its rest comes with the stream's next one.
  bool ends_line = true;
};

/// The prefix that `line` begins with: Kubernetes' (`2024-05-07T02:57:48.1Z stdout F `, design
/// "kubelet CRI logging") or docker compose's (`cowrie-1  | `, with --timestamps a stamp behind
/// it). Nothing where a line does not begin exactly so.
std::optional<ContainerPrefix> parse_container_prefix(std::string_view line);

}  // namespace teiten
