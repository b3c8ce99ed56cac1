#!/usr/bin/env python3
"""Every capture of the real data through import and inspect: a result or one clear line, every frame accounted for.

The same hundred packets as pcap, pcapng and nanosecond pcap give the same accesses. With TEITEN_QUICK (sanitizers, under which each
import takes a second) one file in ten is imported, the others are inspected only.
"""
import json
import os
import pathlib
import sys
import tempfile

from teiten_cli import SKIP, Teiten, check, equal, shared_data


def verdicts(teiten, path):
    """inspect's objects, without what names the file."""
    lines = [json.loads(line) for line in teiten.ok("inspect", path).splitlines()]
    for number, line in enumerate(lines, 1):
        check(line["frame"] == number, f"{path.name}: frame {line['frame']} at place {number}")
        del line["file"]
    return lines


def refused_in_one_line(done):
    return done.returncode == 1 and done.stderr.startswith(b"teiten: ") and done.stderr.count(b"\n") == 1


def one(teiten, path, folder):
    store = folder / "one.db"
    store.unlink(missing_ok=True)
    done = teiten.run("import", path, "--store", store, "--keep-local")
    text = done.stderr.decode(errors="replace")
    if done.returncode != 0:
        check(refused_in_one_line(done), f"{path.name}: exit {done.returncode}: {text!r}")
        return "refused"
    teiten.ok("doctor", "--store", store)
    lines = verdicts(teiten, path)
    unsolicited = [line for line in lines if line["verdict"] == "unsolicited"]
    counted = teiten.count(store, "--measure", "packets,accesses")
    packets, accesses = (counted[0]["packets"], counted[0]["accesses"]) if counted else (0, 0)
    # inspect leaves local sources out, import was told to keep them: compare what both count.
    kept = teiten.ok("inspect", path, "--keep-local").splitlines()
    kept = [line for line in map(json.loads, kept) if line["verdict"] == "unsolicited"]
    check(packets == len(kept), f"{path.name}: {packets} packets stored, {len(kept)} inspected")
    check(accesses == len({line["access"] for line in kept}), f"{path.name}: {accesses} accesses stored")
    check(len(unsolicited) <= len(kept), path.name)
    return "warned" if "warning" in text else "read"


def main():
    folders = [shared_data("pcap"), shared_data("pcap-odd")]
    if None in folders:
        print("skipped: the captures are not there")
        return SKIP
    teiten = Teiten(sys.argv[1])
    files = sorted(path for folder in folders for path in folder.iterdir() if path.suffix in (".pcap", ".pcapng", ".erf"))
    results = {}
    with tempfile.TemporaryDirectory() as name:
        for number, path in enumerate(files):
            if os.environ.get("TEITEN_QUICK") and number % 10 != 0:
                inspected = teiten.run("inspect", path)
                check(inspected.returncode == 0 or refused_in_one_line(inspected), f"{path.name}: {inspected.stderr!r}")
                continue
            result = one(teiten, path, pathlib.Path(name))
            results.setdefault(result, []).append(path.name)
    for result, names in sorted(results.items()):
        print(f"{result}: {len(names)}" + (f" ({', '.join(names)})" if len(names) < 20 else ""))
    check(len(results.get("refused", [])) < 10, "too many captures are refused")

    containers = [shared_data(f"pcap/test__traces__100_packets{end}") for end in (".pcap", ".pcapng", "ns.pcap")]
    first, *others = [verdicts(teiten, path) for path in containers]
    equal("packets in each container", len(first), 100)
    for path, other in zip(containers[1:], others):
        check(other == first, f"{path.name} differs from {containers[0].name}")
    print("ok: three containers, the same accesses")
    return 0


sys.exit(main())
