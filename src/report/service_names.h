#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "report/model.h"

namespace teiten {

/// What is known of a service: data/services.toml.
struct ServiceName {
  std::string iana;         ///< short name in IANA's registry, "" where it has none there
  std::string description;  ///< what the service is, in the language asked for
};

/// `id` is a service's text ("1433/tcp"). Nothing where the file does not have it.
std::optional<ServiceName> service_name(std::string_view id, Language language);

}  // namespace teiten
