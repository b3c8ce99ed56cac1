#include <cerrno>
#include <optional>

#include <archive.h>
#include <archive_entry.h>

#include "base/assert.h"
#include "capture/decompressor.h"

namespace teiten {
namespace {

/// Everything that libarchive's filters decompress. Its "raw" format hands on the content as one
/// unnamed entry.
class ArchiveDecompressor final : public Decompressor {
 public:
  explicit ArchiveDecompressor(CompressedBytes source)
      : source_(source), reader_(archive_read_new()) {
    TEITEN_ASSERT(reader_ != nullptr);
    archive* reader = reader_.get();
    archive_read_support_filter_compress(reader);
    archive_read_support_filter_zstd(reader);
    archive_read_support_filter_xz(reader);
    archive_read_support_filter_bzip2(reader);
    archive_read_support_filter_lz4(reader);
    archive_read_support_format_raw(reader);
    archive_read_support_format_empty(reader);
  }

  Result<bool> append_to(std::vector<std::byte>& content) override {
    if (!open_) {
      TEITEN_TRY(const bool any, open());
      if (!any) return false;
    }
    const void* block = nullptr;
    std::size_t size = 0;
    la_int64_t position = 0;
    do {
      const int status = archive_read_data_block(reader_.get(), &block, &size, &position);
      if (status == ARCHIVE_EOF) return false;
      if (status < ARCHIVE_WARN) return reason();
    } while (size == 0);
    const auto* bytes = static_cast<const std::byte*>(block);
    content.insert(content.end(), bytes, bytes + size);
    return true;
  }

 private:
  struct Close {
    void operator()(archive* reader) const { archive_read_free(reader); }
  };

  /// False if the stream is empty.
  Result<bool> open() {
    open_ = true;
    if (archive_read_open(reader_.get(), this, nullptr, &feed, nullptr) != ARCHIVE_OK)
      return reason();
    archive_entry* entry = nullptr;
    const int status = archive_read_next_header(reader_.get(), &entry);
    if (status == ARCHIVE_EOF) return false;
    if (status < ARCHIVE_WARN) return reason();
    return true;
  }

  /// libarchive's callback for more compressed bytes.
  static la_ssize_t feed(archive* reader, void* self, const void** bytes) {
    auto& decompressor = *static_cast<ArchiveDecompressor*>(self);
    auto piece = decompressor.source_.next();
    if (!piece) {
      decompressor.source_error_ = piece.error();
      archive_set_error(reader, EIO, "%s", piece.error().message.c_str());
      return ARCHIVE_FATAL;
    }
    *bytes = piece->data();
    return static_cast<la_ssize_t>(piece->size());
  }

  Error reason() const {
    if (source_error_) return *source_error_;
    const char* text = archive_error_string(reader_.get());
    return failure(ErrorCode::malformed, text != nullptr ? text : "not decompressible");
  }

  CompressedBytes source_;
  std::unique_ptr<archive, Close> reader_;
  bool open_ = false;
  std::optional<Error> source_error_;
};

}  // namespace

std::unique_ptr<Decompressor> make_archive_decompressor(CompressedBytes source) {
  return std::make_unique<ArchiveDecompressor>(source);
}

}  // namespace teiten
