#!/usr/bin/env python3
"""Ten sensors, a scanner and a collector on one cable: what the scanner sent is what the store holds.

The truth is the scanner's own capture (tcpdump), counted here packet by packet. Needs root, iproute2, nmap, masscan, hping3, tcpdump.
"""
import collections
import pathlib
import random
import shutil
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from fleet_net import Net, wait_until  # noqa: E402
from teiten_cli import SKIP, Teiten, check, equal  # noqa: E402

SENSORS = {f"sensor-{i}": f"192.0.2.{10 + i}" for i in range(1, 11)}
SCANNER, SERVER, COLLECTOR = "198.51.100.9", "198.51.100.80", "203.0.113.10"
URL = f"https://{COLLECTOR}:8443"
DOWNLOAD_PORT = 8000


def frames_of(path):
    """(seconds, frame) of a classic pcap file as tcpdump writes it."""
    content = path.read_bytes()
    at = 24
    while at + 16 <= len(content):
        seconds, micros, length, _ = struct.unpack_from("<IIII", content, at)
        yield seconds + micros / 1e6, content[at + 16:at + 16 + length]
        at += 16 + length


def counted(path):
    """Packets by (sensor, service) in a capture of what the scanner sent. A service is its destination's, but for what answers: SYN+ACK and
    RST+ACK, where it is the source's."""
    sensor_of = {address: name for name, address in SENSORS.items()}
    counts = collections.Counter()
    for _, frame in frames_of(path):
        if frame[12:14] != b"\x08\x00":
            continue
        ip = frame[14:]
        header = (ip[0] & 15) * 4
        sensor = sensor_of.get(socket.inet_ntoa(ip[16:20]))
        if sensor is None:
            continue
        transport = ip[header:]
        if ip[9] == 6:
            source, destination = struct.unpack_from(">HH", transport)
            answers = transport[13] & 0x12 == 0x12 or transport[13] & 0x14 == 0x14
            service = f"{source if answers else destination}/tcp"
        elif ip[9] == 17:
            service = f"{struct.unpack_from('>H', transport, 2)[0]}/udp"
        else:
            service = f"{transport[0]}/icmp"
        counts[sensor, service] += 1
    return counts


def stored(teiten, store):
    return collections.Counter({(row["sensor"], row["service"]): row["packets"] for row in teiten.count(store, "--by", "sensor,service")})


def checksum(data):
    total = sum(struct.unpack(f">{len(data) // 2}H", data))
    total = (total & 0xFFFF) + (total >> 16)
    return ~(total + (total >> 16)) & 0xFFFF


def radiation(rng, packets):
    """Traffic from many sources: SYN scans with retransmissions, UDP, pings, and answers to forged addresses (backscatter)."""
    for _ in range(packets):
        source = f"203.0.113.{rng.randrange(100, 250)}"
        target = rng.choice(list(SENSORS.values()))
        what = rng.random()
        if what < 0.7:
            flags, ports = 0x02, (rng.randrange(1024, 65536), rng.choice([22, 23, 135, 445, 1433, 2967, 5900]))
        elif what < 0.8:
            flags, ports = rng.choice([0x12, 0x14]), (80, rng.randrange(1024, 65536))
        if what < 0.8:
            payload = struct.pack(">HHIIBBHHH", *ports, rng.getrandbits(32), 0, 0x50, flags, 1024, 0, 0)
            protocol = 6
        elif what < 0.95:
            payload = struct.pack(">HHHH", rng.randrange(1024, 65536), rng.choice([1026, 1434, 5060]), 12, 0) + b"\0\1\2\3"
            protocol = 17
        else:
            payload = struct.pack(">BBHHH", 8, 0, 0, rng.getrandbits(16), 1) + bytes(8)
            payload = payload[:2] + struct.pack(">H", checksum(payload)) + payload[4:]
            protocol = 1
        header = struct.pack(">BBHHHBBH4s4s", 0x45, 0, 20 + len(payload), rng.getrandbits(16), 0, 57, protocol, 0,
                             socket.inet_aton(source), socket.inet_aton(target))
        header = header[:10] + struct.pack(">H", checksum(header)) + header[12:]
        yield target, header + payload


SENDER = """
import socket, struct, sys, time
out = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
out.bind(("eth0", 0))
data, at, sent = open(sys.argv[1], "rb").read(), 0, 0
while at < len(data):
    (length,) = struct.unpack_from("<H", data, at)
    out.send(data[at + 2:at + 2 + length])
    at += 2 + length
    sent += 1
    if sent % 50 == 0: time.sleep(0.01)
"""


def send_radiation(net, folder, rng, packets):
    own = bytes.fromhex(net.mac("scanner").replace(":", ""))
    macs = {address: bytes.fromhex(net.mac(name).replace(":", "")) for name, address in SENSORS.items()}
    file = folder / "radiation"
    with file.open("wb") as out:
        for target, packet in radiation(rng, packets):
            frame = macs[target] + own + b"\x08\x00" + packet
            out.write(struct.pack("<H", len(frame)) + frame)
    done = net.run("scanner", sys.executable, "-c", SENDER, file)
    check(done.returncode == 0, done.stderr)


