#!/usr/bin/env python3
"""Sensors and collector under random faults: after healing the store holds what was sent, minus what lies in recorded gaps; nothing twice.

fleet_faults_test.py TEITEN [ROUNDS [SEED]]. A round sends packets to every sensor, each round to a port of its own, and has one fault in the
middle. Which packets may be missing is decided by the gaps that `teiten doctor` reports and the instants at which the packets were sent. Needs
root. The machine's clock is not set: steps of the clock are tested on batch_clock.h.
"""
import collections
import json
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
FAULTS = ["none", "kill the sensor", "kill the collector", "cut the link", "lose and delay packets", "fill the spool's disk", "fill the collector's disk",
          "send again what was acknowledged"]


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


class Fleet:
    def __init__(self, teiten, net, folder):
        self.teiten, self.net, self.folder = teiten, net, folder
        self.disks = []
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
                                        "--store", self.store, stdout=log, stderr=log)
        wait_until("the collector listens", lambda: "LISTEN" in self.net.run("collector", "ss", "-ltn", "sport", "=", ":8443").stdout)

    def start_sensor(self, name):
        log = (self.folder / f"{name}.log").open("ab")
        self.sensors[name] = self.net.start(name, self.teiten.program, "sense", "--interface", "eth0", "--bundle", self.folder / f"{name}.toml",
                                            "--spool", self.spools[name], "--batch-seconds", "0.5", stdout=log, stderr=log)
        wait_until(f"{name} watches", lambda: self.status(name))

    def wait_for_first_batches(self):
        """What comes before a sensor's first batch is stored lies in no gap: its life has not begun."""
        for name in SENSORS:
            wait_until(f"{name} has sent", lambda name=name: self.status(name)["batches_acknowledged"] > 0)

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


def run(teiten, folder, rounds, seed):
    rng = random.Random(seed)
    with Net("tf") as net:
        fleet = Fleet(teiten, net, folder)
        try:
            fleet.wait_for_first_batches()
            sent, faults = collections.defaultdict(list), {}
            for number in range(rounds):
                # Each fault once in a shuffled row before any comes again.
                if number % len(FAULTS) == 0:
                    order = rng.sample(FAULTS, len(FAULTS))
                what, victim, port = order[number % len(FAULTS)], rng.choice(list(SENSORS)), FIRST_PORT + number
                faults[port] = what
                targets = fleet.begin_sending(port)
                time.sleep(rng.uniform(0, 0.4))
                fleet.fault(what, victim, rng)
                for name, at in zip(targets, json.loads(fleet.sender.stdout.readline())):
                    sent[name, port].append(at)
            time.sleep(0.7)
            for name in SENSORS:
                wait_until(f"{name} has sent everything", lambda name=name: fleet.spooled(name) is not None and fleet.spooled(name) <= 1, 120)
                fleet.sensors[name].send_signal(signal.SIGTERM)
            for name in SENSORS:
                equal(f"{name} ends", fleet.sensors[name].wait(30), 0)
            fleet.collector.send_signal(signal.SIGTERM)
            equal("the collector ends", fleet.collector.wait(30), 0)
            compare(teiten, fleet.store, sent, faults)
        finally:
            if sys.exc_info()[0] is not None or os.environ.get("TEITEN_LOGS"):
                for log in sorted(folder.glob("*.log")):
                    print(f"--- {log.name}\n{log.read_text(errors='replace')[-2000:]}")
            fleet.unmount()


def compare(teiten, store, sent, faults):
    gaps = gaps_of(teiten, store)
    held = {(row["sensor"], int(row["service"].split("/")[0])): row["packets"] for row in teiten.count(store, "--by", "sensor,service")}
    table = collections.defaultdict(lambda: [0, 0, 0, 0])
    wrong = []
    for (name, port), times in sent.items():
        inside = sum(any(begin + EDGE_SECONDS < at < end - EDGE_SECONDS for begin, end in gaps[name]) for at in times)
        near = sum(any(begin - EDGE_SECONDS <= at <= end + EDGE_SECONDS for begin, end in gaps[name]) for at in times)
        stored = held.pop((name, port), 0)
        row = table[faults[port]]
        row[0] += 1
        row[1] += len(times)
        row[2] += stored
        row[3] += near
        if not len(times) - near <= stored <= len(times) - inside:
            wrong.append(f"{name} port {port} ({faults[port]}): {len(times)} sent, {inside} to {near} in gaps, {stored} stored")
    print(f"{'fault':36}{'sensor rounds':>14}{'sent':>8}{'stored':>8}{'in gaps, at most':>18}")
    for fault in FAULTS:
        if fault in table:
            print(f"{fault:36}{table[fault][0]:14}{table[fault][1]:8}{table[fault][2]:8}{table[fault][3]:18}")
    check(not wrong, "; ".join(wrong[:10]))
    check(not held, f"stored but never sent: {held}")
    check("BAD" not in teiten.ok("doctor", "--store", store), "doctor")


def main():
    if os.geteuid() != 0 or not all(shutil.which(tool) for tool in ("ip", "ss", "tc", "nft")):
        print("skipped: needs root, iproute2, nftables")
        return SKIP
    teiten = Teiten(sys.argv[1])
    with tempfile.TemporaryDirectory() as folder:
        pathlib.Path(folder).chmod(0o755)
        run(teiten, pathlib.Path(folder), int(sys.argv[2]) if len(sys.argv) > 2 else len(FAULTS), int(sys.argv[3]) if len(sys.argv) > 3 else 1)
    return 0


if __name__ == "__main__":
    sys.exit(main())
