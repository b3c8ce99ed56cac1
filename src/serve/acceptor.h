#pragma once

#include <boost/asio/ip/tcp.hpp>

#include "base/file_descriptor.h"
#include "base/result.h"

namespace teiten {

/// Makes the acceptor take what comes at `listening` (listen_at()).
Result<void> accept_from(boost::asio::ip::tcp::acceptor& acceptor, FileDescriptor listening);

}  // namespace teiten