def scan(net):
    targets = list(SENSORS.values())
    running = [net.start("scanner", "timeout", "-s", "KILL", "3", "masscan", address, "-p23,80,445,3389,U:53", "--rate", "2000", "--wait", "1",
                         "--interface", "eth0", "--adapter-ip", SCANNER, "--router-mac", net.mac(name).replace(":", "-"),
                         stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
               for name, address in list(SENSORS.items())[:3]]
    done = net.run("scanner", "nmap", "-sS", "-Pn", "-n", "-p", "20-60,445", "--max-retries", "1", "-T4", *targets)
    check(done.returncode == 0, done.stderr)
    net.run("scanner", "hping3", "-S", "-p", "1433", "-c", "40", "-i", "u2000", targets[3])
    net.run("scanner", "hping3", "--udp", "-p", "1026", "-c", "40", "-i", "u2000", targets[4])
    net.run("scanner", "hping3", "--icmp", "-c", "20", "-i", "u2000", targets[5])
    for process in running:
        process.wait()


class Fleet:
    """Collector and sensors of a test, each in its namespace."""

    def __init__(self, teiten, net, folder, batch_seconds=1):
        self.teiten, self.net, self.folder, self.batch_seconds = teiten, net, folder, batch_seconds
        self.store = folder / "fleet.db"
        self.collector = None
        self.sensors = {}
        for name, address in SENSORS.items():
            net.add(name, address, ["198.51.100.0/24", "203.0.113.0/24"])
        net.add("scanner", SCANNER, ["192.0.2.0/24"])
        net.add("server", SERVER, ["192.0.2.0/24"])
        net.add("collector", COLLECTOR, ["192.0.2.0/24"])
        for name in SENSORS:
            teiten.ok("sensor", "add", name, "--store", self.store, "--url", URL, "--out", folder / f"{name}.toml")

    def start_collector(self):
        log = (self.folder / "collector.log").open("ab")
        self.collector = self.net.start("collector", self.teiten.program, "serve", "--listen", f"{COLLECTOR}:8443", "--name", COLLECTOR,
                                        "--store", self.store, stdout=log, stderr=log)
        wait_until("the collector listens", lambda: "LISTEN" in self.net.run("collector", "ss", "-ltn", "sport", "=", ":8443").stdout)

    def start_sensor(self, name):
        log = (self.folder / f"{name}.log").open("ab")
        self.sensors[name] = self.net.start(name, self.teiten.program, "sense", "--interface", "eth0", "--bundle", self.folder / f"{name}.toml",
                                            "--spool", self.folder / f"{name}.spool", "--batch-seconds", str(self.batch_seconds),
                                            stdout=log, stderr=log)

    def watching(self, name):
        status = self.teiten.run("sense", "--status", "--spool", self.folder / f"{name}.spool")
        return status.returncode == 0

    def start(self):
        self.start_collector()
        for name in SENSORS:
            self.start_sensor(name)
        for name in SENSORS:
            wait_until(f"{name} watches", lambda name=name: self.watching(name))


def exact_counts(teiten, folder):
    with Net() as net:
        fleet = Fleet(teiten, net, folder)
        fleet.start()
        capture = folder / "sent.pcap"
        tcpdump = net.start("scanner", "tcpdump", "-i", "eth0", "-Q", "out", "-U", "-s", "128", "-B", "16384", "-w", capture, "ip",
                            stderr=subprocess.PIPE)
        wait_until("tcpdump", lambda: capture.exists() and capture.stat().st_size >= 24)
        time.sleep(0.3)

        # What the sensors' hosts ask for while they are scanned.
        (folder / "download").write_bytes(bytes(4 << 20))
        net.start("server", sys.executable, "-m", "http.server", str(DOWNLOAD_PORT), "--directory", folder, stdout=subprocess.DEVNULL,
                  stderr=subprocess.DEVNULL)
        wait_until("the server listens", lambda: "LISTEN" in net.run("server", "ss", "-ltn", "sport", "=", f":{DOWNLOAD_PORT}").stdout)
        loads = [net.start(name, "curl", "-s", "-o", "/dev/null", f"http://{SERVER}:{DOWNLOAD_PORT}/download") for name in SENSORS]
        scan(net)
        send_radiation(net, folder, random.Random(7), 3000)
        for load in loads:
            equal("download", load.wait(), 0)
        time.sleep(1)
        tcpdump.send_signal(signal.SIGTERM)
        told = tcpdump.communicate()[1].decode()
        check("\n0 packets dropped by kernel" in told, f"the truth is not whole: {told}")
        sent = counted(capture)
        total = sum(sent.values())
        check(total > 3500, f"only {total} packets were sent")
        for process in fleet.sensors.values():
            process.send_signal(signal.SIGTERM)
        for name, process in fleet.sensors.items():
            equal(f"{name} ends", process.wait(30), 0)
        wait_until("all is stored", lambda: sum(stored(teiten, fleet.store).values()) >= total)
        fleet.collector.send_signal(signal.SIGTERM)
        equal("the collector ends", fleet.collector.wait(30), 0)
        held = stored(teiten, fleet.store)
        different = {key: (sent[key], held[key]) for key in sent | held if sent[key] != held[key]}
        check(not different, f"(sensor, service): (sent, stored) {dict(list(different.items())[:10])}")
        print(f"fleet: {total} packets to {len(SENSORS)} sensors, {len(sent)} (sensor, service) pairs: stored exactly")
        teiten.ok("doctor", "--store", fleet.store)


def main():
    import os
    if os.geteuid() != 0 or not all(shutil.which(tool) for tool in ("ip", "nmap", "masscan", "hping3", "tcpdump", "curl", "ss")):
        print("skipped: needs root, iproute2, nmap, masscan, hping3, tcpdump, curl")
        return SKIP
    teiten = Teiten(sys.argv[1])
    with tempfile.TemporaryDirectory() as folder:
        pathlib.Path(folder).chmod(0o755)
        exact_counts(teiten, pathlib.Path(folder))
    return 0


if __name__ == "__main__":
    sys.exit(main())
