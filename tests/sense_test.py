#!/usr/bin/env python3
"""A sensor on a real interface, in network namespaces: what the scanner sent is what the spool holds, what the host
asked for adds nothing, an address change begins an epoch, and kill -9 loses only what came since the last batch.

usage: sense_test.py TEITEN SPOOL_DUMP    (exit status 77: not root)"""
import collections
import contextlib
import ctypes
import gzip
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
import threading
import time
import unittest

TEITEN, SPOOL_DUMP = (os.path.abspath(path) for path in sys.argv[1:3])
TAG = f"ts{os.getpid()}"
SCANNER, HOST = f"{TAG}s", f"{TAG}h"
HOST_V4, SCANNER_V4 = "192.0.2.2", "192.0.2.1"
HOST_V6 = "2001:db8::2"
LIBC = ctypes.CDLL(None, use_errno=True)
CLONE_NEWNET = 0x40000000
SYN, ACK, RST = 0x02, 0x10, 0x04


def run(*command):
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def socket_in(namespace, *arguments):
    """A socket belongs to the namespace in which it was made."""
    with open("/proc/self/ns/net") as back, open(f"/run/netns/{namespace}") as there:
        if LIBC.setns(there.fileno(), CLONE_NEWNET) != 0:
            raise OSError(ctypes.get_errno(), "setns")
        try:
            return socket.socket(*arguments)
        finally:
            LIBC.setns(back.fileno(), CLONE_NEWNET)


def checksum(data):
    data += b"\0" * (len(data) % 2)
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xffff) + (total >> 16)
    return total ^ 0xffff


def ip_frame(macs, source, destination, protocol, payload_of):
    """`payload_of(pseudo)` gives the bytes after the IP header, with their checksum over `pseudo`."""
    if ":" in source:
        ends = socket.inet_pton(socket.AF_INET6, source) + socket.inet_pton(socket.AF_INET6, destination)
        payload = payload_of(lambda length: ends + struct.pack("!IxxxB", length, protocol))
        return macs + b"\x86\xdd" + struct.pack("!IHBB", 6 << 28, len(payload), protocol, 55) + ends + payload
    ends = socket.inet_aton(source) + socket.inet_aton(destination)
    payload = payload_of(lambda length: ends + struct.pack("!xBH", protocol, length))
    head = struct.pack("!BBHHHBBH", 0x45, 0, 20 + len(payload), 7, 0, 55, protocol, 0) + ends
    head = head[:10] + struct.pack("!H", checksum(head)) + head[12:]
    return macs + b"\x08\x00" + head + payload


def tcp(macs, source, port, destination, to_port, sequence, flags=SYN):
    def payload(pseudo):
        head = struct.pack("!HHIIBBHHH", port, to_port, sequence, 0, 0x50, flags, 1024, 0, 0)
        return head[:16] + struct.pack("!H", checksum(pseudo(20) + head)) + head[18:]
    return ip_frame(macs, source, destination, 6, payload)


def udp(macs, source, port, destination, to_port, data=b"x"):
    def payload(pseudo):
        head = struct.pack("!HHHH", port, to_port, 8 + len(data), 0)
        return head[:6] + struct.pack("!H", checksum(pseudo(8 + len(data)) + head + data)) + data
    return ip_frame(macs, source, destination, 17, payload)


def ping(macs, source, destination, identifier):
    body = struct.pack("!BBHHH", 8, 0, 0, identifier, 1)
    body = body[:2] + struct.pack("!H", checksum(body)) + body[4:]
    return ip_frame(macs, source, destination, 1, lambda pseudo: body)


