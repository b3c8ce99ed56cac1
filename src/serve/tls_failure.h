#pragma once

#include <string_view>

#include <boost/system/error_code.hpp>
#include <openssl/ssl.h>

namespace teiten {

/// Why a handshake failed, as a word.
std::string_view tls_failure(const boost::system::error_code& error, SSL* ssl);

}  // namespace teiten
