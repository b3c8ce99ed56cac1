#pragma once

#include <memory>
#include <string>
#include <vector>

#include "store/store.h"

namespace teiten {

/// A store as if known research scanners (docs/kinds.md) had never come: every question and every
/// pass over the sources leaves their accesses out. Batches, and with them the time that sensors
/// watched, are those of the whole store. To read only; the store must outlive it.
class WithoutScanners final : public Store {
 public:
  explicit WithoutScanners(Store& store) : store_(store) {}

  Store& whole() override { return store_.whole(); }
  Result<QueryResult> query(const Query& query) override;
  Result<void> prepare(TimeRange range, const TimeZone& zone) override;
  Result<void> each_source(TimeRange range, const TimeZone& zone, const SourceSink& sink) override;
  std::vector<std::string> sensor_names() const override { return store_.sensor_names(); }
  Result<std::optional<Retention>> retention() override { return store_.retention(); }
  Result<std::vector<StoredBatch>> batches() override { return store_.batches(); }
  Result<std::vector<Import>> imports() override { return store_.imports(); }
  Result<int> schema_version() override { return store_.schema_version(); }
  std::string engine() const override { return store_.engine(); }
  const std::string& location() const override { return store_.location(); }
  Result<std::optional<Import>> find_input(const Digest& digest) override {
    return store_.find_input(digest);
  }
  Result<std::vector<RecordHashes>> record_hashes(std::uint64_t epoch, std::size_t input) override {
    return store_.record_hashes(epoch, input);
  }

  // --- refused: invalid_argument
  Result<std::uint64_t> append(std::span<const Batch> batches) override;
  Result<void> begin_import(const Import& import) override;
  Result<void> abandon_import(std::uint64_t epoch) override;
  Result<void> finish_import(const Import& import) override;
  Result<std::uint64_t> append_followed(std::span<const Batch> batches,
                                        const Import& import) override;
  Result<std::optional<AgedDay>> age_day(Day first_kept, const TimeZone& zone) override;
  Result<void> checkpoint() override;

 private:
  Store& store_;
};

}  // namespace teiten
