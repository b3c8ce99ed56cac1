#pragma once

#include <string>
#include <vector>

#include "serve/authority.h"

namespace teiten {

/// What a sensor needs to reach its collector, as a TOML text: sensor, collectors, ca, certificate,
/// key. It holds a private key.
std::string bundle_text(const std::string& sensor, const std::vector<std::string>& collectors,
                        const std::string& ca, const IssuedCertificate& issued);

/// "https://host:port" or "https://[2001:db8::1]:port": an error that shows the form for anything
/// else, a path or a user name included.
Result<void> check_collector_url(const std::string& url);

}  // namespace teiten
