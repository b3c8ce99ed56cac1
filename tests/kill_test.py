#!/usr/bin/env python3
"""kill -9 at random instants of an import, again and again; then the same command once more: as if nothing had happened."""
import os
import pathlib
import random
import signal
import subprocess
import sys
import tempfile
import time

from teiten_cli import Teiten, check

KILLS = 10 if os.environ.get("TEITEN_QUICK") else 100
KILLS_PER_STORE = 5


def stopped(teiten, folder, chance):
    """Ctrl-C leaves whole batches, says so in one line, and the same command goes on to the same store."""
    teiten.ok("simulate", "talot2-2007", "--scale", "0.3", "--pcap", folder / "l.pcap", "--sensors", folder / "l.toml")
    command = ["import", folder / "l.pcap", "--sensors", folder / "l.toml", "--batch-packets", "5000", "--store"]
    begun = time.monotonic()
    teiten.ok(*command, folder / "whole.db")
    duration = time.monotonic() - begun
    reference = teiten.everything(folder / "whole.db")
    for attempt in range(30):
        store = folder / f"stopped{attempt}.db"
        process = subprocess.Popen([teiten.program, *map(str, command), str(store)], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        time.sleep(chance.uniform(0.3, 0.8) * duration)
        process.send_signal(signal.SIGINT)
        said = process.communicate()[1].decode()
        if process.returncode != 1 or "stopped" not in said:
            continue  # before the program had begun, or after its last record
        check(said.startswith("teiten: ") and said.count("\n") == 1, f"not one line: {said!r}")
        teiten.ok(*command, store)
        teiten.ok("doctor", "--store", store)
        check(teiten.everything(store) == reference, "stopped and gone on: another store than a clean import gives")
        print("ok: Ctrl-C, then the same command: as a clean import")
        return
    check(False, "no Ctrl-C came in time")


def main():
    teiten = Teiten(sys.argv[1])
    chance = random.Random(20070701)
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        teiten.ok("simulate", "talot2-2007", "--scale", "0.02", "--pcap", folder / "t.pcap", "--sensors", folder / "s.toml")
        command = ["import", folder / "t.pcap", "--sensors", folder / "s.toml", "--batch-packets", "1500", "--store"]
        otherwise_cut = ["import", folder / "t.pcap", "--sensors", folder / "s.toml", "--batch-packets", "2100", "--store"]
        stopped(teiten, folder, chance)
        begun = time.monotonic()
        teiten.ok(*command, folder / "clean.db")
        duration = time.monotonic() - begun
        reference = teiten.everything(folder / "clean.db")
        kills = finished = 0
        round_number = 0
        while kills < KILLS:
            round_number += 1
            store = folder / f"{round_number}.db"
            for _ in range(KILLS_PER_STORE):
                process = subprocess.Popen([teiten.program, *map(str, command), str(store)], stdout=subprocess.DEVNULL,
                                           stderr=subprocess.DEVNULL)
                try:
                    process.wait(chance.uniform(0, duration))
                    finished += 1
                    break
                except subprocess.TimeoutExpired:
                    process.kill()
                    process.wait()
                    kills += 1
            # Other batches than those that the killed run left must not pass for them.
            teiten.ok(*(otherwise_cut if round_number % 3 == 0 else command), store)
            teiten.ok("doctor", "--store", store)
            check(teiten.everything(store) == reference, f"round {round_number}: another store than a clean import gives")
            for left in folder.glob(f"{round_number}.db*"):
                left.unlink()
        print(f"ok: {kills} kills in {round_number} stores ({finished} imports ended before their kill): each as a clean import")
    return 0


sys.exit(main())
