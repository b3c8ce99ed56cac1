#pragma once

#include <string>
#include <utility>
#include <vector>

#include <archive.h>
#include <archive_entry.h>

namespace teiten::capture_test {

/// Files (name, content) as libarchive writes them: archive_write_add_filter_… and
/// archive_write_set_format_… . A name that ends in '/' is a folder. For tests only.
inline std::string archived(const std::vector<std::pair<std::string, std::string>>& files,
                            int (*filter)(archive*), int (*format)(archive*)) {
  std::size_t room = std::size_t{1} << 20;
  for (const auto& [name, content] : files)
    room += content.size();
  std::string out(room, '\0');
  std::size_t used = 0;
  archive* writer = archive_write_new();
  format(writer);
  filter(writer);
  archive_write_open_memory(writer, out.data(), out.size(), &used);
  for (const auto& [name, content] : files) {
    archive_entry* entry = archive_entry_new();
    archive_entry_set_pathname(entry, name.c_str());
    archive_entry_set_size(entry, static_cast<la_int64_t>(content.size()));
    archive_entry_set_filetype(entry, name.ends_with('/') ? AE_IFDIR : AE_IFREG);
    archive_entry_set_perm(entry, 0644);
    archive_write_header(writer, entry);
    archive_write_data(writer, content.data(), content.size());
    archive_entry_free(entry);
  }
  archive_write_close(writer);
  archive_write_free(writer);
  out.resize(used);
  return out;
}

}  // namespace teiten::capture_test
