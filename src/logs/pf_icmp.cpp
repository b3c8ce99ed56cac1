#include "logs/pf_icmp.h"

#include <algorithm>
#include <span>

#include "logs/text.h"

namespace teiten {
namespace {

// The tables of pfctl(8).

struct TypeWord {
  std::string_view word;
  std::uint8_t type;
};
constexpr TypeWord kTypes[] = {
    {"echorep", 0},    {"unreach", 3},    {"squench", 4},    {"redir", 5},     {"althost", 6},
    {"echoreq", 8},    {"routeradv", 9},  {"routersol", 10}, {"timex", 11},    {"paramprob", 12},
    {"timereq", 13},   {"timerep", 14},   {"inforeq", 15},   {"inforep", 16},  {"maskreq", 17},
    {"maskrep", 18},   {"trace", 30},     {"dataconv", 31},  {"mobredir", 32}, {"ipv6-where", 33},
    {"ipv6-here", 34}, {"mobregreq", 35}, {"mobregrep", 36}, {"skip", 39},     {"photuris", 40}};
constexpr TypeWord kTypes6[] = {
    {"unreach", 1},       {"toobig", 2},       {"timex", 3},        {"paramprob", 4},
    {"echoreq", 128},     {"echorep", 129},    {"groupqry", 130},   {"listqry", 130},
    {"grouprep", 131},    {"listenrep", 131},  {"groupterm", 132},  {"listendone", 132},
    {"routersol", 133},   {"routeradv", 134},  {"neighbrsol", 135}, {"neighbradv", 136},
    {"redir", 137},       {"routrrenum", 138}, {"fqdnreq", 139},    {"niqry", 139},
    {"wrureq", 139},      {"fqdnrep", 140},    {"nirep", 140},      {"wrurep", 140},
    {"listenrepv2", 143}, {"mtraceresp", 200}, {"mtrace", 201}};

struct CodeWord {
  std::uint8_t type;
  std::string_view word;
  std::uint8_t code;
};
constexpr CodeWord kCodes[] = {
    {3, "net-unr", 0},        {3, "host-unr", 1},       {3, "proto-unr", 2},
    {3, "port-unr", 3},       {3, "needfrag", 4},       {3, "srcfail", 5},
    {3, "net-unk", 6},        {3, "host-unk", 7},       {3, "isolate", 8},
    {3, "net-prohib", 9},     {3, "host-prohib", 10},   {3, "net-tos", 11},
    {3, "host-tos", 12},      {3, "filter-prohib", 13}, {3, "host-preced", 14},
    {3, "cutoff-preced", 15}, {5, "redir-net", 0},      {5, "redir-host", 1},
    {5, "redir-tos-net", 2},  {5, "redir-tos-host", 3}, {9, "normal-adv", 0},
    {9, "common-adv", 16},    {11, "transit", 0},       {11, "reassemb", 1},
    {12, "badhead", 0},       {12, "optmiss", 1},       {12, "badlen", 2},
    {40, "unknown-ind", 1},   {40, "auth-fail", 2},     {40, "decrypt-fail", 3}};
constexpr CodeWord kCodes6[] = {
    {1, "noroute-unr", 0}, {1, "admin-unr", 1}, {1, "notnbr-unr", 2},    {1, "beyond-unr", 2},
    {1, "addr-unr", 3},    {1, "port-unr", 4},  {3, "transit", 0},       {3, "reassemb", 1},
    {4, "badhead", 0},     {4, "nxthdr", 1},    {137, "redironlink", 0}, {137, "redirrouter", 1}};

/// `42` or `unknown(42)`.
std::optional<std::uint8_t> number_of(std::string_view word) {
  constexpr std::string_view kUnknown = "unknown(";
  if (word.starts_with(kUnknown) && word.ends_with(')'))
    word = word.substr(kUnknown.size(), word.size() - kUnknown.size() - 1);
  const auto number = parse_decimal(word, 255);
  return number ? std::optional(static_cast<std::uint8_t>(*number)) : std::nullopt;
}

}  // namespace

std::optional<std::uint8_t> pf_icmp_type(bool six, std::string_view word) {
  const std::span<const TypeWord> table = six ? std::span<const TypeWord>(kTypes6) : kTypes;
  const auto found = std::find_if(table.begin(), table.end(),
                                  [&](const TypeWord& entry) { return entry.word == word; });
  return found != table.end() ? std::optional(found->type) : number_of(word);
}

std::optional<std::uint8_t> pf_icmp_code(bool six, std::uint8_t type, std::string_view word) {
  const std::span<const CodeWord> table = six ? std::span<const CodeWord>(kCodes6) : kCodes;
  const auto found = std::find_if(table.begin(), table.end(), [&](const CodeWord& entry) {
    return entry.type == type && entry.word == word;
  });
  return found != table.end() ? std::optional(found->code) : number_of(word);
}

}  // namespace teiten
