#include "sense/losses.h"

namespace teiten {

std::optional<LossMessage> Losses::next() {
  if (told_) return std::nullopt;
  told_gaps_ = spool_.gaps();
  LossMessage message;
  message.batches = batches_;
  message.packets = packets_;
  for (const SpoolGap& gap : told_gaps_)
    message.discarded += gap.batches;
  if (message.batches + message.discarded == 0) return std::nullopt;
  message.number = ++number_;
  batches_ = packets_ = 0;
  told_ = message;
  return message;
}

void Losses::untell() {
  if (!told_) return;
  batches_ += told_->batches;
  packets_ += told_->packets;
  told_.reset();
}

void Losses::spooled(std::uint64_t told) {
  if (!told_ || told < told_->number) return;
  told_.reset();
  spool_.forget_gaps(told_gaps_);
}

void Losses::unkept(std::uint64_t told, std::uint64_t packets) {
  ++batches_;
  packets_ += packets;
  if (!told_ || told < told_->number) return;
  // Its packets are among those of this batch (Batch::dropped); its counts are told once more.
  batches_ += told_->batches;
  told_.reset();
}

}  // namespace teiten
