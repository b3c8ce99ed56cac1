#!/usr/bin/env python3
"""The whole path on simulated traffic: capture in, counts out, and whatever must not change the answer."""
import gzip
import json
import os
import pathlib
import socket
import subprocess
import sys
import tempfile
import time

from teiten_cli import Teiten, check, equal, frames_of, split_pcap

ARGUMENTS = ("talot2-2007", "--scale", "0.02")


def naive_count(path, sensors):
    """Packets and distinct sources by destination port, straight from the bytes: Ethernet, IPv4, TCP SYN only."""
    packets, sources = {}, {}
    for _, frame in frames_of(path):
        header = (frame[14] & 15) * 4
        if frame[23] != 6 or frame[14 + header + 13] & 0x3f != 0x02 or socket.inet_ntoa(frame[30:34]) not in sensors:
            continue
        port = int.from_bytes(frame[14 + header + 2:14 + header + 4], "big")
        packets[port] = packets.get(port, 0) + 1
        sources.setdefault(port, set()).add(frame[26:30])
    return {f"{port}/tcp": (count, len(sources[port])) for port, count in packets.items()}


def same_answer(teiten, folder, reference, name, *arguments, stdin=None):
    store = folder / f"{name}.db"
    teiten.ok("import", *arguments, "--sensors", folder / "s.toml", "--store", store, stdin=stdin)
    teiten.ok("doctor", "--store", store)
    check(teiten.everything(store) == reference, f"{name} gives another answer")
    print(f"ok: {name} gives the same answer", flush=True)
    return store


def counts(teiten, folder, store):
    truth = json.loads((folder / "t.json").read_text())
    total = sum(1 for _ in frames_of(folder / "t.pcap"))
    equal("packets = frames written", teiten.count(store)[0]["packets"], total)
    equal("packets in the truth", sum(month["packets"] for month in truth["months"]), total)
    for month in truth["months"]:
        ours = teiten.count(store, "--month", month["month"], "--tz", "Asia/Tokyo")[0]
        for measure in ("packets", "accesses", "sources", "source_days"):
            check(ours[measure] == month[measure], f"{month['month']}: {measure} {ours[measure]}, planted {month[measure]}")
    print("ok: packets, accesses, sources and source_days of every month as planted", flush=True)
    sensors = {line.split('"')[1].split("/")[0] for line in (folder / "s.toml").read_text().splitlines() if "addresses" in line}
    naive = naive_count(folder / "t.pcap", sensors)
    rows = teiten.count(store, "--where", "kind=scan", "--where", "protocol=tcp", "--by", "service")
    ours = {row["service"]: (row["packets"], row["sources"]) for row in rows}
    check(ours == naive, "packets and sources by TCP port differ from the naive count")
    print(f"ok: {len(naive)} TCP ports as counted from the bytes", flush=True)
    inspected = [json.loads(line) for line in
                 teiten.ok("inspect", folder / "t.pcap", "--sensors", folder / "s.toml").splitlines()]
    numbers = {line["access"] for line in inspected if line["verdict"] == "unsolicited"}
    equal("accesses that inspect numbers", sorted(numbers), list(range(1, teiten.count(store)[0]["accesses"] + 1)))


SIGNED = {"zmap": ("zmap", 8001), "zmap_4_1": ("zmap", 8002), "masscan": ("masscan", 8003), "masscan_2023": ("masscan", 8004),
          "mirai": ("mirai", 8005), "nmap": ("nmap", 8006), "unicornscan": ("unicornscan", 8007),
          "windows": ("connect_windows", 8008), "linux": ("connect_linux", 8009), "raw": ("none", 8010)}


def scenario_of_tools():
    """One family a sender, each with a port of its own."""
    lines = ['name = "tools"', 'description = "one family a tool"', "utc_offset_hours = 9", "first_day = 2024-05-01",
             "last_day = 2024-05-10"]
    for number in (1, 2, 3):
        lines += ["[[sensor]]", f'name = "s{number}"', f'address = "192.0.2.{number * 70}"']
    for sender, (tool, port) in SIGNED.items():
        repeat = "syn" if tool.startswith("connect") else "once"
        lines += ["[[family]]", f'name = "{sender}"', "visits = 20", "contacts = 4", f'repeat = "{repeat}"', f'tool = "{sender}"',
                  f'services = {{ "{port}/tcp" = 1.0 }}', "regions = { JP = 0.5, US = 0.5 }"]
    return "\n".join(lines) + "\n"