def set_up_network():
    run("ip", "netns", "add", SCANNER)
    run("ip", "netns", "add", HOST)
    run("ip", "link", "add", "scan0", "netns", SCANNER, "type", "veth", "peer", "name", "host0", "netns", HOST)
    for namespace, device, v4, v6 in ((SCANNER, "scan0", SCANNER_V4, "2001:db8::1"), (HOST, "host0", HOST_V4, HOST_V6)):
        run("ip", "-n", namespace, "address", "add", f"{v4}/24", "dev", device)
        run("ip", "-n", namespace, "address", "add", f"{v6}/64", "dev", device, "nodad")
        run("ip", "-n", namespace, "link", "set", "lo", "up")
        run("ip", "-n", namespace, "link", "set", device, "up")
    run("ip", "-n", HOST, "route", "add", "default", "via", SCANNER_V4)


def tear_down_network():
    for namespace in (SCANNER, HOST):
        subprocess.run(["ip", "netns", "delete", namespace], capture_output=True)


def wait_until(what, condition, seconds=8):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        value = condition()
        if value:
            return value
        time.sleep(0.02)
    raise AssertionError(f"waited {seconds} s in vain: {what}")


class Sensor:
    """A running `teiten sense`, in the host's namespace."""

    def __init__(self, spool, *options, seconds="0.3", ready=True, bundle=None):
        self.spool = spool
        inside = [] if bundle else ["ip", "netns", "exec", HOST]
        sends = ["--bundle", bundle] if bundle else ["--sensor", "home", "--no-upload"]
        command = [*inside, TEITEN, "sense", *sends, "--spool", spool, "--batch-seconds", seconds, *options]
        self.process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
        if ready:
            wait_until("a first batch", lambda: (self.status() or {}).get("batches"))

    def status(self):
        answer = subprocess.run([TEITEN, "sense", "--status", "--format", "json", "--spool", self.spool],
                                capture_output=True, text=True)
        return json.loads(answer.stdout) if answer.returncode == 0 else None

    @property
    def keeper(self):
        return self.process.pid  # `ip netns exec` becomes it

    @property
    def watcher(self):
        with open(f"/proc/{self.keeper}/task/{self.keeper}/children") as children:
            return int(children.read())

    def wait_for_frames_to_be_kept(self):
        """What was sent before is in a batch of the spool."""
        begun = self.status()["batches"]
        wait_until("two more batches", lambda: self.status()["batches"] >= begun + 2)

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        return self.end()

    def end(self):
        """Status and errors; what it said of its state is in `said`."""
        lines = self.process.communicate(timeout=15)[1].splitlines(keepends=True)
        self.said = [line.removeprefix("teiten sense: ").rstrip() for line in lines if line.startswith("teiten sense: ")]
        return self.process.returncode, "".join(line for line in lines if not line.startswith("teiten sense: "))


def batches_of(spool):
    """Of a copy: reading takes them out."""
    copy = spool + "-copy"
    shutil.rmtree(copy, ignore_errors=True)
    shutil.copytree(spool, copy, ignore=shutil.ignore_patterns("status.sock"))
    return [json.loads(line) for line in run(SPOOL_DUMP, copy).splitlines()]


def crc32c(data):
    crc = 0xffffffff
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ (0x82f63b78 if crc & 1 else 0)
    return crc ^ 0xffffffff


def add_gap(spool, epoch, first, last):
    """As if these batches had been discarded: the third slot of spool.state (docs/wire.md)."""
    slot = struct.pack("<4sIQQQQQQI", b"TTNG", 0, epoch, first, last, last - first + 1, 0, 1, 0)
    with open(f"{spool}/spool.state", "r+b") as state:
        state.seek(2 * 64)
        state.write(slot + struct.pack("<I", crc32c(slot)))


def line(number, to=HOST_V4, stamp="%Y-%m-%dT%H:%M:%S+00:00", zone=0):
    """A firewall's line of now, by a clock that is `zone` seconds ahead; its port is its number's."""
    return (f"{time.strftime(stamp, time.gmtime(time.time() + zone))} vps kernel: [7.{number:06}] [UFW BLOCK] IN=ens3 OUT= MAC= "
            f"SRC=198.51.100.{number % 250 + 1} DST={to} LEN=40 TOS=0x00 PREC=0x00 TTL=244 ID={number} PROTO=TCP SPT=40000 "
            f"DPT={1000 + number} WINDOW=1024 RES=0x00 SYN URGP=0\n")


