#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/file_descriptor.h"
#include "base/result.h"
#include "wire/spool.h"

namespace teiten {

/// Numbers of segments past this are not of our making.
inline constexpr std::uint64_t kMaxSegmentNumber = std::uint64_t{1} << 62;

/// A place in the spool: everything before it is acknowledged or discarded.
struct SpoolMark {
  std::uint64_t segment = 0;
  std::uint64_t offset = 0;
  friend auto operator<=>(const SpoolMark&, const SpoolMark&) = default;
};

/// A note and the segment that held its batch.
struct KeptNote {
  std::uint64_t segment = 0;
  SpoolNote note{};
};

/// What the spool knows beside its segments: the mark and the gaps, in one file of fixed size whose
/// slots are rewritten in place, so that it can be written on a full disk. The file also carries
/// the lock on the folder. What a power failure may take: the latest marks.
class SpoolState {
 public:
  /// Opens or makes `spool.state` in the folder. Errors: busy, permission_denied, io_error.
  static Result<SpoolState> open(int folder, const std::string& path);

  const SpoolMark& mark() const { return mark_; }
  void set_mark(SpoolMark mark);
  std::vector<SpoolGap> gaps() const;
  /// Notes a batch that is lost. `segment` is the one that goes with it, so that the mark need not
  /// be written at the same instant; 0 if none does.
  void add_gap(std::uint64_t epoch, std::uint64_t sequence, std::uint64_t segment);
  /// The batch is not lost after all.
  void take_back(std::uint64_t epoch, std::uint64_t sequence);
  /// Leaves these out, but for what they have grown by since gaps() gave them, and writes to disk
  /// that they are gone.
  void forget_gaps(std::span<const SpoolGap> reported);
  /// Writes the gaps to disk, if they changed.
  void save_gaps();
  const std::optional<KeptNote>& note() const { return note_; }
  /// On disk before it returns: its batch's segment may go then. False where that fails.
  bool keep_note(const KeptNote& note);

 private:
  struct Gap {
    SpoolGap gap;
    std::uint64_t segment = 0;
    std::uint64_t serial = 0;  ///< in the order of add_gap()
    std::size_t slot = 0;
    bool unsaved = true;
  };
  void load();
  void erase(std::vector<Gap>::iterator gap);
  void forget(const SpoolGap& reported);
  bool write_slot(std::size_t slot, std::string_view bytes);
  FileDescriptor file_;
  SpoolMark mark_;
  std::uint64_t marks_written_ = 0;
  std::optional<KeptNote> note_;
  std::size_t note_slot_ = 0;       ///< of note_: the other one is written next
  std::vector<Gap> gaps_;           ///< by serial
  std::vector<std::size_t> blank_;  ///< slots that hold none
  /// Slots that hold none any more, but do on disk; they come to blank_ when they are wiped.
  std::vector<std::size_t> to_wipe_;
};

}  // namespace teiten
