#pragma once

#include "logs/log_format.h"

namespace teiten {

// One function a format, each defined in the file of its reader; log_format.cpp holds the table.

LogFormat firewall_format();
LogFormat csv_format();

}  // namespace teiten