def write_lines(log, numbers, other=""):
    with open(log, "a") as file:
        file.write(other + "".join(line(number) for number in numbers))


def packets_by_service(batches):
    counts = collections.Counter()
    for batch in batches:
        for access in batch["accesses"]:
            counts[access["service"]] += access["packets"]
    return counts


class SenseTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.mkdtemp(prefix="teiten-sense-")
        os.chmod(cls.folder, 0o755)
        set_up_network()
        cls.wire = socket_in(SCANNER, socket.AF_PACKET, socket.SOCK_RAW, socket.htons(3))
        cls.wire.bind(("scan0", 0))

        def mac(namespace, device):
            link = json.loads(run("ip", "-n", namespace, "-j", "link", "show", device))[0]
            return bytes.fromhex(link["address"].replace(":", ""))
        cls.macs = mac(HOST, "host0") + mac(SCANNER, "scan0")

    @classmethod
    def tearDownClass(cls):
        cls.wire.close()
        tear_down_network()
        shutil.rmtree(cls.folder, ignore_errors=True)

    def setUp(self):
        self.spool = f"{self.folder}/{self.id().rsplit('.', 1)[1]}"
        self.sensors = []

    def tearDown(self):
        for sensor in self.sensors:
            if sensor.process.poll() is None:
                sensor.process.kill()
            if sensor.process.stderr:
                sensor.process.stderr.close()
            sensor.process.wait()

    def sensor(self, *options, **more):
        self.sensors.append(Sensor(self.spool, "--interface", "host0", *options, **more))
        return self.sensors[-1]

    def syns(self, count, port, first=0, to=HOST_V4):
        """From as many sources and ports: each is an access of its own."""
        for i in range(first, first + count):
            self.wire.send(tcp(self.macs, f"198.51.100.{1 + i % 250}", 1024 + i, to, port, 5000 + i))

    def check_sound(self, batches):
        """Each batch once, in order, and its time is nobody else's of its epoch."""
        last = {}
        for batch in batches:
            before = last.get(batch["epoch"])
            self.assertEqual(batch["sequence"], before["sequence"] + 1 if before else 0)
            if before:
                self.assertEqual(batch["from"], before["to"])
            elif last:
                self.assertGreater(batch["epoch"], max(last))
            last[batch["epoch"]] = batch
            packets = sum(access["packets"] for access in batch["accesses"])
            self.assertEqual(batch["frames"], packets + batch["solicited"] + sum(batch["ignored"].values()) +
                             sum(batch["anomalies"].values()))
            for access in batch["accesses"]:
                self.assertTrue(batch["from"] <= access["first"] <= access["last"] < batch["to"], (batch, access))

    def test_what_was_sent_is_what_is_stored(self):
        sensor = self.sensor()
        begun = time.time()
        self.syns(400, 23)
        self.syns(150, 1433, first=1000)
        for i in range(30):
            self.wire.send(udp(self.macs, "198.51.100.77", 5000, HOST_V4, 1026))  # one access of 30 packets
            self.wire.send(ping(self.macs, f"198.51.100.{i + 1}", HOST_V4, i))
            self.wire.send(tcp(self.macs, "2001:db8:1::9", 3000 + i, HOST_V6, 22, i))
        self.wire.send(tcp(self.macs, "198.51.100.9", 80, HOST_V4, 4000, 1, SYN | ACK))  # backscatter
        self.wire.send(tcp(self.macs, "198.51.100.9", 81, "203.0.113.99", 23, 1))  # to nobody here
        self.wire.send(tcp(self.macs, "10.9.9.9", 81, HOST_V4, 23, 1))  # from no public source
        sensor.wait_for_frames_to_be_kept()
        self.assertEqual(sensor.stop(), (0, ""))
        batches = batches_of(self.spool)
        self.check_sound(batches)
        expected = {"23/tcp": 400, "1433/tcp": 150, "1026/udp": 30, "8/icmp": 30, "22/tcp": 30, "80/tcp": 1}
        scanned = packets_by_service([{"accesses": [a for a in batch["accesses"] if a["source"] != "2001:db8::1"]}
                                      for batch in batches])
        self.assertEqual(dict(scanned), expected)
        self.assertEqual(len({batch["epoch"] for batch in batches}), 1)
        self.assertEqual(sum(batch["dropped"] for batch in batches), 0)
        ignored = collections.Counter()
        for batch in batches:
            ignored.update(batch["ignored"])
        self.assertEqual((ignored["to_others"], ignored["private_source"]), (1, 1))
        # As many accesses as attempts, however many batches they lie in.
        accesses = [a for batch in batches for a in batch["accesses"] if not a["continues"]]
        self.assertEqual(sum(a["service"] == "1026/udp" for a in accesses), 1)
        self.assertEqual(sum(a["service"] == "23/tcp" for a in accesses), 400)
        self.assertTrue(all(begun - 1 < a["first"] / 1e6 < time.time() for a in accesses))

    def test_what_the_host_asks_for_adds_nothing(self):
        with contextlib.closing(socket_in(SCANNER, socket.AF_INET, socket.SOCK_STREAM)) as server, \
                contextlib.closing(socket_in(HOST, socket.AF_INET, socket.SOCK_STREAM)) as client, \
                contextlib.closing(socket_in(HOST, socket.AF_INET, socket.SOCK_STREAM)) as older:
            server.bind((SCANNER_V4, 8080))
            server.listen()
            # A connection from before the sensor was started goes on while it runs.
            older.connect((SCANNER_V4, 8080))
            older_end = server.accept()[0]
            sensor = self.sensor()
            older_end.sendall(b"y" * 100_000)

            def serve():
                end = server.accept()[0]
                end.sendall(b"z" * 2_000_000)
                end.close()
            thread = threading.Thread(target=serve)
            thread.start()
            client.connect((SCANNER_V4, 8080))
            got = sum(len(part) for part in iter(lambda: client.recv(65536), b""))
            thread.join()
            self.assertEqual(got, 2_000_000)
            got = 0
            while got < 100_000:
                got += len(older.recv(65536))
            older_end.close()
            self.syns(3, 23)
            sensor.wait_for_frames_to_be_kept()
        self.assertEqual(sensor.stop(), (0, ""))
        batches = batches_of(self.spool)
        self.check_sound(batches)
        self.assertEqual(dict(packets_by_service(batches)), {"23/tcp": 3})
        self.assertGreater(sum(batch["solicited"] for batch in batches), 10)

    def test_another_address_begins_another_epoch(self):
        sensor = self.sensor()
        self.syns(5, 23)
        self.syns(7, 445, to="192.0.2.3", first=100)
        sensor.wait_for_frames_to_be_kept()
        first = sensor.status()["epoch"]
        run("ip", "-n", HOST, "address", "add", "192.0.2.3/24", "dev", "host0")
        second = wait_until("a new epoch", lambda: sensor.status()["epoch"] > first and sensor.status()["epoch"])
        self.syns(9, 445, to="192.0.2.3", first=200)
        sensor.wait_for_frames_to_be_kept()
        run("ip", "-n", HOST, "address", "delete", "192.0.2.3/24", "dev", "host0")
        wait_until("a third epoch", lambda: sensor.status()["epoch"] > second)
        self.syns(11, 445, to="192.0.2.3", first=300)
        self.syns(2, 23, first=400)
        sensor.wait_for_frames_to_be_kept()
        self.assertEqual(sensor.stop(), (0, ""))
        batches = batches_of(self.spool)
        self.check_sound(batches)
        by_epoch = {}
        for batch in batches:
            by_epoch.setdefault(batch["epoch"], []).append(batch)
        # A line for each change, and no monitored address in any.
        self.assertEqual([said.split(":")[0] for said in sensor.said],
                         ["0.1.0 begins as home", "a new epoch begins", "a new epoch begins", "ends"])
        self.assertNotRegex("".join(sensor.said), r"192\.0\.2\.|2001:db8")
        self.assertEqual([dict(packets_by_service(part)) for part in by_epoch.values()],
                         [{"23/tcp": 5}, {"445/tcp": 9}, {"23/tcp": 2}])

    def test_kill_loses_only_what_came_since_the_last_batch(self):
        sent = 0
        for victim in ("watcher", "keeper", "watcher"):
            sensor = self.sensor()
            self.syns(40, 23, first=sent)
            sent += 40
            sensor.wait_for_frames_to_be_kept()
            os.kill(getattr(sensor, victim), signal.SIGKILL)
            status, errors = sensor.end()
            self.assertEqual((status, len(errors.splitlines())), (1 if victim == "watcher" else -9, 1), errors)
            self.assertTrue(errors.startswith("teiten: "), errors)
        sensor = self.sensor()
        self.syns(10, 23, first=sent)
        sensor.wait_for_frames_to_be_kept()
        self.assertEqual(sensor.stop(), (0, ""))
        batches = batches_of(self.spool)
        self.check_sound(batches)
        self.assertEqual(len({batch["epoch"] for batch in batches}), 4)
        self.assertEqual(dict(packets_by_service(batches)), {"23/tcp": sent + 10})

    def test_a_keeper_that_stands_still_stops_no_capture(self):
        sensor = self.sensor()
        os.kill(sensor.keeper, signal.SIGSTOP)
        for part in range(8):
            self.syns(100, 23, first=100 * part)
            time.sleep(0.2)
        os.kill(sensor.keeper, signal.SIGCONT)
        sensor.wait_for_frames_to_be_kept()
        self.assertEqual(sensor.stop(), (0, ""))
        batches = batches_of(self.spool)
        self.check_sound(batches)
        self.assertEqual(dict(packets_by_service(batches)), {"23/tcp": 800})
        self.assertGreaterEqual(sum(1 for batch in batches if batch["accesses"]), 3)

    def test_a_link_that_was_cut_is_watched_again(self):
        sensor = self.sensor()
        self.syns(5, 23)
        sensor.wait_for_frames_to_be_kept()
        run("ip", "-n", HOST, "link", "set", "host0", "down")
        time.sleep(0.5)
        run("ip", "-n", HOST, "link", "set", "host0", "up")
        # What the cut took: for the tests that follow.
        run("ip", "-n", HOST, "address", "add", f"{HOST_V6}/64", "dev", "host0", "nodad")
        run("ip", "-n", HOST, "route", "add", "default", "via", SCANNER_V4)
        time.sleep(0.3)
        self.syns(6, 23, first=100)
        sensor.wait_for_frames_to_be_kept()
        self.assertEqual(sensor.stop(), (0, ""))
        batches = batches_of(self.spool)
        self.check_sound(batches)
        self.assertEqual(dict(packets_by_service(batches)), {"23/tcp": 11})

    def test_a_gap_is_told_though_the_sensor_is_killed(self):
        sensor = self.sensor()
        sensor.wait_for_frames_to_be_kept()
        self.assertEqual(sensor.stop()[0], 0)
        add_gap(self.spool, 7, 3, 4)
        # Killed when one batch is spooled, and anything that it does not tell is still to be told.
        sensor = self.sensor(seconds="2")
        sensor.process.kill()
        sensor.end()
        sensor = self.sensor()
        sensor.wait_for_frames_to_be_kept()
        self.assertEqual(sensor.stop()[0], 0)
        self.assertEqual([batch["limits"] for batch in batches_of(self.spool) if batch["limits"]],
                         [{"spool_discarded_batches": 2}])

    def follower(self, log, *options, **more):
        self.sensors.append(Sensor(self.spool, "--follow", log, *options, **more))
        return self.sensors[-1]

    def log(self):
        """A log's name in a folder that the sensor's user can enter."""
        folder = f"{self.spool}-log"
        os.mkdir(folder, 0o755)
        return f"{folder}/ufw.log"

    def check_followed(self, spool, lines):
        """Every line in one batch, as many packets and no more, and the batches' time nobody else's."""
        batches = batches_of(spool)
        last = {}
        for batch in batches:
            before = last.get(batch["epoch"])
            self.assertEqual(batch["sequence"], before["sequence"] + 1 if before else 0)
            self.assertLessEqual(before["to"] if before else 0, batch["from"])
            last[batch["epoch"]] = batch
        self.assertEqual(packets_by_service(batches), collections.Counter(f"{1000 + number}/tcp" for number in lines))
        return batches

    def test_a_log_is_followed_through_rotation_and_kills(self):
        log = self.log()
        write_lines(log, range(5))  # of the time before the sensor
        sensor = self.follower(log)
        write_lines(log, range(5, 20), other="Nov 27 00:00:00 vps sshd[1]: nothing\n")
        sensor.wait_for_frames_to_be_kept()
        # The logger writes to the old file until it is told.
        os.rename(log, log + ".1")
        write_lines(log + ".1", range(20, 30))
        write_lines(log, range(30, 40))
        wait_until("the new file", lambda: sensor.status()["packets_unsolicited"] >= 35)
        # Emptied in its place; what was not read yet stands in the copy.
        os.kill(sensor.watcher, signal.SIGSTOP)
        write_lines(log, range(40, 50))
        shutil.copy(log, log + ".2")
        os.truncate(log, 0)
        write_lines(log, range(50, 55))
        os.kill(sensor.watcher, signal.SIGCONT)
        wait_until("the emptied file", lambda: sensor.status()["packets_unsolicited"] >= 50)
        sensor.process.kill()
        sensor.end()
        # While nobody follows: lines, a rotation, compression, lines.
        write_lines(log, range(55, 60))
        with open(log, "rb") as old, gzip.open(log + ".3.gz", "wb") as packed:
            packed.write(old.read())
        os.remove(log)
        write_lines(log, range(60, 70))
        sensor = self.follower(log)
        wait_until("what came meanwhile", lambda: sensor.status()["packets_unsolicited"] >= 15)
        self.assertEqual(sensor.stop()[0], 0)
        batches = self.check_followed(self.spool, range(5, 70))
        self.assertEqual(sum(batch["rejected"].get("not_a_firewall_line", 0) for batch in batches), 1)

    def test_a_followed_log_counts_once_whenever_the_sensor_is_killed(self):
        log = self.log()
        write_lines(log, [])
        chance = random.Random(7)
        written, rotated = 0, time.monotonic()
        sensor = self.follower(log, seconds="0.1")
        for turn in range(10):
            until = time.monotonic() + chance.uniform(0.05, 0.5)
            while time.monotonic() < until:
                more = chance.randint(1, 20)
                write_lines(log, range(written, written + more))
                written += more
                time.sleep(0.02)
                # No faster than the sensor looks who has the name.
                if chance.random() < 0.15 and time.monotonic() - rotated > 1:
                    rotated = time.monotonic()
                    os.rename(log, f"{log}.{turn}-{written}")
                    write_lines(log, [])
            os.kill(sensor.keeper if chance.random() < 0.5 else sensor.watcher, signal.SIGKILL)
            sensor.end()
            sensor = self.follower(log, seconds="0.1")
        wait_until("all lines", lambda: sum(batch["packets"] for batch in batches_of(self.spool)) >= written, 20)
        self.assertEqual(sensor.stop()[0], 0)
        self.check_followed(self.spool, range(written))

    def test_a_followed_log_reaches_the_collector(self):
        log, store, bundle = self.log(), f"{self.folder}/fleet.db", f"{self.folder}/home.toml"
        write_lines(log, [])
        server = subprocess.Popen([TEITEN, "serve", "--listen", "127.0.0.1:0", "--name", "127.0.0.1", "--store", store],
                                  stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        try:
            port = re.search(r"127\.0\.0\.1:(\d+)", server.stdout.readline())[1]
            run(TEITEN, "sensor", "add", "home", "--store", store, "--url", f"https://127.0.0.1:{port}", "--out", bundle)
            sensor = self.follower(log, bundle=bundle)
            write_lines(log, range(50))
            wait_until("half of it", lambda: sensor.status()["packets_unsolicited"] >= 50)
            os.rename(log, log + ".1")
            write_lines(log, range(50, 80))
            sensor.process.kill()
            sensor.end()
            write_lines(log, range(80, 100))
            sensor = self.follower(log, bundle=bundle)
            wait_until("an empty spool", lambda: sensor.status()["packets_unsolicited"] + 50 >= 100 and
                       sensor.status()["spool"]["batches"] == 0)
            self.assertEqual(sensor.stop()[0], 0)
            counts = run(TEITEN, "count", "--store", store, "--by", "service", "--measure", "packets", "--format", "csv")
            services = dict(row.split(",") for row in counts.splitlines()[1:])
            self.assertEqual(services, {f"{1000 + number}/tcp": "1" for number in range(100)})
            server.kill()
            server.wait()
            server.stdout.close()
            sensor = self.follower(log, bundle=bundle)
            wait_until("two failures", lambda: sensor.status()["upload_failures"] >= 2)
            server = subprocess.Popen([TEITEN, "serve", "--listen", f"127.0.0.1:{port}", "--name", "127.0.0.1", "--store", store],
                                      stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
            wait_until("an acknowledgement", lambda: sensor.status()["batches_acknowledged"], 20)
            self.assertEqual(sensor.stop()[0], 0)
            self.assertEqual([re.sub(r"[:;] .*|after.*", "", said) for said in sensor.said],
                             ["0.1.0 begins as home", "cannot send", "the collector takes batches again ", "ends"])
        finally:
            server.kill()
            server.wait()
            server.stdout.close()

    def test_a_log_that_is_not_there_is_a_gap(self):
        log = self.log()
        sensor = self.follower(log, ready=False)
        wait_until("a sensor", sensor.status)
        time.sleep(0.7)
        self.assertEqual(sensor.status()["batches"], 0)
        write_lines(log, range(3))
        wait_until("its lines", lambda: sensor.status()["packets_unsolicited"] == 3)
        os.remove(log)
        time.sleep(2)
        made = sensor.status()["batches"]
        time.sleep(0.7)
        self.assertEqual(sensor.status()["batches"], made)
        gone = time.time()
        write_lines(log, range(3, 7))
        wait_until("more lines", lambda: sensor.status()["packets_unsolicited"] == 7)
        self.assertEqual(sensor.stop()[0], 0)
        batches = self.check_followed(self.spool, range(7))
        self.assertEqual(len({batch["epoch"] for batch in batches}), 1)
        holes = [after["from"] - before["to"] for before, after in zip(batches, batches[1:]) if after["from"] > before["to"]]
        self.assertEqual(len(holes), 1)
        self.assertGreater(holes[0], 700_000)
        self.assertFalse(any(batch["from"] < gone * 1e6 < batch["to"] for batch in batches))

    def test_a_followed_log_has_its_own_time(self):
        log = self.log()
        write_lines(log, [])
        sensor = self.follower(log, "--tz", "Asia/Tokyo", "--address", HOST_V4)
        with open(log, "a") as file:
            file.write(line(1, stamp="%b %d %H:%M:%S", zone=9 * 3600))  # Tokyo's time, not told
            file.write(line(2, stamp="%b %d %H:%M:%S", zone=0))  # that of UTC lies nine hours back there
            file.write(line(3, stamp="%b %d %H:%M:%S", zone=18 * 3600))  # and this one ahead
            file.write(line(4, to="203.0.113.9"))
            file.write(line(5, stamp="%Y-%m-%dT%H:%M:%S+00:00", zone=-25 * 3600))
        sensor.wait_for_frames_to_be_kept()
        self.assertEqual(sensor.stop()[0], 0)
        batches = self.check_followed(self.spool, [1, 2])
        times = {access["service"]: access["first"] / 1e6 for batch in batches for access in batch["accesses"]}
        self.assertLess(abs(times["1001/tcp"] - time.time()), 30)
        self.assertLess(abs(times["1002/tcp"] - time.time() + 9 * 3600), 30)
        rejected = collections.Counter()
        ignored = collections.Counter()
        for batch in batches:
            rejected.update(batch["rejected"])
            ignored.update(batch["ignored"])
        self.assertEqual(dict(rejected), {"future_time": 1, "stale_time": 1})
        self.assertEqual(ignored["to_others"], 1)

    def test_the_processes_have_no_privileges(self):
        sensor = self.sensor()
        for process in (sensor.keeper, sensor.watcher):
            with open(f"/proc/{process}/status") as file:
                status = dict(line.rstrip("\n").split(":\t", 1) for line in file if ":\t" in line)
            self.assertNotIn("0", status["Uid"].split())
            for capabilities in ("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"):
                self.assertEqual(int(status[capabilities], 16), 0, capabilities)
            self.assertEqual(status["NoNewPrivs"], "1")
            if not os.environ.get("TEITEN_SANITIZED"):
                self.assertEqual(status["Seccomp"], "2")
        metrics = run(TEITEN, "sense", "--metrics", "--spool", self.spool)
        self.assertRegex(metrics, r"(?m)^# HELP teiten_sensor_frames_total .+\n# TYPE teiten_sensor_frames_total counter\n"
                                  r"teiten_sensor_frames_total \d+$")
        second = subprocess.run([TEITEN, "sense", "--interface", "lo", "--sensor", "home", "--no-upload", "--spool",
                                 self.spool], capture_output=True, text=True)
        self.assertEqual((second.returncode, len(second.stderr.splitlines())), (1, 1), second.stderr)
        self.assertEqual(sensor.stop(), (0, ""))
        gone = subprocess.run([TEITEN, "sense", "--status", "--spool", self.spool], capture_output=True, text=True)
        self.assertEqual((gone.returncode, len(gone.stderr.splitlines())), (1, 1), gone.stderr)

    def test_a_capture_file_is_replayed_by_its_own_time(self):
        path = f"{self.folder}/replayed.pcap"
        with open(path, "wb") as file:
            file.write(struct.pack("<IHHiIII", 0xa1b2c3d4, 2, 4, 0, 0, 65535, 1))
            for i in range(100):
                frame = tcp(self.macs, "198.51.100.9", 1024 + i, HOST_V4, 23, i)
                file.write(struct.pack("<IIII", 1_715_040_000 + i, 0, len(frame), len(frame)) + frame)
        done = subprocess.run([TEITEN, "sense", "--replay", path, "--address", HOST_V4, "--sensor", "home", "--no-upload",
                               "--spool", self.spool, "--batch-seconds", "10"], capture_output=True, text=True)
        self.assertEqual((done.returncode, len(done.stderr.splitlines())), (0, 2), done.stderr)
        batches = batches_of(self.spool)
        self.check_sound(batches)
        self.assertEqual([len(batch["accesses"]) for batch in batches], [10] * 10)
        self.assertEqual(batches[0]["from"], 1_715_040_000_000_000)


if __name__ == "__main__":
    if os.geteuid() != 0:
        print("needs root: network namespaces")
        sys.exit(77)
    unittest.main(argv=sys.argv[:1] + sys.argv[3:], verbosity=2)
