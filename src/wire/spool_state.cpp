#include "wire/spool_state.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <optional>
#include <utility>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>

#include "wire/crc32c.h"
#include "wire/little_endian.h"

namespace teiten {
namespace {

constexpr const char* kFileName = "spool.state";
/// Slots never cross a sector of the disk, so that a write of one is whole or not at all.
constexpr std::size_t kSlotBytes = 64;
/// Slot 0 and 1 take turns at the mark; the gaps follow; the last two take turns at the note.
constexpr std::size_t kMarkSlots = 2;
constexpr std::size_t kNoteSlot = kMarkSlots + kMaxSpoolGaps;
constexpr std::size_t kNoteSlots = 2;
constexpr std::size_t kSlots = kNoteSlot + kNoteSlots;
/// What a slot holds; a blank one has neither.
constexpr std::uint32_t kMarkSlot = 0x4d4e5454;  // "TTNM"
constexpr std::uint32_t kGapSlot = 0x474e5454;   // "TTNG"
constexpr std::uint32_t kNoteKind = 0x4e4e5454;  // "TTNN"

/// Layout: what it is (4), 4 zero bytes, six numbers (8 each), 4 zero bytes, CRC (4).
using Numbers = std::array<std::uint64_t, 6>;
using Slot = std::array<char, kSlotBytes>;

Slot make_slot(std::uint32_t kind, const Numbers& numbers) {
  Slot slot{};
  store_little(slot.data(), kind);
  for (std::size_t i = 0; i < numbers.size(); ++i)
    store_little(slot.data() + 8 + 8 * i, numbers[i]);
  store_little(slot.data() + 60, crc32c({slot.data(), 60}));
  return slot;
}

std::optional<Numbers> read_slot(const char* slot, std::uint32_t kind) {
  if (load_little<std::uint32_t>(slot) != kind) return std::nullopt;
  if (load_little<std::uint32_t>(slot + 60) != crc32c({slot, 60})) return std::nullopt;
  Numbers numbers{};
  for (std::size_t i = 0; i < numbers.size(); ++i)
    numbers[i] = load_little<std::uint64_t>(slot + 8 + 8 * i);
  return numbers;
}

bool write_all(int file, std::string_view bytes, std::uint64_t offset) {
  while (!bytes.empty()) {
    const ssize_t put = ::pwrite(file, bytes.data(), bytes.size(), static_cast<off_t>(offset));
    if (put < 0 && errno == EINTR) continue;
    if (put <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(put));
    offset += static_cast<std::uint64_t>(put);
  }
  return true;
}

}  // namespace

Result<SpoolState> SpoolState::open(int folder, const std::string& path) {
  SpoolState state;
  state.file_ = FileDescriptor(
      ::openat(folder, kFileName, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0600));
  if (!state.file_.is_open()) {
    const int reason = errno;
    return failure(
        reason == EACCES || reason == EPERM ? ErrorCode::permission_denied : ErrorCode::io_error,
        fmt::format("{}/{}: {}", path, kFileName, std::strerror(reason)));
  }
  if (::flock(state.file_.number(), LOCK_EX | LOCK_NB) != 0) {
    return failure(
        errno == EWOULDBLOCK ? ErrorCode::busy : ErrorCode::io_error,
        fmt::format("{}: another process has this spool: stop it, or name another folder", path));
  }
  // On a full disk without: the marks will be written where there is room.
  [[maybe_unused]] const int reserved =
      ::posix_fallocate(state.file_.number(), 0, static_cast<off_t>(kSlots * kSlotBytes));
  state.load();
  return state;
}

void SpoolState::load() {
  std::string bytes(kSlots * kSlotBytes, '\0');
  std::size_t have = 0;
  while (have < bytes.size()) {
    const ssize_t got =
        ::pread(file_.number(), bytes.data() + have, bytes.size() - have, static_cast<off_t>(have));
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) break;
    have += static_cast<std::size_t>(got);
  }
  for (std::size_t i = 0; i < kMarkSlots; ++i) {
    const auto numbers = read_slot(bytes.data() + i * kSlotBytes, kMarkSlot);
    if (!numbers || (*numbers)[0] < marks_written_ || (*numbers)[1] > kMaxSegmentNumber) continue;
    marks_written_ = (*numbers)[0];
    mark_ = {(*numbers)[1], (*numbers)[2]};
  }
  for (std::size_t i = kNoteSlot; i < kSlots; ++i) {
    const auto numbers = read_slot(bytes.data() + i * kSlotBytes, kNoteKind);
    if (!numbers || (*numbers)[0] > kMaxSegmentNumber) continue;
    if (note_ && (*numbers)[0] <= note_->segment) continue;
    note_.emplace();
    note_->segment = (*numbers)[0];
    std::copy(numbers->begin() + 1, numbers->end(), note_->note.begin());
    note_slot_ = i;
  }
  for (std::size_t i = kNoteSlot; i-- > kMarkSlots;) {
    const auto numbers = read_slot(bytes.data() + i * kSlotBytes, kGapSlot);
    if (!numbers || (*numbers)[1] > (*numbers)[2] || (*numbers)[4] > kMaxSegmentNumber) {
      blank_.push_back(i);
      continue;
    }
    const auto& [epoch, first, last, batches, segment, serial] = *numbers;
    gaps_.push_back({{epoch, first, last, batches}, segment, serial, i, false});
    // The segment went, or was about to, when this was written.
    mark_ = std::max(mark_, SpoolMark{segment == 0 ? 0 : segment + 1, 0});
  }
  std::sort(gaps_.begin(), gaps_.end(),
            [](const Gap& a, const Gap& b) { return a.serial < b.serial; });
}

