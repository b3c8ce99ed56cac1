#pragma once

#include <string>

#include "base/result.h"

namespace teiten {

/// Prints an HTML file to PDF with the Chromium of this machine (chromium, chromium-browser or
/// google-chrome on the PATH). not_found where there is none; io_error where it did not write the
/// file.
Result<void> print_pdf(const std::string& html_path, const std::string& pdf_path);

}  // namespace teiten
