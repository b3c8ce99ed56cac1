// live_sender INTERFACE TARGET_MAC RATE SECONDS: sends RATE frames a second for SECONDS, each a TCP
// SYN to 192.0.2.2 from a source and to a port of its own as far as there are such, and prints how
// many the kernel took. For bench/live_loss, in a network namespace of its own.
#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <thread>

#include <arpa/inet.h>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <sys/socket.h>
#include <unistd.h>

namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t kFrameBytes = 60;
constexpr std::size_t kBurst = 64;
/// Nobody needs more, by mistake.
constexpr double kMaxRate = 10'000'000;
constexpr double kMaxSeconds = 60;
constexpr auto kPause = std::chrono::microseconds(100);

using Frame = std::array<unsigned char, kFrameBytes>;

void put16(unsigned char* at, std::uint32_t value) {
  at[0] = static_cast<unsigned char>(value >> 8);
  at[1] = static_cast<unsigned char>(value);
}

Frame first_frame(const unsigned char* target) {
  Frame frame{};
  std::memcpy(frame.data(), target, 6);
  constexpr unsigned char kOwn[6] = {2, 0, 0, 0, 0, 1};
  std::memcpy(frame.data() + 6, kOwn, 6);
  put16(frame.data() + 12, 0x0800);
  unsigned char* ip = frame.data() + 14;
  ip[0] = 0x45;
  put16(ip + 2, 40);
  ip[8] = 55;
  ip[9] = 6;
  constexpr unsigned char kTo[4] = {192, 0, 2, 2};
  std::memcpy(ip + 16, kTo, 4);
  unsigned char* tcp = ip + 20;
  tcp[12] = 0x50;
  tcp[13] = 0x02;
  return frame;
}

/// Frame number `count`: xorshift gives each a source in 198.18.0.0/15 and ports.
void vary(Frame& frame, std::uint64_t count) {
  std::uint64_t x = (count + 1) * 0x9e3779b97f4a7c15ULL;
  x ^= x >> 32;
  unsigned char* ip = frame.data() + 14;
  ip[12] = 198;
  ip[13] = static_cast<unsigned char>(18 + (x & 1));
  put16(ip + 14, static_cast<std::uint32_t>(x >> 1) & 0xffff);
  put16(ip + 20, 1024 + (static_cast<std::uint32_t>(x >> 17) & 0x7fff));
  put16(ip + 22, static_cast<std::uint32_t>(count % 1000) + 1);
  put16(ip + 24, static_cast<std::uint32_t>(x >> 40) & 0xffff);
  put16(ip + 10, 0);
  std::uint32_t sum = 0;
  for (std::size_t i = 0; i < 20; i += 2)
    sum += static_cast<std::uint32_t>(ip[i] << 8 | ip[i + 1]);
  sum = (sum & 0xffff) + (sum >> 16);
  put16(ip + 10, ~(sum + (sum >> 16)) & 0xffff);
}

int usage() {
  std::fprintf(stderr, "usage: live_sender INTERFACE TARGET_MAC RATE SECONDS\n");
  return 2;
}

int fail(const char* what) {
  std::fprintf(stderr, "live_sender: %s: %s\n", what, std::strerror(errno));
  return 1;
}

}  // namespace

int main(int argc, char** argv) {
  unsigned int mac[6] = {};
  if (argc != 5 || std::sscanf(argv[2], "%x:%x:%x:%x:%x:%x", &mac[0], &mac[1], &mac[2], &mac[3],
                               &mac[4], &mac[5]) != 6)
    return usage();
  const double rate = std::atof(argv[3]);
  const double seconds = std::atof(argv[4]);
  if (!(rate > 0 && rate <= kMaxRate && seconds > 0 && seconds <= kMaxSeconds)) return usage();
  unsigned char target[6];
  for (std::size_t i = 0; i < 6; ++i)
    target[i] = static_cast<unsigned char>(mac[i]);

  const int out = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0);
  if (out < 0) return fail("socket");
  // Straight to the device, as a flood would come: no queue that holds it back.
  const int bypass = 1;
  if (setsockopt(out, SOL_PACKET, PACKET_QDISC_BYPASS, &bypass, sizeof bypass) != 0)
    return fail("PACKET_QDISC_BYPASS");
  sockaddr_ll to{};
  to.sll_family = AF_PACKET;
  to.sll_ifindex = static_cast<int>(if_nametoindex(argv[1]));
  if (to.sll_ifindex == 0 || bind(out, reinterpret_cast<sockaddr*>(&to), sizeof to) != 0)
    return fail(argv[1]);

  std::array<Frame, kBurst> frames{};
  std::array<iovec, kBurst> parts{};
  std::array<mmsghdr, kBurst> messages{};
  for (std::size_t i = 0; i < kBurst; ++i) {
    frames[i] = first_frame(target);
    parts[i] = {frames[i].data(), kFrameBytes};
    messages[i].msg_hdr.msg_iov = &parts[i];
    messages[i].msg_hdr.msg_iovlen = 1;
  }
  std::uint64_t sent = 0;
  const auto begun = Clock::now();
  while (true) {
    const double elapsed = std::chrono::duration<double>(Clock::now() - begun).count();
    const auto due = static_cast<std::uint64_t>(std::min(elapsed, seconds) * rate);
    if (due <= sent) {
      if (elapsed >= seconds) break;
      std::this_thread::sleep_for(kPause);
      continue;
    }
    // What cannot be sent in time is not sent later.
    if (elapsed >= seconds + 0.01) break;
    const std::size_t burst = std::min<std::uint64_t>(kBurst, due - sent);
    for (std::size_t i = 0; i < burst; ++i)
      vary(frames[i], sent + i);
    const int taken = sendmmsg(out, messages.data(), static_cast<unsigned>(burst), 0);
    if (taken < 0 && errno != ENOBUFS && errno != EINTR) return fail("sendmmsg");
    if (taken > 0) sent += static_cast<std::uint64_t>(taken);
  }
  std::printf("%llu %.3f\n", static_cast<unsigned long long>(sent),
              std::chrono::duration<double>(Clock::now() - begun).count());
  close(out);
  return 0;
}