bool SpoolState::write_slot(std::size_t slot, std::string_view bytes) {
  return write_all(file_.number(), bytes, slot * kSlotBytes);
}

void SpoolState::erase(std::vector<Gap>::iterator gap) {
  to_wipe_.push_back(gap->slot);
  gaps_.erase(gap);
}

void SpoolState::set_mark(SpoolMark mark) {
  mark_ = mark;
  ++marks_written_;
  const Slot slot = make_slot(kMarkSlot, {marks_written_, mark.segment, mark.offset, 0, 0, 0});
  // Without fsync, and without a word if it fails: batches then come again, which is allowed.
  write_slot(marks_written_ % kMarkSlots, {slot.data(), slot.size()});
}

std::vector<SpoolGap> SpoolState::gaps() const {
  std::vector<SpoolGap> gaps;
  for (const Gap& each : gaps_)
    gaps.push_back(each.gap);
  return gaps;
}

void SpoolState::add_gap(std::uint64_t epoch, std::uint64_t sequence, std::uint64_t segment) {
  for (Gap& each : gaps_) {
    SpoolGap& gap = each.gap;
    if (gap.epoch != epoch) continue;
    const bool inside = sequence >= gap.first_sequence && sequence <= gap.last_sequence;
    const bool next = gap.last_sequence + 1 == sequence && sequence != 0;
    if (!inside && !next) continue;
    if (next) {
      gap.last_sequence = sequence;
      ++gap.batches;
    }
    each.segment = std::max(each.segment, segment);
    each.unsaved = true;
    return;
  }
  if (blank_.empty()) {
    // Joined with its epoch's nearest; where that has none, the oldest report is given up.
    const auto found = std::find_if(gaps_.rbegin(), gaps_.rend(),
                                    [&](const Gap& each) { return each.gap.epoch == epoch; });
    if (found != gaps_.rend()) {
      found->gap.first_sequence = std::min(found->gap.first_sequence, sequence);
      found->gap.last_sequence = std::max(found->gap.last_sequence, sequence);
      ++found->gap.batches;
      found->segment = std::max(found->segment, segment);
      found->unsaved = true;
      return;
    }
    blank_.push_back(gaps_.front().slot);
    gaps_.erase(gaps_.begin());
  }
  const std::uint64_t serial = gaps_.empty() ? 1 : gaps_.back().serial + 1;
  gaps_.push_back({{epoch, sequence, sequence, 1}, segment, serial, blank_.back(), true});
  blank_.pop_back();
}

void SpoolState::take_back(std::uint64_t epoch, std::uint64_t sequence) {
  const auto found = std::find_if(gaps_.begin(), gaps_.end(), [&](const Gap& each) {
    return each.gap.epoch == epoch && sequence >= each.gap.first_sequence &&
           sequence <= each.gap.last_sequence;
  });
  if (found == gaps_.end()) return;
  found->unsaved = true;
  SpoolGap& gap = found->gap;
  if (gap.batches > 0) --gap.batches;
  if (gap.first_sequence == gap.last_sequence) {
    erase(found);
  } else if (sequence == gap.first_sequence) {
    ++gap.first_sequence;
  } else if (sequence == gap.last_sequence) {
    --gap.last_sequence;
  }
}

void SpoolState::forget(const SpoolGap& reported) {
  const auto found = std::find_if(gaps_.begin(), gaps_.end(), [&](const Gap& each) {
    return each.gap.epoch == reported.epoch && each.gap.first_sequence <= reported.last_sequence &&
           each.gap.last_sequence >= reported.first_sequence;
  });
  if (found == gaps_.end()) return;  // all of it arrived after all
  SpoolGap& gap = found->gap;
  if (gap.last_sequence <= reported.last_sequence && gap.first_sequence >= reported.first_sequence)
    return erase(found);
  found->unsaved = true;
  gap.batches -= std::min(gap.batches, reported.batches);
  if (gap.first_sequence >= reported.first_sequence)
    gap.first_sequence = reported.last_sequence + 1;
}

void SpoolState::forget_gaps(std::span<const SpoolGap> reported) {
  for (const SpoolGap& gap : reported)
    forget(gap);
  save_gaps();
}

bool SpoolState::keep_note(const KeptNote& note) {
  const std::size_t slot = note_slot_ == kNoteSlot ? kNoteSlot + 1 : kNoteSlot;
  Numbers numbers{note.segment};
  std::copy(note.note.begin(), note.note.end(), numbers.begin() + 1);
  const Slot bytes = make_slot(kNoteKind, numbers);
  if (!write_slot(slot, {bytes.data(), bytes.size()}) || ::fdatasync(file_.number()) != 0)
    return false;
  note_ = note;
  note_slot_ = slot;
  return true;
}

void SpoolState::save_gaps() {
  // What fails stays to be written with the next.
  bool wrote = false;
  for (Gap& each : gaps_) {
    if (!each.unsaved) continue;
    const SpoolGap& gap = each.gap;
    const Slot slot = make_slot(kGapSlot, {gap.epoch, gap.first_sequence, gap.last_sequence,
                                           gap.batches, each.segment, each.serial});
    each.unsaved = !write_slot(each.slot, {slot.data(), slot.size()});
    wrote = true;
  }
  std::erase_if(to_wipe_, [&](std::size_t slot) {
    wrote = true;
    if (!write_slot(slot, std::string(kSlotBytes, '\0'))) return false;
    blank_.push_back(slot);
    return true;
  });
  if (wrote) ::fdatasync(file_.number());
}

}  // namespace teiten
