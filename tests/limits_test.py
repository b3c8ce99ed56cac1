#!/usr/bin/env python3
"""Files made to exhaust a reader, and disks and files that fail: bounded memory, one clear line, and what was whole is kept.

Each import is a process of its own, whose peak of resident memory is looked at. TEITEN_QUICK leaves out what takes longer than a
few seconds.
"""
import gzip
import os
import pathlib
import struct
import subprocess
import sys
import tempfile

from teiten_cli import Teiten, check, equal, ufw_line

QUICK = "TEITEN_QUICK" in os.environ
# Sanitizers multiply what a process takes: the bounds hold for the program that users run.
MEASURED = not QUICK
ONLY = os.environ.get("LIMITS_ONLY", "").split()
RAW = 101
LAUNCHER = ("import pathlib, resource, subprocess, sys; code = subprocess.run(sys.argv[2:]).returncode; "
            "pathlib.Path(sys.argv[1]).write_text(str(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)); sys.exit(code)")
SYN = bytes.fromhex("9c40059911223344000000005002040000000000")


def line(second, source="198.51.100.7", port=23):
    return ufw_line(f"2026-08-10T12:{second // 60:02}:{second % 60:02}", source, port=port).encode()


def ipv4_syn(source):
    return struct.pack(">BBHHHBBH4s4s", 0x45, 0, 40, 1, 0, 244, 6, 0, bytes(source), bytes([192, 0, 2, 1])) + SYN


def block(kind, body):
    body += bytes(-len(body) % 4)
    return struct.pack("<II", kind, len(body) + 12) + body + struct.pack("<I", len(body) + 12)


SECTION = block(0x0A0D0D0A, struct.pack("<IHHq", 0x1A2B3C4D, 1, 0, -1))
INTERFACE = block(1, struct.pack("<HHI", RAW, 0, 65535))


def enhanced(number, frame):
    time = 1_186_000_000_000_000 + number
    return block(6, struct.pack("<IIIII", 0, time >> 32, time & 0xFFFFFFFF, len(frame), len(frame)) + frame)


class Limits:
    def __init__(self, teiten, folder):
        self.teiten, self.folder, self.number = teiten, folder, 0

    def store(self):
        self.number += 1
        return self.folder / f"{self.number}.db"

    def imported(self, name, path, megabytes):
        """(packets in the store, what was said on stdout, on stderr)."""
        store = self.store()
        # Started by a small process: a child's peak begins with that of the process it was forked from.
        peak_file = self.folder / "peak"
        done = subprocess.run([sys.executable, "-c", LAUNCHER, peak_file, self.teiten.program, "import", path, "--sensor", "home",
                               "--store", store], capture_output=True, env={**os.environ, "TZ": "UTC"})
        said, warned = done.stdout.decode(), done.stderr.decode()
        check(done.returncode == 0, f"{name}: exit {done.returncode}: {warned[-500:]}")
        peak = int(peak_file.read_text()) // 1024
        print(f"{name}: {peak} MB", flush=True)
        check(not MEASURED or peak < megabytes, f"{name}: {peak} MB, wanted < {megabytes}")
        packets = self.teiten.count(store)[0]["packets"]
        self.teiten.ok("doctor", "--store", store)
        store.unlink()
        return packets, said, warned


def bombs(limits):
    """Zeros without end behind sound lines: 20 members of 64 MiB."""
    zeros = gzip.compress(bytes(64 << 20), 9)
    path = limits.folder / "bomb.gz"
    path.write_bytes(gzip.compress(line(0) + line(1)) + zeros * 20)
    packets, _, warned = limits.imported("gzip bomb", path, 200)
    equal("packets before the bomb", packets, 2)
    check("decompression bomb" in warned and str(path) in warned, warned)


def long_line(limits):
    path = limits.folder / "long.log"
    with path.open("wb") as log:
        log.write(line(0) + b"y")
        log.seek(1 << 30, os.SEEK_CUR)  # a hole: zeros
        log.write(b"\n" + line(1))
    packets, said, _ = limits.imported("a line of 1 GiB", path, 200)
    equal("packets around the line", packets, 2)
    check("line_too_long 1" in said, said)


