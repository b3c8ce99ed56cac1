#!/usr/bin/env python3
"""A week without the collector: what a sensor's spool holds then arrives whole, in order and once; where the spool was too small, all but the oldest.

outage_test.py TEITEN [BATCH_SECONDS [DAYS [PACKETS]]]. A capture of a week (or DAYS) that ended a moment ago is replayed while the collector is down, by two
sensors: one whose spool is large enough and one whose spool is not. Then the collector comes back. Which batch begins where is worked out here,
from the packets' times alone. BATCH_SECONDS 5 is the sensor's own default, and takes long: the test has batches of a quarter of an hour.
"""
import array
import collections
import datetime
import json
import os
import pathlib
import random
import re
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from fleet_net import wait_until  # noqa: E402
from teiten_cli import Teiten, check, equal  # noqa: E402

ADDRESS = "2001:db8::7"
HOUR, DAY = 3600, 86400
SECOND = 1_000_000
PORTS = [22, 23, 445, 1433, 3389, 5900, 8080]
BEFORE_SECONDS = 300  # of a batch before the outage
# The least that --spool-bytes allows.
SMALL = 8 << 20
STATE = 64 << 10  # spool.state comes on top of the bound
# du rounds each file up to blocks.
BLOCKS = 64 << 10
# Seconds of observation that arrive a second: an outage must be caught up with in a small part of the time that it took.
LEAST_CATCH_UP = 20


def times_between(rng, begin, end, count):
    """Instants in µs, in order and no two the same, among them the first and the last."""
    return sorted({begin, end - 1, *(rng.randrange(begin, end) for _ in range(count - 2))})


