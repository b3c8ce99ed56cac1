#!/usr/bin/env python3
"""Sensors and collector under random faults: after healing the store holds what was sent, minus what lies in recorded gaps; nothing twice.

fleet_faults_test.py TEITEN SPOOL_DUMP CLOCK_SHIFT [ROUNDS [SEED]]. A round sends packets to every sensor, each round to a port of its own, and has
one fault in the middle. Which packets may be missing is decided by the gaps that `teiten doctor` reports and the instants at which the packets were
sent, by the sensor's clock. What the collector put aside because of its time is readmitted at the end, but for batches of a time that has not come:
these are read from its quarantine, and are neither stored nor lost. Needs root. The machine's clock is not set: CLOCK_SHIFT is a library that shows a
wrong one to a sensor or to the collector.
"""
import collections
import json
import math
import mmap
import os
import pathlib
import random
import re
import shutil
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import time
from datetime import datetime, timezone

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from fleet_net import Net, wait_until  # noqa: E402
from fleet_test import COLLECTOR, URL, checksum  # noqa: E402
from teiten_cli import SKIP, Teiten, check, equal  # noqa: E402

SENSORS = {f"sensor-{i}": f"192.0.2.{10 + i}" for i in range(1, 4)}
PACKETS = 40  # to each sensor in each round
FIRST_PORT = 20000
# A packet so near to a gap's edge may be on either side: the kernel stamps it after it was sent.
EDGE_SECONDS = 0.02
# What a step of a clock takes to be seen: frames are read so late.
STEP_SECONDS = 0.5
SENSOR_FORWARD, SENSOR_BACK = "set the sensor's clock forward", "set the sensor's clock back"
COLLECTOR_FORWARD, COLLECTOR_BACK = "set the collector's clock forward", "set the collector's clock back"
SENSOR_STEPS, COLLECTOR_STEPS = (1, 7200), (60, 30 * 86400)  # seconds
LOSSY = {"kill the sensor", "fill the spool's disk", "send again what was acknowledged"}
FAULTS = ["none", "kill the sensor", "kill the collector", "cut the link", "lose and delay packets", "fill the spool's disk", "fill the collector's disk",
          "send again what was acknowledged", SENSOR_FORWARD, SENSOR_BACK, COLLECTOR_FORWARD, COLLECTOR_BACK]


def frame(target, own, address, source, port):
    tcp = struct.pack(">HHIIBBHHH", 40000 + source, port, source, 0, 0x50, 2, 1024, 0, 0)
    header = struct.pack(">BBHHHBBH4s4s", 0x45, 0, 40, source, 0, 57, 6, 0, socket.inet_aton(f"198.51.100.{10 + source}"), socket.inet_aton(address))
    return target + own + b"\x08\x00" + header[:10] + struct.pack(">H", checksum(header)) + header[12:] + tcp


SENDER = """
import json, socket, struct, sys, time
out = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
out.bind(("eth0", 0))
for line in sys.stdin:
    times = []
    for text in json.loads(line):
        times.append(time.time())
        out.send(bytes.fromhex(text))
        time.sleep(0.004)
    print(json.dumps(times), flush=True)
"""


class Clock:
    """A wall clock that is wrong (clock_shift.c), of a process that is started with `environment`."""
    AHEAD = 0.05  # a step is written so long before it happens

    def __init__(self, library, file):
        file.write_bytes(bytes(24))
        file.chmod(0o644)
        self.environment = {**os.environ, "LD_PRELOAD": str(library), "TEITEN_CLOCK_SHIFT": str(file)}
        with file.open("r+b") as opened:
            self.map = mmap.mmap(opened.fileno(), 24)
        self.numbers = memoryview(self.map).cast("q")
        self.steps = [(0.0, 0.0)]  # (true time, seconds it is wrong by from then on)

    def step(self, seconds):
        at = time.time() + self.AHEAD
        before, instant, after = range(3)
        self.numbers[before] = self.numbers[after]
        self.numbers[instant] = int(at * 1e9)
        self.numbers[after] = int(seconds * 1e9)
        self.steps.append((at, seconds))
        time.sleep(self.AHEAD)

    def offset(self, at):
        return next(seconds for instant, seconds in reversed(self.steps) if instant <= at)

    def is_stepping(self, at):
        return any(abs(at - instant) <= STEP_SECONDS for instant, _ in self.steps)