def large_block(limits):
    """A block that says 4 GiB, with and without the bytes."""
    frames = SECTION + INTERFACE + enhanced(0, ipv4_syn([198, 51, 100, 7])) + enhanced(1, ipv4_syn([198, 51, 100, 8]))
    for name, hole in (("said", 0), ("there", (1 << 32) - 16)):
        path = limits.folder / "block.pcapng"
        with path.open("wb") as capture:
            capture.write(frames + struct.pack("<II", 0xBAD, 0xFFFFFFFC) + bytes(4))
            capture.seek(hole, os.SEEK_CUR)
            capture.write(enhanced(2, ipv4_syn([198, 51, 100, 9])))
        packets, _, warned = limits.imported(f"a block of 4 GiB, {name}", path, 200)
        equal("packets before the block", packets, 2)
        check("a block of 4294967292 bytes" in warned and warned.count("\n") <= 2, warned)


def interfaces(limits):
    path = limits.folder / "interfaces.pcapng"
    path.write_bytes(SECTION + INTERFACE + enhanced(0, ipv4_syn([198, 51, 100, 7])) + INTERFACE * 1_000_000
                     + enhanced(1, ipv4_syn([198, 51, 100, 8])))
    packets, _, warned = limits.imported("10^6 interfaces", path, 200)
    equal("packets before the 65,537th interface", packets, 1)
    check("more than 65536 interfaces" in warned, warned)


