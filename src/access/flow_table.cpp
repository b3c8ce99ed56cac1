#include "access/flow_table.h"

namespace teiten {
namespace {
constexpr std::size_t kFirstSlots = 1024;
}

Duration duration_of(Timeout timeout) {
  using namespace std::chrono_literals;
  switch (timeout) {
    case Timeout::attempt_with_isn:
      return 130s;
    case Timeout::attempt:
      return 25s;
    case Timeout::solicited_tcp:
      return 2h + 4min;
    case Timeout::solicited:
      return 5min;
    case Timeout::solicited_icmp:
      return 60s;
  }
  return 25s;
}

FlowTable::FlowTable() : slots_(kFirstSlots) {
  heads_.fill(kNoFlow);
  tails_.fill(kNoFlow);
}

std::size_t FlowTable::slot_of(const FlowKey& key, std::uint64_t hash) {
  const std::size_t mask = slots_.size() - 1;
  const auto tag = static_cast<std::uint32_t>(hash);
  for (std::size_t slot = hash & mask;; slot = (slot + 1) & mask) {
    const Slot& entry = slots_[slot];
    if (entry.index == kNoFlow) return slot;
    if (entry.hash == tag && (*this)[entry.index].key == key) return slot;
  }
}

std::uint32_t FlowTable::find(const FlowKey& key, std::uint64_t hash) {
  return slots_[slot_of(key, hash)].index;
}

std::uint32_t FlowTable::insert(const FlowKey& key, std::uint64_t hash, Timeout timeout,
                                UtcTime now) {
  if ((used_slots_ + 1) * 4 > slots_.size() * 3) grow();
  std::uint32_t index = 0;
  if (free_.empty()) {
    const auto first = static_cast<std::uint32_t>(chunks_.size() << kChunkBits);
    chunks_.push_back(std::make_unique<Flow[]>(std::size_t{1} << kChunkBits));
    for (std::uint32_t i = kChunkMask + 1; i-- > 0;)
      free_.push_back(first + i);
  }
  index = free_.back();
  free_.pop_back();
  Flow& flow = (*this)[index];
  flow = Flow{};
  flow.key = key;
  flow.timeout = timeout;
  flow.last = now;
  Slot& slot = slots_[slot_of(key, hash)];
  flow.older = slot.index;
  if (slot.index == kNoFlow) ++used_slots_;
  slot = {index, static_cast<std::uint32_t>(hash)};
  link(index);
  ++size_;
  return index;
}

void FlowTable::touch(std::uint32_t index, UtcTime now) {
  Flow& flow = (*this)[index];
  if (now > flow.last) flow.last = now;
  if (tails_[static_cast<std::size_t>(flow.timeout)] == index) return;
  unlink(index);
  link(index);
}

void FlowTable::erase(std::uint32_t index) {
  const FlowKey& key = (*this)[index].key;
  const std::size_t slot = slot_of(key, key.hash());
  const std::uint32_t older = (*this)[index].older;
  if (slots_[slot].index == index) {
    if (older == kNoFlow) {
      remove_slot(slot);
    } else {
      slots_[slot].index = older;
    }
  } else {
    std::uint32_t at = slots_[slot].index;
    while ((*this)[at].older != index)
      at = (*this)[at].older;
    (*this)[at].older = older;
  }
  unlink(index);
  free_.push_back(index);
  --size_;
}

void FlowTable::remove_slot(std::size_t slot) {
  // Backward shift: no tombstones, so look-ups stay short however many flows have passed.
  const std::size_t mask = slots_.size() - 1;
  std::size_t hole = slot;
  for (std::size_t next = (slot + 1) & mask; slots_[next].index != kNoFlow;
       next = (next + 1) & mask) {
    const std::size_t home = slots_[next].hash & mask;
    if (((next - home) & mask) >= ((next - hole) & mask)) {
      slots_[hole] = slots_[next];
      hole = next;
    }
  }
  slots_[hole] = Slot{};
  --used_slots_;
}

void FlowTable::grow() {
  std::vector<Slot> old(slots_.size() * 2);
  old.swap(slots_);
  const std::size_t mask = slots_.size() - 1;
  for (const Slot& entry : old) {
    if (entry.index == kNoFlow) continue;
    std::size_t slot = entry.hash & mask;
    while (slots_[slot].index != kNoFlow)
      slot = (slot + 1) & mask;
    slots_[slot] = entry;
  }
}

void FlowTable::link(std::uint32_t index) {
  Flow& flow = (*this)[index];
  const auto list = static_cast<std::size_t>(flow.timeout);
  flow.next = kNoFlow;
  flow.previous = tails_[list];
  if (tails_[list] == kNoFlow) {
    heads_[list] = index;
  } else {
    (*this)[tails_[list]].next = index;
  }
  tails_[list] = index;
}

void FlowTable::unlink(std::uint32_t index) {
  const Flow& flow = (*this)[index];
  const auto list = static_cast<std::size_t>(flow.timeout);
  if (flow.previous == kNoFlow) {
    heads_[list] = flow.next;
  } else {
    (*this)[flow.previous].next = flow.next;
  }
  if (flow.next == kNoFlow) {
    tails_[list] = flow.previous;
  } else {
    (*this)[flow.next].previous = flow.previous;
  }
}

}  // namespace teiten
