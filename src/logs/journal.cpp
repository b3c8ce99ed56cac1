#include "logs/journal.h"

#include <algorithm>
#include <charconv>

#include "logs/field_values.h"
#include "logs/firewall_header.h"
#include "logs/firewall_line.h"
#include "logs/formats.h"

namespace teiten {
namespace {

constexpr std::size_t kSizeBytes = 8;

std::uint64_t little_endian(std::string_view bytes) {
  std::uint64_t value = 0;
  for (std::size_t i = kSizeBytes; i-- > 0;)
    value = (value << 8) | static_cast<unsigned char>(bytes[i]);
  return value;
}

}  // namespace

Rejection read_journal_entry(const JournalEntry& entry, Packet& packet) {
  const bool speaks_for_kernel = entry.transport == "kernel" || relays_kernel(entry.identifier);
  if (!speaks_for_kernel || entry.message.empty()) return Rejection::not_a_firewall_line;
  FirewallHeader header;
  const Rejection rejection = parse_firewall_line(entry.message, header, packet);
  if (rejection == Rejection::empty_line) return Rejection::not_a_firewall_line;
  if (rejection != Rejection::none) return rejection;
  std::int64_t microseconds = 0;
  const char* end = entry.realtime.data() + entry.realtime.size();
  const auto [stop, error] = std::from_chars(entry.realtime.data(), end, microseconds);
  if (error != std::errc{} || stop != end || entry.realtime.empty()) return Rejection::invalid_time;
  return set_unix_time(microseconds / 1'000'000, microseconds % 1'000'000 * 1000, packet);
}

Result<std::unique_ptr<LogReader>> JournalExportReader::open(Input& input,
                                                             const LogOptions& /*options*/) {
  return std::unique_ptr<LogReader>(std::make_unique<JournalExportReader>(input));
}

bool JournalExportReader::recognises(std::string_view beginning) {
  const std::string_view first = beginning.substr(0, beginning.find('\n'));
  return (first.starts_with("__CURSOR=") || first.starts_with("__REALTIME_TIMESTAMP=")) &&
         beginning.find("\n__REALTIME_TIMESTAMP=") != std::string_view::npos;
}

std::string* JournalExportReader::place_of(std::string_view name) {
  if (name == "MESSAGE") return &message_;
  if (name == "_TRANSPORT") return &transport_;
  if (name == "SYSLOG_IDENTIFIER") return &identifier_;
  if (name == "__REALTIME_TIMESTAMP") return &realtime_;
  return nullptr;
}

void JournalExportReader::clear() {
  message_.clear();
  transport_.clear();
  identifier_.clear();
  realtime_.clear();
  too_long_ = false;
}

void JournalExportReader::consume(std::string_view bytes) {
  lines_ += static_cast<std::uint64_t>(std::count(bytes.begin(), bytes.end(), '\n'));
  window_.consume(bytes.size());
}

Result<void> JournalExportReader::skip(std::uint64_t size) {
  while (size > 0) {
    TEITEN_TRY(const std::string_view view, window_.peek(1));
    if (view.empty()) {
      cut_ = true;
      return {};
    }
    const auto now = static_cast<std::size_t>(std::min<std::uint64_t>(size, view.size()));
    consume(view.substr(0, now));
    size -= now;
  }
  return {};
}

Result<void> JournalExportReader::skip_line() {
  while (true) {
    TEITEN_TRY(const std::string_view view, window_.peek(1));
    const std::size_t end = view.find('\n');
    consume(view.substr(0, end == std::string_view::npos ? view.size() : end + 1));
    if (view.empty() || end != std::string_view::npos) return {};
  }
}

Result<JournalExportReader::Step> JournalExportReader::read_sized_field(std::string* value) {
  TEITEN_TRY(std::string_view view, window_.peek(kSizeBytes));
  if (view.size() < kSizeBytes) {
    cut_ = true;
    consume(view);
    return Step::end_of_input;
  }
  const std::uint64_t size = little_endian(view);
  consume(view.substr(0, kSizeBytes));
  if (value == nullptr || size > kMaxLineBytes) {
    too_long_ = too_long_ || value == &message_;
    TEITEN_CHECK(skip(size));
  } else {
    TEITEN_TRY(view, window_.peek(static_cast<std::size_t>(size)));
    const std::string_view bytes = view.substr(0, static_cast<std::size_t>(size));
    cut_ = bytes.size() < size;
    value->assign(bytes);
    consume(bytes);
  }
  // The line end after the bytes.
  TEITEN_CHECK(skip(cut_ ? 0 : 1));
  return cut_ ? Step::end_of_input : Step::field;
}

Result<JournalExportReader::Step> JournalExportReader::read_field() {
  TEITEN_TRY(std::string_view view, window_.peek(1));
  std::size_t end = view.find('\n');
  if (end == std::string_view::npos) {
    TEITEN_TRY(view, window_.peek(LineWindow::kMaxWanted));
    end = view.find('\n');
  }
  if (view.empty()) return Step::end_of_input;
  const std::string_view line = view.substr(0, end);
  if (line.empty()) {
    consume(view.substr(0, 1));
    return Step::end_of_entry;
  }
  const std::size_t equals = line.find('=');
  std::string* value = place_of(line.substr(0, equals));
  if (end == std::string_view::npos && view.size() >= LineWindow::kMaxWanted) {
    too_long_ = too_long_ || value == &message_;
    TEITEN_CHECK(skip_line());
    return Step::field;
  }
  if (equals == std::string_view::npos) {
    consume(view.substr(0, std::min(line.size() + 1, view.size())));
    return read_sized_field(value);
  }
  const std::string_view text = line.substr(equals + 1);
  if (value == &message_ && text.size() > kMaxLineBytes) {
    too_long_ = true;
  } else if (value != nullptr) {
    value->assign(text.substr(0, kMaxLineBytes));
  }
  cut_ = end == std::string_view::npos;
  consume(view.substr(0, std::min(line.size() + 1, view.size())));
  return Step::field;
}

Result<bool> JournalExportReader::read(LogLine& line) {
  if (cut_) return false;
  clear();
  bool any = false;
  Step step = Step::end_of_entry;
  // More than one empty line between entries are as good as one.
  while (!any || step == Step::field) {
    if (!any) line.line = lines_ + 1;
    TEITEN_TRY(step, read_field());
    any = any || step == Step::field || cut_;
    if (step == Step::end_of_input) break;
  }
  if (!any) return false;
  line.number = ++records_;
  line.raw = std::string_view(message_).substr(0, kMaxRawBytes);
  if (cut_) {
    warning_ = name_ + ": the journal ends within an entry";
    line.rejection = Rejection::truncated_line;
    return true;
  }
  line.rejection =
      too_long_ ? Rejection::line_too_long
                : read_journal_entry({message_, transport_, identifier_, realtime_}, line.packet);
  return true;
}

LogFormat journal_export_format() {
  LogFormat format;
  format.name = "journal-export";
  format.title = "systemd's journal, `journalctl -o export`";
  format.example =
      "__CURSOR=s=1;i=1\n"
      "__REALTIME_TIMESTAMP=1700000000123456\n"
      "_TRANSPORT=kernel\n"
      "SYSLOG_IDENTIFIER=kernel\n"
      "MESSAGE=[UFW BLOCK] IN=ens3 OUT= SRC=198.51.100.7 DST=192.0.2.1 LEN=40 TOS=0x00 PREC=0x00 "
      "TTL=244 ID=54321 PROTO=TCP SPT=40000 DPT=1433 WINDOW=1024 RES=0x00 SYN URGP=0\n"
      "\n";
  format.recognises = [](const LogBeginning& beginning) {
    return JournalExportReader::recognises(beginning.text);
  };
  format.open = JournalExportReader::open;
  return format;
}

}  // namespace teiten
