#pragma once

#include <cstdint>
#include <string>

#include "base/result.h"
#include "sense/bundle.h"
#include "sense/confine.h"
#include "wire/spool.h"
#include "wire/uploader.h"

/// The files of a sensor beside its spooled batches: all of them in the spool folder, which belongs
/// to the sensor's unprivileged user.
namespace teiten {

/// Batches that the collector refused and that are kept to be looked at; the oldest go first.
inline constexpr std::size_t kMaxRefusedBatches = 64;

/// Makes the folder where it is missing; as root gives it, if it is new or empty, to `user`.
Result<void> prepare_spool_folder(const std::string& folder, const User& user);

/// The greatest epoch that was ever used; 0 for none. Errors: malformed, io_error.
Result<std::uint64_t> read_last_epoch(const std::string& folder);
/// On disk before it returns.
Result<void> write_last_epoch(const std::string& folder, std::uint64_t epoch);

/// Writes what the upload library reads from files, for the owner only.
Result<void> write_credentials(const std::string& folder, const Bundle& bundle,
                               UploadOptions& options);

/// Keeps a refused batch in `refused/`.
Result<void> keep_refused(const std::string& folder, const SpooledBatch& batch);

}  // namespace teiten
