#!/usr/bin/env python3
"""What a sensor costs: memory and processor time of its two processes while a scanner sends RATE packets a second, on a cable between
two network namespaces. Needs root; nothing leaves the machine.

usage: sensor_cost.py TEITEN [RATE [SECONDS]]"""
import os
import pathlib
import random
import socket
import struct
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "tests"))
from fleet_net import Net, wait_until  # noqa: E402

SENSOR, SCANNER = "192.0.2.7", "198.51.100.1"
SEND = "--send"


def send(mac, rate, seconds):
    """TCP SYNs, each from a source and to a port drawn at random."""
    wire = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
    wire.bind(("eth0", 0))
    macs = bytes.fromhex(mac.replace(":", "")) + b"\2\0\0\0\0\1"
    begun = time.monotonic()
    for number in range(int(rate * seconds)):
        source = random.choice((b"\xc6\x33\x64", b"\xcb\0\x71")) + bytes([random.randrange(1, 255)])
        ip = struct.pack("!BBHHHBBH", 0x45, 0, 40, number & 0xffff, 0, 55, 6, 0) + source + socket.inet_aton(SENSOR)
        # A bridge may look at it.
        total = sum(struct.unpack("!10H", ip))
        total = (total & 0xffff) + (total >> 16)
        ip = ip[:10] + struct.pack("!H", (total + (total >> 16) & 0xffff) ^ 0xffff) + ip[12:]
        tcp = struct.pack("!HHIIBBHHH", random.randrange(1024, 65536), random.randrange(1, 10000), number, 0, 0x50, 2, 1024, 0, 0)
        due = begun + number / rate
        if (ahead := due - time.monotonic()) > 0:
            time.sleep(ahead)
        wire.send(macs + b"\x08\0" + ip + tcp)
    print(f"sent {int(rate * seconds)} in {time.monotonic() - begun:.1f} s")


def field(path, name):
    with open(path) as file:
        for line in file:
            if line.startswith(name + ":"):
                return int(line.split()[1])
    raise KeyError(name)


def processor(pid):
    """Seconds so far."""
    with open(f"/proc/{pid}/stat") as file:
        values = file.read().rsplit(")", 1)[1].split()
    return (int(values[11]) + int(values[12])) / os.sysconf("SC_CLK_TCK")


def main():
    teiten = os.path.abspath(sys.argv[1])
    rate = float(sys.argv[2]) if len(sys.argv) > 2 else 1000
    seconds = float(sys.argv[3]) if len(sys.argv) > 3 else 60
    with tempfile.TemporaryDirectory() as folder, Net("cost") as net:
        os.chmod(folder, 0o755)
        store, bundle, spool = f"{folder}/fleet.db", f"{folder}/home.toml", f"{folder}/spool"
        net.add("sensor", SENSOR, ["198.51.100.0/24", "203.0.113.0/24"])
        net.add("scanner", SCANNER, ["192.0.2.0/24"])
        net.add("collector", "203.0.113.9", ["192.0.2.0/24"])
        subprocess.run([teiten, "sensor", "add", "home", "--store", store, "--url", "https://203.0.113.9:8443", "--out", bundle], check=True,
                       stdout=subprocess.DEVNULL)
        net.start("collector", teiten, "serve", "--listen", "203.0.113.9:8443", "--name", "203.0.113.9", "--store", store,
                  stdout=subprocess.DEVNULL)
        sensor = net.start("sensor", teiten, "sense", "--interface", "eth0", "--bundle", bundle, "--spool", spool, stderr=subprocess.DEVNULL)

        def status():
            done = subprocess.run([teiten, "sense", "--status", "--spool", spool, "--format", "text"], capture_output=True, text=True)
            return dict(line.split(None, 1) for line in done.stdout.splitlines()) if done.returncode == 0 else {}
        wait_until("a batch at the collector", lambda: status().get("batches_acknowledged", "0") != "0", 60)
        with open(f"/proc/{sensor.pid}/task/{sensor.pid}/children") as children:
            pids = [sensor.pid, int(children.read())]
        before, begun = [processor(pid) for pid in pids], time.monotonic()
        print(net.run("scanner", sys.executable, __file__, SEND, net.mac("sensor"), rate, seconds, timeout=seconds * 3 + 60).stdout.strip())
        took = time.monotonic() - begun
        used = [processor(pid) - was for pid, was in zip(pids, before)]
        time.sleep(6)
        total_peak = total_pss = 0
        for name, pid, cpu in zip(("keeper", "watcher"), pids, used):
            peak = field(f"/proc/{pid}/status", "VmHWM") / 1024
            pss = field(f"/proc/{pid}/smaps_rollup", "Pss") / 1024
            total_peak, total_pss = total_peak + peak, total_pss + pss
            print(f"{name:8} peak {peak:5.1f} MB, its share {pss:5.1f} MB, processor {100 * cpu / took:4.1f} % of a core")
        print(f"{'both':8} peak {total_peak:5.1f} MB, their share {total_pss:5.1f} MB, processor {100 * sum(used) / took:4.1f} % of a core")
        told = status()
        print(f"frames {told['frames']}, unsolicited {told['packets_unsolicited']}, dropped {told['dropped']}")


if __name__ == "__main__":
    if sys.argv[1] == SEND:
        send(sys.argv[2], float(sys.argv[3]), float(sys.argv[4]))
    else:
        main()