class Masks:
    """A sensor whose clock is wrong says that it watched at a time at which it may have lost packets, or will: nobody can tell that gap any more.
    So that every gap can be told here, what a wrong clock claims and what a fault may lose are kept apart."""
    MARGIN = 6  # seconds

    def __init__(self):
        self.claimed, self.lost = collections.defaultdict(list), collections.defaultdict(list)

    def _is_free(self, ranges, at):
        return not any(begin < at + self.MARGIN and at - self.MARGIN < end for begin, end in ranges)

    def may_lose(self, name):
        return self._is_free(self.claimed[name], time.time())

    def may_claim(self, name, offset):
        return self._is_free(self.lost[name], time.time() + offset)

    def note(self, ranges, begin, offset=0.0):
        ranges.append((begin + offset, time.time() + offset))


def drawn_step(rng, bounds):
    """Seconds, each order of magnitude as likely as any other."""
    return math.exp(rng.uniform(*map(math.log, bounds)))


class Fleet:
    def __init__(self, teiten, clock_shift, net, folder):
        self.teiten, self.net, self.folder = teiten, net, folder
        self.disks = []
        self.clocks = {name: Clock(clock_shift, folder / f"{name}.clock") for name in [*SENSORS, "collector"]}
        self.epochs = dict.fromkeys(SENSORS, 0)
        self.masks = Masks()
        self.store = self.disk("collector-disk", "64m") / "fleet.db"
        self.sensors, self.spools = {}, {}
        for name, address in SENSORS.items():
            net.add(name, address, ["198.51.100.0/24", "203.0.113.0/24"])
            self.spools[name] = self.disk(f"{name}-disk", "24m") / "spool"
            teiten.ok("sensor", "add", name, "--store", self.store, "--url", URL, "--out", folder / f"{name}.toml")
        net.add("scanner", "198.51.100.9", ["192.0.2.0/24"])
        net.add("collector", COLLECTOR, ["192.0.2.0/24"])
        self.start_collector()
        for name in SENSORS:
            self.start_sensor(name)
        self.sender = net.start("scanner", sys.executable, "-c", SENDER, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        own = bytes.fromhex(net.mac("scanner").replace(":", ""))
        self.frames = {name: lambda source, port, name=name, mac=bytes.fromhex(net.mac(name).replace(":", "")): frame(
            mac, own, SENSORS[name], source, port) for name in SENSORS}

    def disk(self, name, size):
        path = self.folder / name
        path.mkdir()
        subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", path], check=True)
        self.disks.append(path)
        return path

    def unmount(self):
        for path in self.disks:
            subprocess.run(["umount", "-l", path])

    def start_collector(self):
        log = (self.folder / "collector.log").open("ab")
        self.collector = self.net.start("collector", self.teiten.program, "serve", "--listen", f"{COLLECTOR}:8443", "--name", COLLECTOR,
                                        "--store", self.store, stdout=log, stderr=log,
                                        env=self.clocks["collector"].environment)
        wait_until("the collector listens", lambda: "LISTEN" in self.net.run("collector", "ss", "-ltn", "sport", "=", ":8443").stdout)

    def start_sensor(self, name):
        log = (self.folder / f"{name}.log").open("ab")
        self.sensors[name] = self.net.start(name, self.teiten.program, "sense", "--interface", "eth0", "--bundle", self.folder / f"{name}.toml",
                                            "--spool", self.spools[name], "--batch-seconds", "0.5", stdout=log, stderr=log,
                                            env=self.clocks[name].environment)
        wait_until(f"{name} watches", lambda: self.status(name))

    def wait_for_first_batches(self):
        """What comes before a sensor's first batch is stored lies in no gap: its life has not begun."""
        for name in SENSORS:
            wait_until(f"{name} has sent", lambda name=name: self.status(name)["batches_acknowledged"] > 0)

    def wait_for_empty_spools(self):
        """What the rounds before sent has arrived."""
        time.sleep(0.7)
        for name in SENSORS:
            wait_until(f"{name} has sent everything", lambda name=name: self.spooled(name) is not None and self.spooled(name) <= 1, 120)

    def check_epochs(self):
        """Whatever clocks do, a sensor's epochs go up."""
        for name in SENSORS:
            epoch = wait_until(f"{name} has made a batch", lambda name=name: (self.status(name) or {"epoch": 0})["epoch"])
            check(epoch >= self.epochs[name], f"{name}: epoch {epoch} after {self.epochs[name]}")
            self.epochs[name] = epoch

    def status(self, name):
        done = self.teiten.run("sense", "--status", "--format", "json", "--spool", self.spools[name])
        return json.loads(done.stdout) if done.returncode == 0 else None

    def kill_sensor(self, name):
        self.net.kill(name, self.teiten.program)
        self.sensors[name].wait()

    def spooled(self, name):
        status = self.status(name)
        return status["spool"]["batches"] if status else None

    def filled(self, disk, seconds):
        filler = disk / "filler"
        out = os.open(filler, os.O_WRONLY | os.O_CREAT)
        try:
            while True:
                os.write(out, bytes(1 << 16))
        except OSError:
            pass
        os.close(out)
        time.sleep(seconds)
        filler.unlink()

    def begin_sending(self, port):
        frames = [(name, self.frames[name](source, port)) for source in range(PACKETS) for name in SENSORS]
        self.sender.stdin.write(json.dumps([content.hex() for _, content in frames]) + "\n")
        self.sender.stdin.flush()
        return [name for name, _ in frames]

    def fault(self, what, victim, rng):
        pause = rng.uniform(0.1, 0.6)
        if what == "kill the sensor":
            self.kill_sensor(victim)
            time.sleep(pause / 2)
            self.start_sensor(victim)
        elif what == "kill the collector":
            self.net.kill("collector", self.teiten.program)
            self.collector.wait()
            time.sleep(pause)
            self.start_collector()
        elif what == "cut the link":
            self.net.link("collector", False)
            time.sleep(pause)
            self.net.link("collector", True)
        elif what == "lose and delay packets":
            self.net.bad_line("collector", 20, "400kbit")
            time.sleep(2 * pause)
            self.net.good_line("collector")
        elif what == "fill the spool's disk":
            self.filled(self.spools[victim].parent, 1 + pause)
        elif what == "fill the collector's disk":
            self.filled(self.store.parent, 1 + pause)
        elif what == "send again what was acknowledged":
            self.send_again(victim)
        elif what in (SENSOR_FORWARD, SENSOR_BACK):
            sign = 1 if what == SENSOR_FORWARD else -1
            draw = iter(lambda: sign * drawn_step(rng, SENSOR_STEPS), None)
            offset = next(offset for offset in draw if self.masks.may_claim(victim, offset))
            begun = time.time()
            self.step_clock(victim, offset, 3 * pause)
            self.masks.note(self.masks.claimed[victim], begun, offset)
        elif what in (COLLECTOR_FORWARD, COLLECTOR_BACK):
            sign = 1 if what == COLLECTOR_FORWARD else -1
            self.step_clock("collector", sign * drawn_step(rng, COLLECTOR_STEPS), 3 * pause)

    def step_clock(self, whose, offset, seconds):
        self.clocks[whose].step(offset)
        time.sleep(seconds)
        self.clocks[whose].step(0)

    def victim(self, what, rng):
        names = rng.sample(list(SENSORS), len(SENSORS))
        return next((name for name in names if what not in LOSSY or self.masks.may_lose(name)), None)

    def send_again(self, name):
        """The spool comes back from a backup made while its batches waited; all of them had arrived meanwhile."""
        self.net.link("collector", False)
        wait_until("batches wait", lambda: (self.spooled(name) or 0) >= 3)
        self.kill_sensor(name)
        backup = self.folder / "backup"
        shutil.copytree(self.spools[name], backup, ignore=shutil.ignore_patterns("*.sock"))
        self.net.link("collector", True)
        self.start_sensor(name)
        wait_until("batches have arrived", lambda: self.spooled(name) is not None and self.spooled(name) <= 1, 60)
        self.kill_sensor(name)
        epoch = (self.spools[name] / "epoch").read_bytes()
        owner = os.stat(self.spools[name])
        shutil.rmtree(self.spools[name])
        shutil.copytree(backup, self.spools[name])
        # A new run never uses an old epoch: its batches would be taken for those that are there.
        (self.spools[name] / "epoch").write_bytes(epoch)
        for path in [self.spools[name], *self.spools[name].rglob("*")]:
            os.chown(path, owner.st_uid, owner.st_gid)
        shutil.rmtree(backup)
        self.start_sensor(name)


def gaps_of(teiten, store):
    """Reported gaps by sensor, in seconds since 1970."""
    gaps = collections.defaultdict(list)
    for line in teiten.ok("doctor", "--store", store).splitlines():
        match = re.match(r"\s+gap (\S+): (\S+) to (\S+) \(reported\)", line)
        if match:
            gaps[match[1]].append(tuple(datetime.fromisoformat(text.replace("Z", "+00:00")).astimezone(timezone.utc).timestamp()
                                        for text in match.group(2, 3)))
    return gaps


def quarantined(spool_dump, store):
    """Packets by (sensor, port), and ranges of time by sensor in seconds, of what the collector has put aside."""
    packets, ranges = collections.Counter(), collections.defaultdict(list)
    files = sorted(pathlib.Path(f"{store}.fleet").glob("quarantine/*/*.batch"))
    if not files:
        return packets, ranges
    done = subprocess.run([spool_dump, *files], capture_output=True, text=True)
    check(done.returncode == 0, done.stderr)
    for line in done.stdout.splitlines():
        batch = json.loads(line)
        ranges[batch["sensor"]].append((batch["from"] / 1e6, batch["to"] / 1e6))
        for access in batch["accesses"]:
            packets[batch["sensor"], int(access["service"].split("/")[0])] += access["packets"]
    return packets, ranges


def without(gaps, ranges):
    """What of the gaps lies in none of the ranges."""
    for begin, end in sorted(ranges):
        gaps = [part for one in gaps for part in ((one[0], min(one[1], begin)), (max(one[0], end), one[1])) if part[0] < part[1]]
    return gaps


def run(teiten, spool_dump, clock_shift, folder, rounds, seed):
    rng = random.Random(seed)
    with Net("tf") as net:
        fleet = Fleet(teiten, clock_shift, net, folder)
        try:
            fleet.wait_for_first_batches()
            sent, faults = collections.defaultdict(list), {}
            for number in range(rounds):
                # Each fault once in a shuffled row before any comes again.
                if number % len(FAULTS) == 0:
                    order = rng.sample(FAULTS, len(FAULTS))
                what, port = order[number % len(FAULTS)], FIRST_PORT + number
                victim = wait_until("a sensor whose clock claims nothing now", lambda: fleet.victim(what, rng), 60)
                faults[port] = what
                if what in (COLLECTOR_FORWARD, COLLECTOR_BACK):
                    fleet.wait_for_empty_spools()
                targets = fleet.begin_sending(port)
                time.sleep(rng.uniform(0, 0.4))
                begun = time.time()
                fleet.fault(what, victim, rng)
                if what in LOSSY:
                    fleet.masks.note(fleet.masks.lost[victim], begun)
                fleet.check_epochs()
                for name, at in zip(targets, json.loads(fleet.sender.stdout.readline())):
                    sent[name, port].append(at)
            fleet.wait_for_empty_spools()
            for name in SENSORS:
                fleet.sensors[name].send_signal(signal.SIGTERM)
            for name in SENSORS:
                equal(f"{name} ends", fleet.sensors[name].wait(30), 0)
            fleet.collector.send_signal(signal.SIGTERM)
            equal("the collector ends", fleet.collector.wait(30), 0)
            put_aside = quarantined(spool_dump, fleet.store)[0]
            teiten.ok("sensor", "readmit", "--all", "--store", fleet.store)
            left = quarantined(spool_dump, fleet.store)
            come = [one for ranges in left[1].values() for one in ranges if one[1] < time.time()]
            check(not come, f"not readmitted, though its time has come: {come}")
            compare(teiten, fleet, put_aside, left, sent, faults)
        finally:
            if sys.exc_info()[0] is not None or os.environ.get("TEITEN_LOGS"):
                for log in sorted(folder.glob("*.log")):
                    print(f"--- {log.name}\n{log.read_text(errors='replace')[-2000:]}")
            fleet.unmount()


def compare(teiten, fleet, put_aside, left, sent, faults):
    aside, aside_ranges = left
    gaps = {name: without(ranges, aside_ranges[name]) for name, ranges in gaps_of(teiten, fleet.store).items()}
    held = {(row["sensor"], int(row["service"].split("/")[0])): row["packets"] for row in teiten.count(fleet.store, "--by", "sensor,service")}
    table = collections.defaultdict(lambda: [0] * 6)
    wrong = []
    for (name, port), times in sent.items():
        clock = fleet.clocks[name]
        inside = near = 0
        for at in times:
            by_clock = at + clock.offset(at)
            close = any(begin - EDGE_SECONDS <= by_clock <= end + EDGE_SECONDS for begin, end in gaps.get(name, []))
            far = any(begin + EDGE_SECONDS < by_clock < end - EDGE_SECONDS for begin, end in gaps.get(name, []))
            near += close
            inside += far and not clock.is_stepping(at)
        stored, kept = held.pop((name, port), 0), aside.pop((name, port), 0)
        table[faults[port]] = [sum(pair) for pair in zip(table[faults[port]], (1, len(times), put_aside[name, port], stored, kept, near))]
        if not len(times) - near <= stored + kept <= len(times) - inside:
            wrong.append(f"{name} port {port} ({faults[port]}): {len(times)} sent, {inside} to {near} in gaps, {stored} stored, {kept} still aside")
    print(f"{'fault':36}{'sensor rounds':>14}{'sent':>8}{'put aside':>11}{'stored':>8}{'still aside':>13}{'missing':>9}{'in gaps, at most':>18}")
    table["all"] = [sum(column) for column in zip(*table.values())]
    for fault in [*FAULTS, "all"]:
        if fault in table:
            rounds, sent_packets, put, stored, kept, near = table[fault]
            print(f"{fault:36}{rounds:14}{sent_packets:8}{put:11}{stored:8}{kept:13}{sent_packets - stored - kept:9}{near:18}")
    check(not wrong, "; ".join(wrong[:10]))
    check(not held and not aside, f"stored or put aside, but never sent: {held} {aside}")
    check("BAD" not in teiten.ok("doctor", "--store", fleet.store), "doctor")


def main():
    if os.geteuid() != 0 or not all(shutil.which(tool) for tool in ("ip", "ss", "tc", "nft")):
        print("skipped: needs root, iproute2, nftables")
        return SKIP
    teiten, spool_dump, clock_shift = Teiten(sys.argv[1]), *map(os.path.abspath, sys.argv[2:4])
    with tempfile.TemporaryDirectory() as folder:
        pathlib.Path(folder).chmod(0o755)
        run(teiten, spool_dump, clock_shift, pathlib.Path(folder), int(sys.argv[4]) if len(sys.argv) > 4 else len(FAULTS),
            int(sys.argv[5]) if len(sys.argv) > 5 else 1)
    return 0


if __name__ == "__main__":
    sys.exit(main())
