#include "store/answer.h"

#include <algorithm>
#include <tuple>

#include <fmt/format.h>

namespace teiten {
namespace {

/// Equal cells come from slices of one question; they are merged when this many have come in.
constexpr std::size_t kMergeStep = 100'000;

Error too_large() {
  return failure(ErrorCode::limit_reached,
                 fmt::format("the answer has more than {} rows: ask for a shorter time, fewer "
                             "dimensions or a limit",
                             kMaxAnswerRows));
}

bool same_cell(const AnswerCell& a, const AnswerCell& b) {
  return a.bucket == b.bucket && a.keys == b.keys;
}

}  // namespace

Result<void> Answer::add(const AnswerCell& cell) {
  cells_.push_back(cell);
  if (cells_.size() >= std::max(2 * merged_, merged_ + kMergeStep) ||
      cells_.size() > kMaxAnswerRows) {
    merge_equal();
    if (cells_.size() > kMaxAnswerRows) return too_large();
  }
  return {};
}

void Answer::merge_equal() {
  std::sort(cells_.begin(), cells_.end(), [](const AnswerCell& a, const AnswerCell& b) {
    return std::tie(a.bucket, a.keys) < std::tie(b.bucket, b.keys);
  });
  std::size_t kept = 0;
  for (std::size_t i = 0; i < cells_.size(); ++i) {
    if (kept > 0 && same_cell(cells_[kept - 1], cells_[i])) {
      for (std::size_t m = 0; m < cells_[i].counts.values.size(); ++m)
        cells_[kept - 1].counts.values[m] += cells_[i].counts.values[m];
    } else {
      cells_[kept++] = cells_[i];
    }
  }
  cells_.resize(kept);
  merged_ = kept;
}

std::vector<std::vector<std::string>> Answer::rank_keys() {
  std::vector<std::vector<std::string>> texts(query_.by.size());
  for (std::size_t d = 0; d < query_.by.size(); ++d) {
    std::vector<std::uint32_t> codes;
    codes.reserve(cells_.size());
    for (const AnswerCell& cell : cells_)
      codes.push_back(cell.keys[d]);
    std::sort(codes.begin(), codes.end());
    codes.erase(std::unique(codes.begin(), codes.end()), codes.end());

    std::vector<std::pair<std::string, std::uint32_t>> named;
    named.reserve(codes.size());
    for (const std::uint32_t code : codes)
      named.emplace_back(text_of(query_.by[d], code, sensors_, scanners_), code);
    std::sort(named.begin(), named.end());

    std::vector<std::uint32_t> rank_of(codes.size());
    texts[d].reserve(named.size());
    for (std::uint32_t rank = 0; rank < named.size(); ++rank) {
      const auto at = std::lower_bound(codes.begin(), codes.end(), named[rank].second);
      rank_of[static_cast<std::size_t>(at - codes.begin())] = rank;
      texts[d].push_back(std::move(named[rank].first));
    }
    for (AnswerCell& cell : cells_) {
      const auto at = std::lower_bound(codes.begin(), codes.end(), cell.keys[d]);
      cell.keys[d] = rank_of[static_cast<std::size_t>(at - codes.begin())];
    }
  }
  return texts;
}

void Answer::append_row(const AnswerCell& cell,
                        const std::vector<std::vector<std::string>>& texts) {
  ResultRow row;
  if (query_.bucket != Bucket::none)
    row.bucket = calendar_.bucket_start(query_.bucket, cell.bucket);
  row.keys.reserve(texts.size());
  for (std::size_t d = 0; d < texts.size(); ++d)
    row.keys.push_back(texts[d][cell.keys[d]]);
  row.measures.reserve(query_.measures.size());
  for (const Measure measure : query_.measures)
    row.measures.push_back(cell.counts[measure]);
  result_.rows.push_back(std::move(row));
}

Result<void> Answer::close() {
  merge_equal();
  const auto texts = rank_keys();
  std::sort(cells_.begin(), cells_.end(), [&](const AnswerCell& a, const AnswerCell& b) {
    if (a.bucket != b.bucket) return a.bucket < b.bucket;
    if (query_.order && a.counts[*query_.order] != b.counts[*query_.order])
      return a.counts[*query_.order] > b.counts[*query_.order];
    return a.keys < b.keys;
  });
  std::uint64_t in_bucket = 0;
  for (std::size_t i = 0; i < cells_.size(); ++i) {
    if (i > 0 && cells_[i].bucket != cells_[i - 1].bucket) in_bucket = 0;
    if (query_.limit != 0 && in_bucket == query_.limit) continue;
    ++in_bucket;
    if (result_.rows.size() == kMaxAnswerRows) return too_large();
    append_row(cells_[i], texts);
  }
  cells_.clear();
  merged_ = 0;
  return {};
}

Result<QueryResult> Answer::finish() && {
  if (query_.bucket == Bucket::none && query_.by.empty() && cells_.empty() &&
      result_.rows.empty()) {
    cells_.emplace_back();
  }
  TEITEN_CHECK(close());
  return std::move(result_);
}

}  // namespace teiten