def write_capture(path, rng, times, ports):
    """One TCP SYN over IPv6 a time, each from a source of its own. Written by columns: a loop over so many packets takes long."""
    frame = bytes.fromhex("020000000001020000000002" "86dd" "60000000" "0014" "06" "37") + bytes.fromhex("20010db8") + bytes(12) + bytes.fromhex(
        "20010db8" + "00" * 11 + "07") + bytes(12) + bytes.fromhex("5002040000000000")
    record = bytes(8) + 2 * len(frame).to_bytes(4, "little") + frame
    step, count = len(record), len(times)
    content = bytearray(record * count)

    def column(offset, width, values):
        for i in range(width):
            content[offset + i::step] = values[i::width]
    column(0, 4, array.array("I", [at // SECOND for at in times]).tobytes())
    column(4, 4, array.array("I", [at % SECOND for at in times]).tobytes())
    column(16 + 14 + 12, 12, rng.randbytes(12 * count))  # source
    column(16 + 54, 2, bytes(byte | (0x80 if i % 2 == 0 else 0) for i, byte in enumerate(rng.randbytes(2 * count))))  # a high source port
    column(16 + 56, 2, b"".join(port.to_bytes(2, "big") for port in ports))
    column(16 + 58, 4, rng.randbytes(4 * count))
    path.write_bytes(bytes.fromhex("d4c3b2a1" "02000400" "00000000" "00000000" "ffff0000" "01000000") + content)


def batches_of(times, length):
    """Where each batch begins, and where the last ends: one ends with the first packet that comes after its length."""
    begins = [times[0]]
    for at in times:
        if at - begins[-1] >= length:
            begins.append(at)
    return [*begins, times[-1] + 1]


def counts_of(times, ports, since):
    """Packets by (hour, service)."""
    counts = collections.Counter()
    for at, port in zip(times, ports):
        if at >= since:
            counts[at // (HOUR * SECOND), f"{port}/tcp"] += 1
    return counts


def microseconds(text):
    return round(datetime.datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp() * SECOND)


class Collector:
    """Comes back at the port that it had."""

    def __init__(self, teiten, folder):
        self.teiten, self.folder, self.store = teiten, folder, folder / "fleet.db"
        self.port = 0
        self.process = None

    def start(self):
        self.process = subprocess.Popen([self.teiten.program, "serve", "--listen", f"127.0.0.1:{self.port}", "--store", self.store],
                                        stdout=subprocess.PIPE, stderr=(self.folder / "serve.log").open("ab"))
        line = self.process.stdout.readline().decode()
        found = re.search(r" at 127\.0\.0\.1:(\d+) ", line)
        check(found, f"the collector says {line!r}, {(self.folder / 'serve.log').read_text()}")
        self.port = int(found[1])

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        equal("the collector ends", self.process.wait(30), 0)

    def status(self):
        with socket.socket(socket.AF_UNIX) as control:
            control.connect(f"{self.store}.sock")
            control.sendall(b"status\n")
            return json.loads(control.makefile().readline())


class Sensor:
    def __init__(self, teiten, folder, name, *options):
        self.teiten, self.folder, self.name, self.options = teiten, folder, name, options
        self.spool = folder / f"{name}.spool"
        self.process = None

    def start(self, capture, batch_seconds):
        self.process = subprocess.Popen([self.teiten.program, "sense", "--replay", capture, "--address", ADDRESS, "--bundle",
                                         self.folder / f"{self.name}.toml", "--spool", self.spool, "--batch-seconds", str(batch_seconds),
                                         *self.options], stderr=(self.folder / f"{self.name}.log").open("ab"))

    def status(self):
        done = self.teiten.run("sense", "--status", "--format", "json", "--spool", self.spool)
        return json.loads(done.stdout) if done.returncode == 0 else None

    def has_kept(self, until):
        status = self.status()
        return status if status and status["watched_to"] and microseconds(status["watched_to"]) >= until else None

    def segments(self):
        """(bytes of the segments, bytes of the whole folder on disk) now."""
        lengths = blocks = 0
        for path in self.spool.iterdir():
            try:
                info = path.stat()
            except FileNotFoundError:
                continue
            blocks += 512 * info.st_blocks
            lengths += info.st_size if path.suffix == ".segment" else 0
        return lengths, blocks


class Watch:
    """Looks at a spool on disk again and again, and keeps the most that it saw."""

    def __init__(self, sensor):
        self.sensor, self.looks, self.most = sensor, 0, (0, 0)
        self.over = threading.Event()
        self.thread = threading.Thread(target=self.run)
        self.thread.start()

    def run(self):
        while not self.over.wait(0.005):
            if self.sensor.spool.is_dir():
                self.most = tuple(map(max, self.most, self.sensor.segments()))
                self.looks += 1

    def stop(self):
        self.over.set()
        self.thread.join()


def catch_up(collector, sensors):
    """The collector's word of each sensor, again and again until all have ended: [(monotonic time, batches, end of the newest in µs)]."""
    seen = {sensor.name: [] for sensor in sensors}
    while any(sensor.process.poll() is None for sensor in sensors):
        for row in collector.status()["sensors"]:
            if row["last_batch_end"]:
                seen[row["sensor"]].append((time.monotonic(), row["batches"], microseconds(row["last_batch_end"])))
        time.sleep(0.04)
    return seen


def check_order(name, seen, ends):
    """At every instant the batches that have arrived are the first ones: no later one came before an earlier one. The collector remembers, over its
    outage, how many came and which was the newest."""
    places = {end: number + 1 for number, end in enumerate(ends)}
    wrong = [(batches, end) for _, batches, end in seen if places.get(end) != batches]
    check(not wrong, f"{name}: batches that had arrived, and the end of the newest: {wrong[:3]}")
    different = len({batches for _, batches, _ in seen})
    check(different >= min(len(ends), 20), f"{name}: only {different} instants were seen")
    print(f"ok: {name}: seen after {different} different numbers of {len(ends)} batches, always the first so many", flush=True)


def coverage_of(teiten, store, name):
    """What `teiten doctor` says that the sensor watched, from when to when, and the gaps in between."""
    text = teiten.ok("doctor", "--store", store)
    check("BAD" not in text, text)
    life = re.search(rf"^{name} +(\S+) +(\S+) ", text, re.MULTILINE).groups()
    gaps = re.findall(rf"^ +gap {name}: (\S+) to (\S+) \((\w+)\)", text, re.MULTILINE)
    return tuple(map(microseconds, life)), [(microseconds(begin), microseconds(end), why) for begin, end, why in gaps]


def stored(teiten, store, name):
    counts = collections.Counter()
    for row in teiten.count(store, "--bucket", "hour", "--by", "service", "--where", f"sensor={name}"):
        counts[microseconds(row["hour"]) // (HOUR * SECOND), row["service"]] += row["packets"]
    return counts


def run(teiten, folder, batch_seconds, days, packets):
    rng = random.Random(11)
    end = time.time_ns() // 1000
    begin = end - days * DAY * SECOND
    # An hour before it, while the collector is there: a sensor's life has begun before anything of it is lost.
    before = times_between(rng, begin - HOUR * SECOND, begin, 400)
    outage = times_between(rng, begin, end, packets)
    ports_before, ports = rng.choices(PORTS, k=len(before)), rng.choices(PORTS, k=len(outage))
    write_capture(folder / "before.pcap", rng, before, ports_before)
    write_capture(folder / "outage.pcap", rng, outage, ports)

    collector = Collector(teiten, folder)
    collector.start()
    sensors = [Sensor(teiten, folder, "large"), Sensor(teiten, folder, "small", "--spool-bytes", str(SMALL))]
    for sensor in sensors:
        teiten.ok("sensor", "add", sensor.name, "--store", collector.store, "--url", f"https://127.0.0.1:{collector.port}", "--out",
                  folder / f"{sensor.name}.toml")
        sensor.start(folder / "before.pcap", BEFORE_SECONDS)
    earlier = batches_of(before, BEFORE_SECONDS * SECOND)[1:]
    for sensor in sensors:
        equal(f"{sensor.name}: the hour before", sensor.process.wait(30), 0)
    collector.stop()

    cuts = batches_of(outage, batch_seconds * SECOND)
    watches = [Watch(sensor) for sensor in sensors]
    begun = time.monotonic()
    for sensor in sensors:
        sensor.start(folder / "outage.pcap", batch_seconds)
    kept = {}
    for sensor in sensors:
        kept[sensor.name] = wait_until(f"{sensor.name} has kept all", lambda sensor=sensor: sensor.has_kept(cuts[-1]), 3600)
        equal(f"{sensor.name}: batches made", kept[sensor.name]["batches"], len(cuts) - 1)
        equal(f"{sensor.name}: acknowledged while nobody was there", kept[sensor.name]["batches_acknowledged"], 0)
    filled = time.monotonic() - begun
    equal("large: batches in its spool", kept["large"]["spool"]["batches"], len(cuts) - 1)
    lost = kept["small"]["spool"]["discarded_batches"]
    check(10 < lost < len(cuts) - 10, f"small: {lost} batches of {len(cuts) - 1} did not fit: the packets are too few or too many")
    equal("small: batches in its spool", kept["small"]["spool"]["batches"], len(cuts) - 1 - lost)

    collector.start()
    seen = catch_up(collector, sensors)
    for sensor, watch in zip(sensors, watches):
        watch.stop()
        equal(f"{sensor.name} ends", sensor.process.returncode, 0)
    check(watches[1].looks > 50, f"the spool was looked at {watches[1].looks} times only")
    check(SMALL // 2 < watches[1].most[0] <= SMALL, f"small: segments of {watches[1].most[0]} bytes, bound {SMALL}")
    check(watches[1].most[1] <= SMALL + STATE + BLOCKS, f"small: {watches[1].most[1]} bytes on disk, bound {SMALL}")
    print(f"ok: small: at most {watches[1].most[0]:,} bytes of {SMALL:,} in {watches[1].looks} looks, {watches[1].most[1]:,} on disk", flush=True)
    uploads = collector.status()["collector"]["uploads"]
    collector.stop()
    equal("what became of the uploads", uploads, {"stored": 2 * (len(cuts) - 1) - lost})
    print(f"{len(outage):,} packets of {days} days in {len(cuts) - 1:,} batches of {batch_seconds} s; two sensors at once; kept in {filled:.1f} s; "
          f"load {os.getloadavg()[0]:.1f}, {os.cpu_count()} cores")
    print(f"{'spool':8}{'batches':>9}{'sent':>9}{'seconds':>9}{'batches/s':>11}{'observed/real s':>17}")
    for sensor, gone in ((sensors[0], 0), (sensors[1], lost)):
        ends = [*earlier, *cuts[gone + 1:]]
        check_order(sensor.name, seen[sensor.name], ends)
        counts = counts_of(before, ports_before, 0) + counts_of(outage, ports, cuts[gone])
        equal(f"{sensor.name}: packets by hour and service", stored(teiten, collector.store, sensor.name) == counts, True)
        equal(f"{sensor.name}: coverage", coverage_of(teiten, collector.store, sensor.name),
              ((before[0], end), [(begin, cuts[gone], "reported")] if gone else []))
        # From the first batch that is seen to have arrived to the last.
        since = next(i for i, (_, batches, _) in enumerate(seen[sensor.name]) if batches > len(earlier))
        until = next(i for i, (_, batches, _) in enumerate(seen[sensor.name]) if batches == seen[sensor.name][-1][1])
        (first, begun_with, _), (last, ended_with, _) = seen[sensor.name][since], seen[sensor.name][until]
        rate = (ended_with - begun_with) / (last - first)
        observed = (ends[ended_with - 1] - ends[begun_with - 1]) / SECOND / (last - first)
        print(f"{sensor.name:8}{len(cuts) - 1:9}{len(cuts) - 1 - gone:9}{last - first:9.1f}{rate:11.1f}{observed:17.0f}", flush=True)
        check(observed > LEAST_CATCH_UP, f"{sensor.name}: catches up only {observed:.1f} times as fast as time passes")


def main():
    teiten = Teiten(sys.argv[1])
    batch_seconds = int(sys.argv[2]) if len(sys.argv) > 2 else 900
    days = int(sys.argv[3]) if len(sys.argv) > 3 else 7
    packets = int(sys.argv[4]) if len(sys.argv) > 4 else 320_000
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        folder.chmod(0o755)
        try:
            run(teiten, folder, batch_seconds, days, packets)
        except BaseException:
            for log in sorted(folder.glob("*.log")):
                print(f"--- {log.name}\n{log.read_text(errors='replace')[-2000:]}")
            raise
    return 0


if __name__ == "__main__":
    sys.exit(main())