def tools(teiten, folder):
    (folder / "tools.toml").write_text(scenario_of_tools())
    teiten.ok("simulate", folder / "tools.toml", "--pcap", folder / "tools.pcap", "--truth", folder / "tools.json",
              "--sensors", folder / "tools-sensors.toml")
    store = folder / "tools.db"
    teiten.ok("import", folder / "tools.pcap", "--sensors", folder / "tools-sensors.toml", "--store", store)
    truth = json.loads((folder / "tools.json").read_text())
    equal("senders in the truth", {family["family"]: family["tool"] for family in truth["families"]}, {s: s for s in SIGNED})
    planted = {family["family"]: family["accesses"] for family in truth["months"][0]["families"]}
    seen = {}
    for row in teiten.count(store, "--by", "service,tool"):
        seen.setdefault(int(row["service"].split("/")[0]), {})[row["tool"]] = row["accesses"]
    for sender, (tool, port) in SIGNED.items():
        found = seen[port]
        equal(f"accesses by {sender}", sum(found.values()), planted[sender])
        check(set(found) <= {tool, tool + "?", "none"}, f"{sender} is taken for {sorted(found)}")
        if tool in ("nmap", "unicornscan"):
            # The first SYN of a source shows no pair and the second one pair: mostly closed before more is known.
            check(found[tool] > 0.45 * planted[sender], f"{sender}: {found}")
        elif tool.startswith("connect"):
            # Rows that end with a quarter of an hour between the SYNs know less.
            check(found[tool] > 0.95 * planted[sender], f"{sender}: {found}")
        else:
            check("none" not in found or tool == "none", f"{sender} is not recognised: {found}")
            check(found[tool] > 0.6 * planted[sender], f"{sender}: {found}")
    print("ok: the tools of ten senders are recognised, and no other", flush=True)
    scanners(teiten, folder)


def scanners(teiten, folder):
    """A source that a list names from one day on."""
    rows = [json.loads(line) for line in
            teiten.ok("inspect", folder / "tools.pcap", "--sensors", folder / "tools-sensors.toml").splitlines()]
    sources = {}
    for row in rows:
        sources.setdefault(row["source"], set()).add(row["access"])
    source = max(sorted(sources), key=lambda s: len(sources[s]))
    (folder / "known.toml").write_text(f'[[scanner]]\nprefix = "{source}/32"\norganisation = "Example Research"\n'
                                       'source = "https://example.org/scans"\nvalid_from = 2024-05-01\n')
    store = folder / "known.db"
    teiten.ok("import", folder / "tools.pcap", "--sensors", folder / "tools-sensors.toml", "--store", store, "--scanners",
              folder / "known.toml")
    whole = teiten.count(store)[0]
    known = teiten.count(store, "--where", "scanner=Example Research")[0]
    equal("accesses of the known scanner", known["accesses"], len(sources[source]))
    rest = teiten.count(store, "--without-scanners")[0]
    equal("with scanners", rest["accesses_with_scanners"], whole["accesses"])
    equal("without scanners", rest["accesses"], whole["accesses"] - known["accesses"])
    equal("sources without scanners", rest["sources"], whole["sources"] - 1)
    (folder / "bad.toml").write_text('[[scanner]]\nprefix = "192.0.2.1/24"\n')
    teiten.refused("import", folder / "t.pcap", "--scanners", folder / "bad.toml", "--store", folder / "errors.db", status=2)
    print("ok: known scanners are marked and can be left out", flush=True)


def odd_inputs(teiten, folder):
    store = folder / "errors.db"
    teiten.refused("import", folder / "missing.pcap", "--store", store)
    teiten.refused("import", folder, "--store", store)
    (folder / "noise").write_bytes(bytes(range(256)) * 40)
    teiten.refused("import", folder / "noise", "--store", store)
    teiten.refused("import", folder / "t.pcap", "--store", folder / "noise")
    teiten.refused("count", "--store", folder / "nowhere.db")
    teiten.refused("import", folder / "t.pcap", "--sensor", "a=300.1.2.3", "--store", store, status=2)
    teiten.refused("import", folder / "t.pcap", "--geo", folder / "missing.mmdb", "--store", store)
    (folder / "broken.mmdb").write_bytes(b"no database" * 100)
    teiten.refused("import", folder / "t.pcap", "--geo", folder / "broken.mmdb", "--store", store)
    teiten.refused("count", "--store", folder / "one.db", "--by", "nonsense", status=2)
    teiten.refused("count", "--store", folder / "one.db", "--where", "service=http", status=2)
    teiten.refused("report", "1999-01", "--store", folder / "one.db", "--out", folder / "r")
    teiten.refused("nonsense", status=2)
    print("ok: bad input gets one line", flush=True)


