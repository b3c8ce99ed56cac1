"""Runs the teiten program from tests, and reads and writes the little that they need. Standard library only."""
import json
import os
import pathlib
import struct
import subprocess
import sys

SKIP = 77


class Teiten:
    def __init__(self, program):
        self.program = str(pathlib.Path(program).resolve())

    def run(self, *arguments, stdin=None, timeout=600):
        return subprocess.run([self.program, *map(str, arguments)], input=stdin, capture_output=True, timeout=timeout,
                              env={**os.environ, "TZ": "UTC", "LC_ALL": "C.UTF-8"})

    def ok(self, *arguments, **options):
        done = self.run(*arguments, **options)
        if done.returncode != 0:
            fail(f"{arguments[0]} exited {done.returncode}: {done.stderr.decode(errors='replace')}")
        return done.stdout.decode()

    def refused(self, *arguments, status=1, **options):
        """The one line that it says instead of doing it."""
        done = self.run(*arguments, **options)
        text = done.stderr.decode(errors="replace")
        check(done.returncode == status, f"{arguments}: exit {done.returncode}, wanted {status}: {text}")
        check(text.startswith("teiten: ") and text.count("\n") == 1, f"{arguments}: not one line: {text!r}")
        return text

    def count(self, store, *arguments):
        lines = self.ok("count", "--store", store, "--format", "json", *arguments).splitlines()
        return [json.loads(line) for line in lines]

    def everything(self, store):
        """The whole content of a store as teiten counts it: what two equal stores have in common."""
        return [self.count(store, "--by", "day,sensor,service,region,kind"),
                self.count(store, "--by", "service,kind,tool,payload,scanner"), self.count(store, "--by", "sensor,target"),
                self.count(store)]


def ufw_line(stamp, source="198.51.100.7", source_port=40000, port=23):
    return (f"{stamp} vps kernel: [UFW BLOCK] IN=ens3 OUT= SRC={source} DST=192.0.2.1 LEN=40 TOS=0x00 PREC=0x00 TTL=244 ID=54321 "
            f"PROTO=TCP SPT={source_port} DPT={port} WINDOW=1024 RES=0x00 SYN URGP=0\n")


def fail(message):
    print(f"FAILED: {message}", flush=True)
    sys.exit(1)


def check(condition, message):
    if not condition:
        fail(message)


def equal(what, got, wanted):
    check(got == wanted, f"{what}: got {got!r}, wanted {wanted!r}")
    print(f"ok: {what} = {wanted!r}"[:160], flush=True)


def shared_data(name):
    """A file of the real data, or None where it is missing."""
    here = pathlib.Path(__file__).resolve().parent.parent
    root = pathlib.Path(os.environ.get("TEITEN_SHARED_DATA", here.parent / "shared" / "data"))
    path = root / name
    return path if path.exists() else None


def split_pcap(path, first, second, at):
    """Writes the first `at` frames of a little-endian pcap to `first`, the others to `second`."""
    data = pathlib.Path(path).read_bytes()
    header, offset = data[:24], 24
    for _ in range(at):
        offset += 16 + struct.unpack_from("<I", data, offset + 8)[0]
    pathlib.Path(first).write_bytes(data[:offset])
    pathlib.Path(second).write_bytes(header + data[offset:])


def frames_of(path):
    """The frames of a little-endian pcap: (time in µs, bytes), read without teiten."""
    data = pathlib.Path(path).read_bytes()
    offset = 24
    while offset < len(data):
        seconds, micros, captured, _ = struct.unpack_from("<IIII", data, offset)
        yield seconds * 1_000_000 + micros, data[offset + 16:offset + 16 + captured]
        offset += 16 + captured
