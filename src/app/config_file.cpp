#include "app/config_file.h"

#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <toml++/toml.h>

#include "app/command.h"

namespace teiten {
namespace {

/// Options that a file cannot give: what only makes sense typed, and the file itself.
bool is_key(const CLI::Option& option) {
  const std::string name = option.get_single_name();
  return !option.get_lnames().empty() && name != "help" && name != "config";
}

std::string keys_of(const CLI::App& command) {
  std::string keys;
  for (const CLI::Option* option :
       command.get_options([](const CLI::Option* candidate) { return is_key(*candidate); })) {
    keys += (keys.empty() ? "" : ", ") + option->get_single_name();
  }
  return keys;
}

/// "FILE, line N: what is wrong" as the error that main() prints for wrong usage.
[[noreturn]] void refuse(const std::string& path, const toml::source_region& where,
                         const std::string& what) {
  throw CLI::ValidationError(fmt::format("{}, line {}", printable(path), where.begin.line),
                             printable(what));
}

std::string read_text(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::string text;
  if (file) {
    text.resize(kMaxConfigBytes + 1);
    file.read(text.data(), static_cast<std::streamsize>(text.size()));
    text.resize(static_cast<std::size_t>(file.gcount()));
  }
  // A folder opens, and fails at the first read.
  if (!file && !file.eof()) {
    throw CLI::ValidationError(printable(path),
                               "cannot read the configuration; give --config a readable file");
  }
  if (text.size() > kMaxConfigBytes) {
    throw CLI::ValidationError(
        printable(path), fmt::format("a configuration has at most {} bytes", kMaxConfigBytes));
  }
  return text;
}

/// The value as it would be typed; nothing where it is no single value.
std::vector<std::string> typed(const toml::node& node) {
  if (const auto* text = node.as_string()) return {text->get()};
  if (const auto* number = node.as_integer()) return {std::to_string(number->get())};
  if (const auto* number = node.as_floating_point()) return {fmt::format("{}", number->get())};
  if (const auto* flag = node.as_boolean()) return {flag->get() ? "true" : "false"};
  return {};
}

void give(CLI::Option& option, const std::string& key, const toml::node& node,
          const std::string& path) {
  std::vector<std::string> values;
  if (const toml::array* array = node.as_array()) {
    if (option.get_items_expected_max() <= 1)
      refuse(path, node.source(), key + " takes one value, not a list");
    for (const toml::node& element : *array) {
      const auto value = typed(element);
      if (value.empty()) refuse(path, element.source(), key + " takes strings and numbers");
      values.push_back(value.front());
    }
    if (values.empty()) return;
  } else {
    values = typed(node);
    if (values.empty()) refuse(path, node.source(), key + " takes a string, a number or a list");
  }
  const bool is_flag = option.get_items_expected_max() == 0;
  if (is_flag != node.is_boolean()) {
    refuse(path, node.source(),
           key + (is_flag ? " is true or false" : " takes a value, not true or false"));
  }
  if (is_flag && values.front() == "false") return;
  try {
    option.add_result(std::move(values));
    option.run_callback();
  } catch (const CLI::ParseError& error) {
    refuse(path, node.source(), fmt::format("{}: {}", key, error.what()));
  }
}

void apply(CLI::App& command, const std::string& path) {
  const std::string text = read_text(path);
  toml::table table;
  try {
    table = toml::parse(text, path);
  } catch (const toml::parse_error& error) {
    refuse(path, error.source(), std::string(error.description()));
  }
  for (const auto& [name, node] : table) {
    const std::string key(name.str());
    CLI::Option* option = command.get_option_no_throw("--" + key);
    if (option == nullptr || !is_key(*option)) {
      refuse(path, node.source(),
             fmt::format("there is no key {}; the keys are {}", key, keys_of(command)));
    }
    // The command line goes before the file.
    if (option->count() == 0) give(*option, key, node, path);
  }
}

}  // namespace

void add_config_option(CLI::App& command) {
  // The options get their values while this one is evaluated, before CLI11 looks at which are
  // missing.
  command
      .add_option_function<std::string>(
          "--config", [&command](const std::string& path) { apply(command, path); },
          "TOML: the options without their dashes as keys; the command line goes before it")
      ->type_name("FILE");
}

}  // namespace teiten
