// A wall clock that is wrong, for one process and its children, without setting the machine's (LD_PRELOAD, tests only). TEITEN_CLOCK_SHIFT names a
// file of three numbers of 64 bits: nanoseconds to add before an instant, that instant (nanoseconds since 1970 by the true clock), nanoseconds
// to add from then on. Who writes it names an instant that lies ahead, so that nobody reads half of a change. Mapped when the process starts: later
// it may have confined itself so that it opens no file. Monotonic clocks stay true, as they do where somebody sets the wall clock.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <pcap/pcap.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

enum { kBefore, kAt, kAfter, kNumbers };
static const volatile int64_t* shift;
static const int64_t kSecond = 1000000000;

__attribute__((constructor)) static void map_shift(void) {
  const char* path = getenv("TEITEN_CLOCK_SHIFT");
  if (path == NULL) return;
  const int file = open(path, O_RDONLY | O_CLOEXEC);
  if (file < 0) abort();
  void* map = mmap(NULL, kNumbers * sizeof(int64_t), PROT_READ, MAP_SHARED, file, 0);
  if (map == MAP_FAILED) abort();
  close(file);
  shift = map;
}

static void* next(const char* name) {
  void* found = dlsym(RTLD_NEXT, name);
  if (found == NULL) abort();
  return found;
}

/// What a true time, in nanoseconds since 1970, is by the wrong clock.
static int64_t shifted(int64_t time) {
  if (shift == NULL) return time;
  return time + (time < shift[kAt] ? shift[kBefore] : shift[kAfter]);
}

static int64_t wrong_now(clockid_t clock) {
  static int (*clock_gettime_next)(clockid_t, struct timespec*);
  if (clock_gettime_next == NULL) clock_gettime_next = next("clock_gettime");
  struct timespec now;
  if (clock_gettime_next(clock, &now) != 0) abort();
  return shifted(now.tv_sec * kSecond + now.tv_nsec);
}

int clock_gettime(clockid_t clock, struct timespec* now) {
  if (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE) {
    const int64_t time = wrong_now(clock);
    *now = (struct timespec){time / kSecond, time % kSecond};
    return 0;
  }
  static int (*clock_gettime_next)(clockid_t, struct timespec*);
  if (clock_gettime_next == NULL) clock_gettime_next = next("clock_gettime");
  return clock_gettime_next(clock, now);
}

int gettimeofday(struct timeval* restrict now, void* restrict zone) {
  (void)zone;
  const int64_t time = wrong_now(CLOCK_REALTIME);
  *now = (struct timeval){time / kSecond, time % kSecond / 1000};
  return 0;
}

time_t time(time_t* now) {
  const time_t seconds = wrong_now(CLOCK_REALTIME) / kSecond;
  if (now != NULL) *now = seconds;
  return seconds;
}

/// The kernel stamps frames by the machine's clock: here that is the wrong one.
struct Receiver {
  pcap_handler give;
  u_char* user;
  int64_t unit;
};

static void give_shifted(u_char* user, const struct pcap_pkthdr* header, const u_char* bytes) {
  const struct Receiver* receiver = (const struct Receiver*)user;
  const int64_t time = shifted(header->ts.tv_sec * kSecond + header->ts.tv_usec * receiver->unit);
  struct pcap_pkthdr changed = *header;
  changed.ts.tv_sec = time / kSecond;
  changed.ts.tv_usec = time % kSecond / receiver->unit;
  receiver->give(receiver->user, &changed, bytes);
}

int pcap_dispatch(pcap_t* handle, int most, pcap_handler give, u_char* user) {
  static int (*dispatch)(pcap_t*, int, pcap_handler, u_char*);
  static int (*precision)(pcap_t*);
  if (dispatch == NULL) dispatch = next("pcap_dispatch");
  if (precision == NULL) precision = next("pcap_get_tstamp_precision");
  struct Receiver receiver = {give, user, precision(handle) == PCAP_TSTAMP_PRECISION_NANO ? 1 : 1000};
  return dispatch(handle, most, give_shifted, (u_char*)&receiver);
}
