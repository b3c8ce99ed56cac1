#pragma once

#include <cstddef>

namespace CLI {
class App;
}

namespace teiten {

/// Bytes that a configuration file may have.
inline constexpr std::size_t kMaxConfigBytes = 1U << 20;

/// Adds `--config FILE` to `command`: TOML whose keys are the command's long options without their
/// dashes; an array stands for an option given several times. What the command line gives goes
/// before the file's. An unknown key, or a value that the option does not take, is wrong usage: a
/// CLI::ParseError that names file, line and key, and lists the keys there are. To be called after
/// the command's other options were added.
void add_config_option(CLI::App& command);

}  // namespace teiten
