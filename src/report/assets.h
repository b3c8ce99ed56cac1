#pragma once

#include <string_view>

/// What the web build (web/) made, part of the program: the report is one file that works offline.
namespace teiten {

/// The script that draws the figures. Holds neither "</script" nor "<!--" (web/build.mjs checks).
std::string_view report_script();

/// The style sheet. Holds no "</style".
std::string_view report_style();

/// SHA-256 of report_script(), base64, as a content security policy takes it: "sha256-…".
std::string_view report_script_hash();

}  // namespace teiten