def sources(limits):
    """Different sources in one second, more than accesses may be open: closed early, none lost."""
    count = 1_000_000 if QUICK else 10_000_000
    path = limits.folder / "sources.pcap"
    step = 1 << 20
    with path.open("wb") as capture:
        capture.write(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, RAW))
        for first in range(0, count, step):
            number = min(step, count - first)
            frame = ipv4_syn([11, 0, 0, 0])
            size = 16 + len(frame)
            chunk = bytearray((struct.pack("<IIII", 1_186_000_000, 0, len(frame), len(frame)) + frame) * number)
            # Sources from 11.0.0.0 on, one byte of all frames at a time.
            chunk[16 + 15::size] = bytes(i & 0xFF for i in range(256)) * (number // 256) + bytes(range(number % 256))
            chunk[16 + 14::size] = bytes((i >> 8) & 0xFF for i in range(number))
            chunk[16 + 13::size] = bytes(((first + i) >> 16) & 0xFF for i in range(number))
            capture.write(chunk)
    packets, said, _ = limits.imported(f"{count:,} sources in a second", path, 500)
    equal("packets of as many sources", packets, count)
    check(f"open_accesses {count - (1 << 19):,}" in said, said)
    path.unlink()


def json_nesting(limits):
    """Nested a million times deep, and a record of 64 MiB: what stands before and after it is read."""
    record = (b'{"timestamp":"2026-08-10T12:00:00.000000+0000","flow_id":1,"event_type":"flow","src_ip":"198.51.100.7","src_port":40000,'
              b'"dest_ip":"192.0.2.1","dest_port":23,"proto":"TCP","flow":{"pkts_toserver":1,"bytes_toserver":60,'
              b'"start":"2026-08-10T12:00:00.000000+0000"}}\n')
    for name, hostile in (("deep", b'{"a":' * 1_000_000 + b"1" + b"}" * 1_000_000 + b"\n"),
                          ("arrays", b"[" * 1_000_000 + b"\n"),
                          ("large", b'{"a":"' + b"x" * (64 << 20) + b'"}\n')):
        path = limits.folder / "nested.json"
        path.write_bytes(record + hostile + record)
        packets, said, _ = limits.imported(f"JSON, {name}", path, 300)
        equal(f"packets around it ({name})", packets, 2)


def avro_long(number):
    """Avro's zig-zag varint."""
    number <<= 1
    out = b""
    while number > 0x7F:
        out += bytes([number & 0x7F | 0x80])
        number >>= 7
    return out + bytes([number])


def avro_text(text):
    return avro_long(len(text)) + text


def avro(limits):
    """FlowTuple files that make libavro ask for memory: a block of more than 64 MiB, and 6 × 60 MiB in the header."""
    names = ["time", "src_ip", "dst_ip", "src_port", "dst_port", "protocol", "ttl", "tcp_flags", "ip_len", "packet_cnt"]
    schema = ('{"type":"record","name":"flowtuple","namespace":"org.caida.corsaro","fields":['
              + ",".join(f'{{"name":"{name}","type":"long"}}' for name in names) + "]}").encode()
    metadata = avro_text(b"avro.schema") + avro_text(schema) + avro_text(b"avro.codec") + avro_text(b"null")
    sync = b"s" * 16
    record = b"".join(map(avro_long, [1_600_000_020, 0xC6336407, 0xC0000201, 40000, 23, 6, 244, 2, 40, 3]))
    sound = avro_long(2) + avro_long(2 * len(record)) + record * 2 + sync
    path = limits.folder / "block.avro.gz"
    path.write_bytes(gzip.compress(b"Obj\x01" + avro_long(2) + metadata + avro_long(0) + sync + sound
                                   + avro_long(1) + avro_long((64 << 20) + 1) + bytes((64 << 20) + 1) + sync, 1))
    packets, _, warned = limits.imported("Avro block of 64 MiB and a byte", path, 200)
    equal("packets before the block", packets, 6)
    check(str(path) in warned and warned.count("\n") == 1, warned)
    header = b"".join(avro_text(b"more%d" % i) + avro_text(bytes(60 << 20)) for i in range(6))
    path.write_bytes(gzip.compress(b"Obj\x01" + avro_long(8) + metadata + header + avro_long(0) + sync + sound, 1))
    peak = limits.folder / "peak"
    done = subprocess.run([sys.executable, "-c", LAUNCHER, peak, limits.teiten.program, "import", path, "--format", "flowtuple",
                           "--store", limits.store()], capture_output=True, env={**os.environ, "TZ": "UTC"})
    text = done.stderr.decode()
    print(f"Avro header of 360 MiB: {int(peak.read_text()) // 1024} MB: {text.strip()}"[:250], flush=True)
    check(done.returncode == 1 and text.startswith("teiten: ") and text.count("\n") == 1, f"exit {done.returncode}: {text!r}")
    check(not MEASURED or int(peak.read_text()) // 1024 < 450, "memory")
    path.unlink()


def sensor_names(limits):
    """A table of 10,001 sensors: the last is one too many; a file of as many is refused."""
    path = limits.folder / "sensors.csv"
    path.write_text("time,sensor,source,protocol,dport\n" + "".join(
        f"2026-08-10T12:00:00,s{i},198.51.100.7,TCP,23\n" for i in range(10_001)))
    store = limits.store()
    said = limits.teiten.ok("import", path, "--csv", "time=time,sensor=sensor,source=source,protocol=protocol,destination_port=dport", "--store", store)
    check("invalid_sensor 1" in said, said)
    equal("sensors of the table", len(limits.teiten.count(store, "--by", "sensor")), 10_000)
    sensors = limits.folder / "sensors.toml"
    sensors.write_text("".join(f'[[sensor]]\nname = "s{i}"\naddresses = ["10.{i >> 8}.{i & 255}.0/32"]\n' for i in range(10_001)))
    good = limits.folder / "good.log"
    good.write_bytes(line(0))
    text = limits.teiten.refused("import", good, "--sensors", sensors, "--store", limits.store())
    check("more than 10000 sensors" in text, text)


def failing_files(limits):
    teiten, folder = limits.teiten, limits.folder
    good = folder / "good.log"
    good.write_bytes(line(0) + line(1))
    store = limits.store()
    teiten.ok("import", good, "--sensor", "home", "--store", store)
    before = teiten.everything(store)
    more = folder / "more.log"
    more.write_bytes(line(2) + line(3))

    def unchanged(name, text, words):
        check(any(word in text for word in words), f"{name}: {text!r}")
        check(teiten.everything(store) == before, f"{name}: the store has changed")
        print(f"ok: {name}: {text.strip()}"[:200], flush=True)

    unchanged("a folder", teiten.refused("import", more, folder, "--sensor", "home", "--store", store), ["directory"])
    unchanged("no such file", teiten.refused("import", more, folder / "gone.log", "--sensor", "home", "--store", store), ["gone.log"])
    unchanged("a device", teiten.refused("import", "/dev/zero", "--sensor", "home", "--store", store), ["/dev/zero"])
    dangling = folder / "dangling.log"
    dangling.symlink_to(folder / "nowhere")
    unchanged("a link to nothing", teiten.refused("import", dangling, "--sensor", "home", "--store", store), ["dangling.log"])
    pipe = folder / "pipe"
    os.mkfifo(pipe)
    with subprocess.Popen(["bash", "-c", f"cat '{good}' > '{pipe}'"]):
        piped = limits.store()
        teiten.ok("import", pipe, "--sensor", "home", "--store", piped)
    equal("packets through a named pipe", teiten.count(piped)[0]["packets"], 2)
    if os.geteuid() == 0:
        not_permitted(limits, more, store, unchanged)
    else:
        print("not root: permissions and full disks are left out", flush=True)


def not_permitted(limits, more, store, unchanged):
    """As another user: a log and a folder that are not theirs."""
    more.chmod(0o600)
    limits.folder.chmod(0o755)

    def as_nobody(*arguments):
        done = subprocess.run([limits.teiten.program, *map(str, arguments)], capture_output=True, user=65534, group=65534,
                              env={"TZ": "UTC", "PATH": os.environ["PATH"], "HOME": "/"})
        text = done.stderr.decode()
        check(done.returncode == 1 and text.startswith("teiten: ") and text.count("\n") == 1, f"exit {done.returncode}: {text!r}")
        return text

    with tempfile.TemporaryDirectory() as theirs:
        os.chmod(theirs, 0o777)
        if subprocess.run([limits.teiten.program, "--version"], capture_output=True, user=65534).returncode != 0:
            print("another user can't run the program here: permissions are left out", flush=True)
            return
        unchanged("a log of somebody else", as_nobody("import", more, "--sensor", "home", "--store", f"{theirs}/t.db"), ["ermission"])
        more.chmod(0o644)
        unchanged("a store of somebody else", as_nobody("import", more, "--sensor", "home", "--store", store), ["ermission"])
        unchanged("a folder of somebody else", as_nobody("import", more, "--sensor", "home", "--store", limits.folder / "new.db"),
                  ["ermission"])


def full_disk(limits):
    """A store on a disk of 96 MB that is filled up: the store of before stays, and grows once there is room."""
    disk = limits.folder / "disk"
    disk.mkdir()
    if os.geteuid() != 0 or subprocess.run(["mount", "-t", "tmpfs", "-o", "size=96m", "tmpfs", disk], capture_output=True).returncode != 0:
        print("no disk can be mounted here: full disks are left out", flush=True)
        return
    try:
        store = disk / "t.db"
        first, second = limits.folder / "first.log", limits.folder / "second.log"
        first.write_bytes(b"".join(line(s % 3600, f"198.51.100.{s % 250}", 1 + s // 250) for s in range(20_000)))
        second.write_bytes(b"".join(line(s % 3600, f"203.0.113.{s % 250}", 1 + s // 250) for s in range(600_000)))
        teiten = limits.teiten
        teiten.ok("import", first, "--sensor", "home", "--store", store)
        before = teiten.everything(store)
        room = os.statvfs(disk)
        (disk / "filler").write_bytes(bytes(room.f_bavail * room.f_frsize - (1 << 20)))
        text = teiten.refused("import", second, "--sensor", "home", "--store", store)
        check("space" in text or "full" in text.lower(), text)
        print(f"ok: full disk: {text.strip()}"[:200], flush=True)
        check(teiten.everything(store) == before, "the store is not as it was before the disk was full")
        (disk / "filler").unlink()
        teiten.ok("doctor", "--store", store)
        teiten.ok("import", second, "--sensor", "home", "--store", store)
        equal("packets once there is room", teiten.count(store)[0]["packets"], 620_000)
        new = disk / "new.db"
        room = os.statvfs(disk)
        (disk / "filler").write_bytes(bytes(room.f_bavail * room.f_frsize))
        text = teiten.refused("import", second, "--sensor", "home", "--store", new)
        check("space" in text, text)
        check(not new.exists(), "a store that could not be made is left behind")
    finally:
        subprocess.run(["umount", disk], check=True)


def main():
    teiten = Teiten(sys.argv[1])
    with tempfile.TemporaryDirectory() as name:
        limits = Limits(teiten, pathlib.Path(name))
        tests = [long_line, large_block, interfaces, json_nesting, avro, sensor_names, failing_files, full_disk, sources]
        for test in tests if QUICK else [bombs, *tests]:
            if not ONLY or test.__name__ in ONLY:
                test(limits)
    return 0


if __name__ == "__main__":
    sys.exit(main())
