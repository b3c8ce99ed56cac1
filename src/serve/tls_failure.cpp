#include "serve/tls_failure.h"

#include <boost/asio/ssl/error.hpp>
#include <boost/beast/core/error.hpp>
#include <openssl/err.h>
#include <openssl/x509_vfy.h>

namespace teiten {

std::string_view tls_failure(const boost::system::error_code& error, SSL* ssl) {
  if (error == boost::beast::error::timeout) return "timeout";
  if (error.category() != boost::asio::error::get_ssl_category()) return "disconnected";
  switch (ERR_GET_REASON(static_cast<unsigned long>(error.value()))) {
    case SSL_R_PEER_DID_NOT_RETURN_A_CERTIFICATE:
      return "no_certificate";
    case SSL_R_UNSUPPORTED_PROTOCOL:
    case SSL_R_NO_PROTOCOLS_AVAILABLE:
    case SSL_R_WRONG_VERSION_NUMBER:
      return "wrong_tls_version";
    case SSL_R_HTTP_REQUEST:
      return "no_tls";
    case SSL_R_CERTIFICATE_VERIFY_FAILED:
      return SSL_get_verify_result(ssl) == X509_V_ERR_CERT_HAS_EXPIRED ? "expired_certificate"
                                                                       : "untrusted_certificate";
    default:
      return "other";
  }
}

}  // namespace teiten
