#include <cstdio>
#include <exception>
#include <iostream>
#include <string>
#include <system_error>

#include <CLI/CLI.hpp>

#include "app/command.h"
#include "app/version.h"

namespace {

int run(int argc, char** argv) {
  CLI::App app{
      "teiten (定点): an Internet fixed-point observatory. Counts what nobody asked for, and "
      "reports it.",
      "teiten"};
  int status = teiten::kDone;
  app.set_version_flag("--version", std::string("teiten ") + teiten::kVersion);
  app.require_subcommand(1);
  teiten::add_import(app, status);
  teiten::add_count(app, status);
  teiten::add_report(app, status);
  teiten::add_findings(app, status);
  teiten::add_inspect(app, status);
  teiten::add_simulate(app, status);
  teiten::add_doctor(app, status);
  teiten::add_sense(app, status);
  teiten::add_serve(app, status);
  teiten::add_sensor(app, status);
  teiten::add_backup(app, status);
  teiten::add_restore(app, status);
  teiten::add_retain(app, status);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    if (error.get_exit_code() == 0) return app.exit(error);  // --help, --version
    std::cerr << "teiten: " << error.what() << " (teiten --help, teiten COMMAND --help)\n";
    return teiten::kWrongUsage;
  }
  // What could not be written is no result: a full disk behind a pipe must not look like success.
  if (std::fflush(stdout) != 0) {
    std::fputs("teiten: standard output: cannot write\n", stderr);
    return teiten::kCouldNot;
  }
  return status;
}

}  // namespace

int main(int argc, char** argv) {
  try {
    return run(argc, argv);
  } catch (const std::bad_alloc&) {
    std::fputs("teiten: out of memory\n", stderr);
  } catch (const std::system_error& error) {
    // What {fmt} throws where standard output takes no more.
    std::fprintf(stderr, "teiten: standard output: %s\n", error.what());
  } catch (const std::exception& error) {
    std::fprintf(stderr, "teiten: bug: %s\n", error.what());
  }
  return teiten::kCouldNot;
}
