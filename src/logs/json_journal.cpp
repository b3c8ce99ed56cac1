#include "logs/journal.h"
#include "logs/json_family.h"

namespace teiten {
namespace {

bool is(const JsonRecord& record) {
  return record.has("__REALTIME_TIMESTAMP") && record.has("__CURSOR");
}

/// A message that is no text is an array of its bytes: no line that the kernel's firewall writes.
Rejection read(const JsonRecord& record, JsonContext& /*context*/, Packet& packet) {
  return read_journal_entry({record.text("MESSAGE"), record.text("_TRANSPORT"),
                             record.text("SYSLOG_IDENTIFIER"), record.text("__REALTIME_TIMESTAMP")},
                            packet);
}

}  // namespace

JsonFamily journal_json_family() {
  JsonFamily family;
  family.name = "journal-json";
  family.title = "systemd's journal, `journalctl -o json`";
  family.example =
      R"({"__CURSOR":"s=1;i=1","__REALTIME_TIMESTAMP":"1700000000123456","_TRANSPORT":"kernel","SYSLOG_IDENTIFIER":"kernel","MESSAGE":"[UFW BLOCK] IN=ens3 OUT= SRC=198.51.100.7 DST=192.0.2.1 LEN=40 TOS=0x00 PREC=0x00 TTL=244 ID=54321 PROTO=TCP SPT=40000 DPT=1433 WINDOW=1024 RES=0x00 SYN URGP=0"})";
  family.is = is;
  family.read = read;
  return family;
}

}  // namespace teiten
