#!/usr/bin/env python3
"""Imports every file of some folders, each in a process and a store of its own, and says what became of it.

usage: run.py TEITEN PATH… [--memory MB] [--seconds N] [--jobs N] [--all]

A file is `read`, `warned` (read, with a warning), or `refused` (one line, exit 1). Everything else is a fault: a signal, another
status, more than one line of refusal, more memory (peak resident) or time than allowed, a store that `teiten doctor` finds wrong, or another number of
frames than capinfos counts where that is installed and reads the file as a whole. Prints a line for each fault (each file with
--all) and a table of verdicts; exit status 1 if there was a fault.
"""
import argparse
import collections
import concurrent.futures
import os
import pathlib
import re
import resource
import shutil
import subprocess
import sys
import tempfile
import time

Outcome = collections.namedtuple("Outcome", "path verdict detail seconds megabytes")
RECORDS = re.compile(r"^([\d,]+) (frames|records|frames and records) from ", re.MULTILINE)


def run(command, seconds):
    """Status (None: took too long), output, errors, seconds, peak resident megabytes of one process."""
    with tempfile.TemporaryFile() as output, tempfile.TemporaryFile() as errors:
        begun = time.monotonic()
        process = subprocess.Popen(command, stdout=output, stderr=errors, stdin=subprocess.DEVNULL,
                                   env={**os.environ, "TZ": "UTC", "LC_ALL": "C.UTF-8"},
                                   preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_CORE, (0, 0)))
        usage = None
        while usage is None and time.monotonic() - begun < seconds:
            pid, status, used = os.wait4(process.pid, os.WNOHANG)
            usage = used if pid else None
            if usage is None:
                time.sleep(0.005)
        if usage is None:
            process.kill()
            _, status, usage = os.wait4(process.pid, 0)
            code = None
        else:
            code = os.waitstatus_to_exitcode(status)
        process.returncode = 0  # it was waited for
        took = time.monotonic() - begun
        output.seek(0)
        errors.seek(0)
        return code, output.read().decode(errors="replace"), errors.read().decode(errors="replace"), took, usage.ru_maxrss / 1024


def capinfos(path):
    """Frames of a capture that capinfos reads to its end, else None."""
    if not shutil.which("capinfos"):
        return None
    done = subprocess.run(["capinfos", "-T", "-M", "-c", "-r", str(path)], capture_output=True, text=True, errors="replace", check=False,
                          env={**os.environ, "LC_ALL": "C.UTF-8"})
    line = done.stdout.strip()
    if done.returncode != 0 or "error" in done.stderr.lower() or not line:
        return None
    count = line.split("\t")[-1]
    return int(count) if count.isdigit() else None


def judge(teiten, path, limits):
    with tempfile.TemporaryDirectory() as folder:
        store = pathlib.Path(folder) / "one.db"
        code, output, errors, seconds, megabytes = run([teiten, "import", str(path), "--store", str(store), "--keep-local"], limits.seconds)

        def outcome(verdict, detail=""):
            return Outcome(path, verdict, detail, seconds, megabytes)

        if code is None:
            return outcome("too slow", f"more than {limits.seconds} s")
        if megabytes > limits.memory:
            return outcome("too large", f"{megabytes:.0f} MB")
        if code < 0:
            return outcome("crashed", f"signal {-code}")
        if code == 1:
            whole = errors.startswith("teiten: ") and errors.count("\n") == 1
            return outcome("refused", errors.strip()) if whole else outcome("unclear", repr(errors[:200]))
        if code != 0:
            return outcome("unclear", f"exit {code}: {errors[:200]!r}")
        if store.exists():
            healthy, told, _, _, _ = run([teiten, "doctor", "--store", str(store)], limits.seconds)
            if healthy != 0:
                return outcome("not conserved", next((line for line in told.splitlines() if line.startswith("BAD")), f"doctor: {healthy}"))
        frames = RECORDS.search(output)
        if frames and frames.group(2) == "frames":
            expected = capinfos(path)
            if expected is not None and expected != int(frames.group(1).replace(",", "")):
                return outcome("miscounted", f"{frames.group(1)} frames, capinfos counts {expected}")
        return outcome("warned" if "warning" in errors else "read")


def files_of(paths):
    for path in map(pathlib.Path, paths):
        yield from sorted(x for x in path.rglob("*") if x.is_file()) if path.is_dir() else [path]


def main():
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("teiten")
    parser.add_argument("paths", nargs="+")
    parser.add_argument("--memory", type=int, default=600, metavar="MB")
    parser.add_argument("--seconds", type=int, default=120)
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    parser.add_argument("--all", action="store_true", help="a line for every file")
    arguments = parser.parse_args()
    good = {"read", "warned", "refused"}
    verdicts = collections.defaultdict(list)
    with concurrent.futures.ThreadPoolExecutor(arguments.jobs) as pool:
        for outcome in pool.map(lambda path: judge(arguments.teiten, path, arguments), files_of(arguments.paths)):
            verdicts[outcome.verdict].append(outcome)
            if arguments.all or outcome.verdict not in good:
                print(f"{outcome.verdict:14}{outcome.seconds:8.2f} s{outcome.megabytes:8.0f} MB  {outcome.path}  {outcome.detail}", flush=True)
    print(f"{'verdict':14}{'files':>8}{'slowest':>10}{'largest':>10}")
    for verdict, outcomes in sorted(verdicts.items()):
        print(f"{verdict:14}{len(outcomes):8}{max(x.seconds for x in outcomes):8.2f} s{max(x.megabytes for x in outcomes):7.0f} MB")
    if not verdicts:
        print("no files")
    return 0 if verdicts and set(verdicts) <= good else 1


if __name__ == "__main__":
    sys.exit(main())
