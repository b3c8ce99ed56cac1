#!/usr/bin/env python3
"""Frames that teiten reads = frames that Wireshark's capinfos counts, for every capture at hand.

usage: capinfos_test.py CAPTURE_FRAMES_PROGRAM [DATA_FOLDER]

The captures lie in DATA_FOLDER/{pcap,pcap-odd}; TEITEN_SHARED_DATA names another folder. Exits with 77 (skipped) where
the folder or capinfos is missing. A file that capinfos reads only up to some damage must give the same number of whole
frames and a warning.
"""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

# Files (by the end of their name) that may differ, and why.
JUSTIFIED = {
    ".erf": "an Endace ERF record stream is neither pcap nor pcapng; teiten says that it is no capture file",
}
STOPPED = re.compile(r"An error occurred after reading (\d+) packets")


def capinfos_count(path):
    """(frames or None if capinfos cannot read it at all, whether it met damage)"""
    done = subprocess.run(["capinfos", "-T", "-M", "-c", "-r", str(path)], capture_output=True, text=True, check=False,
                          env={**os.environ, "LC_ALL": "C.UTF-8"})
    stopped = STOPPED.search(done.stderr)
    if stopped:
        return int(stopped.group(1)), True
    line = done.stdout.strip()
    return (int(line.split("\t")[-1]), False) if line else (None, False)


def teiten_counts(program, paths):
    done = subprocess.run([program, *map(str, paths)], capture_output=True, text=True, check=True)
    rows = [line.split("\t", 2) for line in done.stdout.splitlines()]
    return {Path(name): (frames, message) for name, frames, message in rows}


def compare(path, frames, message):
    """What is wrong with one file, or None."""
    expected, damaged = capinfos_count(path)
    if any(path.name.endswith(end) for end in JUSTIFIED):
        return None if frames == "error" else f"justified as unreadable, but gives {frames} frames"
    if expected is None:
        return None if frames != "error" or message else "an error without a sentence"
    if frames != str(expected):
        return f"capinfos counts {expected}, teiten {frames} ({message})"
    if damaged and not message:
        return "damaged according to capinfos, but no warning"
    if message and not damaged:
        return f"whole according to capinfos, but: {message}"
    return None


def main():
    program = sys.argv[1]
    data = Path(os.environ.get("TEITEN_SHARED_DATA") or (sys.argv[2] if len(sys.argv) > 2 else "../shared/data"))
    paths = [p for folder in ("pcap", "pcap-odd") for p in sorted((data / folder).glob("*")) if p.suffix != ".tsv"]
    if not paths:
        print(f"skipped: no captures in {data}/pcap and {data}/pcap-odd")
        return 77
    if shutil.which("capinfos") is None:
        print("skipped: capinfos (Debian's wireshark-common) is not installed")
        return 77
    counts = teiten_counts(program, paths)
    wrong = 0
    for path in paths:
        problem = compare(path, *counts[path])
        if problem:
            wrong += 1
            print(f"{path.name}: {problem}")
    print(f"{len(paths)} captures compared, {wrong} wrong")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