def cut_short(teiten, folder):
    whole = (folder / "t.pcap").read_bytes()
    (folder / "short.pcap").write_bytes(whole[:-7])
    done = teiten.run("import", folder / "short.pcap", "--sensors", folder / "s.toml", "--store", folder / "short.db")
    check(done.returncode == 0 and b"warning" in done.stderr, "a capture cut short is imported with a warning")
    equal("frames of a capture cut short", teiten.count(folder / "short.db")[0]["packets"],
          sum(1 for _ in frames_of(folder / "t.pcap")) - 1)


def holds(process, path):
    """Whether the process has the file open."""
    try:
        return any(os.path.realpath(entry) == str(path) for entry in pathlib.Path(f"/proc/{process.pid}/fd").iterdir())
    except OSError:
        return False


def busy(teiten, folder):
    store = (folder / "one.db").resolve()
    holder = subprocess.Popen([teiten.program, "import", "-", "--store", store], stdin=subprocess.PIPE,
                              stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        # The store is opened once there is something to read, and held while more may come.
        holder.stdin.write((folder / "t.pcap").read_bytes()[:10_000])
        holder.stdin.flush()
        until = time.monotonic() + 60
        # Only looked at from outside: a second import that came first would be the holder.
        while not holds(holder, store):
            check(holder.poll() is None and time.monotonic() < until, "an import of standard input opens its store")
            time.sleep(0.02)
        text = teiten.refused("import", folder / "t.pcap", "--store", store)
        check(str(holder.pid) in text, f"a held store: {text!r}")
        print("ok: a store that is held names its holder", flush=True)
    finally:
        holder.kill()
        holder.wait()


def main():
    teiten = Teiten(sys.argv[1])
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        capture = folder / "t.pcap"
        teiten.ok("simulate", *ARGUMENTS, "--pcap", capture, "--truth", folder / "t.json", "--sensors", folder / "s.toml")
        store = folder / "one.db"
        said = teiten.ok("import", capture, "--sensors", folder / "s.toml", "--store", store)
        reference = teiten.everything(store)
        accesses = sum(month["accesses"] for month in json.loads((folder / "t.json").read_text())["months"])
        check(f" packets in {accesses:,} accesses\n" in said, f"import does not say {accesses:,} accesses: {said}")
        counts(teiten, folder, store)

        again = teiten.ok("import", capture, "--sensors", folder / "s.toml", "--store", store)
        check("already" in again, again)
        (folder / "renamed.gz").write_bytes(gzip.compress(capture.read_bytes(), 1))
        teiten.ok("import", folder / "renamed.gz", "--sensors", folder / "s.toml", "--store", store)
        check(teiten.everything(store) == reference, "the same content again changed the store")
        print("ok: importing twice, renamed and compressed, is importing once", flush=True)

        frames = sum(1 for _ in frames_of(capture))
        split_pcap(capture, folder / "a.pcap", folder / "b.pcap", frames // 2)
        same_answer(teiten, folder, reference, "two_halves", folder / "b.pcap", folder / "a.pcap")
        same_answer(teiten, folder, reference, "one_thread", capture, "--threads", "1")
        same_answer(teiten, folder, reference, "five_threads", capture, "--threads", "5")
        same_answer(teiten, folder, reference, "small_batches", capture, "--batch-packets", "500")
        same_answer(teiten, folder, reference, "compressed", folder / "renamed.gz")
        same_answer(teiten, folder, reference, "standard_input", "-", stdin=capture.read_bytes())
        tools(teiten, folder)
        odd_inputs(teiten, folder)
        cut_short(teiten, folder)
        busy(teiten, folder)
    return 0


sys.exit(main())
