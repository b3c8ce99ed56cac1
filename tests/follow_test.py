"""Logs that live: grown, rotated, overlapping and followed ones count every line once.

Expected numbers are those of the lines that this test wrote itself.
"""
import gzip
import os
import pathlib
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time

from teiten_cli import Teiten, check, equal

TEITEN = Teiten(sys.argv[1])
PATIENCE = 60


def line(number):
    seconds = 6 * 3600 + number * 7
    stamp = f"Aug 16 {seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"
    return (f"{stamp} vps kernel: [{1000 + number}.000001] [UFW BLOCK] IN=ens3 OUT= MAC= SRC=198.51.100.{number % 200 + 1} "
            f"DST=192.0.2.1 LEN=40 TOS=0x00 PREC=0x00 TTL=244 ID={number} PROTO=TCP SPT=40000 "
            f"DPT={[22, 23, 445, 1433][number % 4]} WINDOW=1024 RES=0x00 SYN URGP=0\n")


LINES = [line(number) for number in range(4000)]


def packets(store):
    return TEITEN.count(store, "--measure", "packets")[0]["packets"]


def healthy(store):
    TEITEN.ok("doctor", "--store", store)


def add(store, path, sensor="home"):
    return TEITEN.ok("import", path, "--store", store, "--year", "2026", "--sensor", sensor)


def grown_and_rotated(folder):
    store = folder / "grown.db"
    log = folder / "a.log"
    log.write_text("".join(LINES[:400]))
    add(store, log)
    # Grown, and cut in the middle of a line that is whole the next time.
    log.write_text("".join(LINES[:700]) + LINES[700][:60])
    add(store, log)
    log.write_text("".join(LINES[:720]))
    add(store, log)
    equal("a log that has grown twice", packets(store), 720)
    with gzip.open(folder / "a.log.1.gz", "wt") as rotated:
        rotated.write("".join(LINES[:800]))
    add(store, folder / "a.log.1.gz")
    equal("grown, renamed and compressed", packets(store), 800)
    (folder / "b.log").write_text("".join(LINES[650:1000]))
    text = add(store, folder / "b.log", sensor="cabin")
    check("left out" in text and "sensor home" in text, f"the same feed under another name is said: {text}")
    equal("rotations that overlap", packets(store), 1000)
    (folder / "old.log").write_text("".join(LINES[100:300]))
    check("nothing new" in add(store, folder / "old.log"), "a part of a known log is nothing new")
    (folder / "all.log").write_text("".join(LINES[:1100]))
    add(store, folder / "all.log")
    equal("a log that holds several known ones", packets(store), 1100)
    healthy(store)
    store = folder / "both.db"
    TEITEN.ok("import", folder / "a.log", folder / "b.log", "--store", store, "--year", "2026")
    equal("overlapping logs given together", packets(store), 1000)
    equal("the same as one log", TEITEN.everything(store), reference(folder, LINES[:1000]))
    store = folder / "repeats.db"
    (folder / "repeats.log").write_text(LINES[0] * 5 + LINES[1] * 2)
    add(store, folder / "repeats.log")
    equal("equal lines in one file are retransmissions", packets(store), 7)


def reference(folder, lines):
    log, store = folder / "reference.log", folder / "reference.db"
    store.unlink(missing_ok=True)
    log.write_text("".join(lines))
    TEITEN.ok("import", log, "--store", store, "--year", "2026")
    return TEITEN.everything(store)


class Follower:
    def __init__(self, store, *logs):
        self.store = store
        self.process = subprocess.Popen(
            [TEITEN.program, "import", "--follow", *map(str, logs), "--store", str(store), "--year", "2026", "--interval", "0.1"],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, env={**os.environ, "TZ": "UTC", "LC_ALL": "C.UTF-8"})

    def wait_for(self, wanted):
        until = time.monotonic() + PATIENCE
        seen = None
        while time.monotonic() < until:
            done = TEITEN.run("count", "--store", self.store, "--measure", "packets", "--format", "csv")
            if done.returncode == 0:
                seen = int(done.stdout.split()[1])
                if seen >= wanted:
                    break
            check(self.process.poll() is None, f"it goes on: {self.process.stderr.read() if self.process.poll() else ''}")
            time.sleep(0.05)
        equal("followed", seen, wanted)

    def stop(self):
        self.process.send_signal(signal.SIGINT)
        output, errors = self.process.communicate(timeout=PATIENCE)
        check(self.process.returncode == 0, f"Ctrl-C ends it well: {errors.decode()}")
        return output.decode()

    def kill(self):
        self.process.kill()
        self.process.communicate()


def append(log, lines):
    with open(log, "a") as file:
        file.write("".join(lines))


def followed(folder):
    store, log = folder / "follow.db", folder / "f.log"
    follower = Follower(store, log)
    append(log, LINES[:100])
    follower.wait_for(100)
    append(log, LINES[100:150] + [LINES[150][:40]])
    follower.wait_for(150)
    append(log, [LINES[150][40:]])
    follower.wait_for(151)
    # Rotation as logrotate does it: the logger writes to the old file until it is told.
    log.rename(folder / "f.log.1")
    append(folder / "f.log.1", LINES[151:170])
    follower.wait_for(170)
    append(log, LINES[170:200])
    follower.wait_for(200)
    # copytruncate
    shutil.copy(log, folder / "f.log.2")
    os.truncate(log, 0)
    time.sleep(0.3)
    append(log, LINES[200:220])
    follower.wait_for(220)
    follower.kill()
    append(log, LINES[220:260])
    follower = Follower(store, log)
    follower.wait_for(260)
    # While nobody follows: rotated, compressed, and another file begun.
    follower.stop()
    append(log, LINES[260:280])
    with gzip.open(folder / "f.log.3.gz", "wt") as rotated:
        rotated.write(log.read_text())
    log.write_text("".join(LINES[280:300]))
    follower = Follower(store, log)
    follower.wait_for(300)
    text = follower.stop()
    check("records" in text, f"it says what it did: {text}")
    healthy(store)
    equal("as if it were one log", TEITEN.everything(store), reference(folder, LINES[:300]))


def killed(folder):
    """kill -9 at random instants while a log grows: every line once."""
    random.seed(5)
    store, log = folder / "killed.db", folder / "k.log"
    log.write_text("")
    written = 0
    for _ in range(12):
        follower = Follower(store, log)
        until = time.monotonic() + random.uniform(0.05, 0.6)
        while time.monotonic() < until:
            more = random.randint(1, 20)
            append(log, LINES[written:written + more])
            written += more
            time.sleep(0.02)
        follower.kill()
    follower = Follower(store, log)
    follower.wait_for(written)
    follower.stop()
    healthy(store)
    equal("killed twelve times", packets(store), written)


def main():
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        grown_and_rotated(folder)
        followed(folder)
        killed(folder)


main()
