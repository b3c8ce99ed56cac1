#!/usr/bin/env python3
"""What people give a program: logs newest first, rotated, piped, imported twice, from elsewhere. Counts are worked out by hand."""
import json
import pathlib
import struct
import subprocess
import sys
import tarfile
import tempfile

from teiten_cli import Teiten, check, equal
from teiten_cli import ufw_line as line


class Logs:
    def __init__(self, teiten, folder):
        self.teiten, self.folder, self.number = teiten, folder, 0

    def write(self, text, name=None):
        self.number += 1
        path = self.folder / (name or f"{self.number}.log")
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    def store(self):
        self.number += 1
        return self.folder / f"{self.number}.db"

    def imported(self, *arguments, status=0, **options):
        """The store, what was printed and what was warned of."""
        store = self.store()
        done = self.teiten.run("import", *arguments, "--store", store, **options)
        check(done.returncode == status, f"import {arguments}: exit {done.returncode}: {done.stderr.decode()}")
        return store, done.stdout.decode(), done.stderr.decode()


def newest_first(logs):
    stamps = ["2026-08-10T12:00:00", "2026-08-10T08:00:00", "2026-08-10T04:00:00", "2026-08-10T00:00:00", "2026-08-09T12:00:00"]
    store, said, warned = logs.imported(logs.write("".join(line(s) for s in stamps)), "--sensor", "home")
    days = [(row["day"], row["packets"], row["accesses"]) for row in logs.teiten.count(store, "--by", "day")]
    equal("packets and accesses a day, newest first", days, [("2026-08-09", 1, 1), ("2026-08-10", 4, 4)])
    check("5 packets in 5 accesses" in said and "from 2026-08-09T12:00:00Z to 2026-08-10T12:00:00Z" in said, said)
    check("more than an hour after later ones" in warned, warned)
    near = "".join(line(f"2026-08-10T12:00:{second:02}") for second in (40, 20, 0))
    store, _, _ = logs.imported(logs.write(near), "--sensor", "home")
    equal("three retransmissions, newest first", logs.teiten.count(store)[0]["accesses"], 1)
    # Three hours and more, as `journalctl -r` writes them: every step around the hour that is put in order.
    long = logs.write("".join(line(f"2026-08-10T{second // 3600:02}:{second // 60 % 60:02}:{second % 60:02}") for second in range(12000, 0, -20)))
    store, _, _ = logs.imported(long, "--sensor", "home")
    equal("packets of 600 lines, newest first", logs.teiten.count(store)[0]["packets"], 600)
    equal("lines of inspect", logs.teiten.ok("inspect", long, "--sensor", "home").count("\n"), 600)


def stamps(logs):
    prefix = "x" * 60 + " "
    store, _, _ = logs.imported(logs.write(prefix + line("2024 Aug 19 06:25:20") + prefix + line("Aug 20 06:25:20")), "--sensor", "home")
    equal("days of stamps behind a long prefix", [row["day"] for row in logs.teiten.count(store, "--by", "day")],
          ["2024-08-19", "2024-08-20"])
    tokyo = logs.write(line("Thu 2026-05-07 11:57:48 JST") + line("2026-05-07 11:57:49 CEST"))
    store, said, _ = logs.imported(tokyo, "--sensor", "home", "--tz", "Asia/Tokyo")
    check("from 2026-05-07T02:57:48Z to 2026-05-07T02:57:48Z" in said and "invalid_time 1" in said, said)


def rejects(logs):
    """Each rejected record with its place and reason; formats with an example each."""
    log = logs.write(line("2026-08-10T12:00:00") + line("2026-08-10T12:00:01", source="0.0.0.0") + "a\tb\\c\x01\n"
                     + line("2199-01-01T00:00:00"), "rejects.log")
    table = logs.folder / "rejects.tsv"
    _, said, _ = logs.imported(log, "--sensor", "home", "--rejects", table)
    check("accepted 1 + rejected 3 = 4 records" in said, said)
    rows = [row.split("\t") for row in table.read_text().splitlines()]
    equal("header of the rejected records", rows[0], ["file", "line", "reason", "text"])
    equal("rejected records", [(row[0], row[1], row[2]) for row in rows[1:]],
          [(str(log), "2", "no_source"), (str(log), "3", "not_a_firewall_line"), (str(log), "4", "future_time")])
    equal("text of a rejected record", rows[2][3], "a\\tb\\\\c\\x01")
    done = logs.teiten.run("import", log, "--store", logs.store(), "--rejects", log)
    check(done.returncode == 2 and b"is an input" in done.stderr and log.read_text().count("\n") == 4, f"{done.stderr!r}")
    formats = logs.teiten.run("import", "--formats")
    check(formats.returncode == 0 and b"iptables: " in formats.stdout and b"PROTO=TCP" in formats.stdout, f"{formats.stdout!r}")
    wrong = logs.teiten.run("import", log, "--format", "nonsense", "--store", logs.store())
    check(wrong.returncode == 2 and b"pcap, iptables, csv" in wrong.stderr, f"{wrong.stderr!r}")


def flows(logs):
    """Records that stand for packets, in a tar archive of a broken JSON log."""
    def flow(number, packets):
        return json.dumps({"timestamp": f"2026-05-07T11:58:{number:02}+0000", "event_type": "flow", "src_ip": f"198.51.100.{number}",
                           "src_port": 40000, "dest_ip": "192.0.2.1", "dest_port": 1433, "proto": "TCP",
                           "flow": {"pkts_toserver": packets}, "tcp": {"tcp_flags_ts": "02"}})
    log = logs.write(f'{flow(1, 3)}\n{flow(2, 0)}\n{flow(3, 4)[:60]}\n{flow(4, 5)}\n{{"event_type":"dns","src_ip":"198.51.100.1"}}\n', "eve.json")
    archive = logs.folder / "eve.tar.gz"
    with tarfile.open(archive, "w:gz") as tar:
        tar.add(log, "logs/eve.json")
    store, said, _ = logs.imported(archive, "--sensor", "home")
    check("these stand for 11 packets" in said and "accepted 2 + rejected 3 = 5 records" in said, said)
    check("invalid_json 1, no_packets 1, not_a_connection 1" in said or "invalid_json 1, not_a_connection 1, no_packets 1" in said, said)
    row = logs.teiten.count(store)[0]
    equal("packets and accesses of flows", (row["packets"], row["accesses"]), (8, 2))
    doctor = logs.teiten.run("doctor", "--store", store)
    check(doctor.returncode == 0 and b"records 5 = given by the readers" in doctor.stdout, f"{doctor.stdout!r}")


def rotation(logs):
    empty, full = logs.write(""), logs.write(line("2026-08-10T12:00:00"))
    store, said, _ = logs.imported(empty, full, "--sensor", "home")
    equal("packets of a full log beside an empty one", logs.teiten.count(store)[0]["packets"], 1)
    late = logs.write("Aug 10 00:00:00 vps CRON[1]: a line of another program\n" * 4000 + line("Aug 10 12:00:00"))
    store, said, _ = logs.imported(late, "--sensor", "home", "--year", "2026")
    equal("packets of a log whose first 200 kB are others'", logs.teiten.count(store)[0]["packets"], 1)
    grown = "".join(line(f"2026-08-10T{hour:02}:00:00") for hour in range(10))
    store, _, warned = logs.imported(logs.write(grown[:grown.index("2026-08-10T05")]), "--sensor", "home")
    equal("warnings of a first import", warned, "")
    done = logs.teiten.run("import", logs.write(grown), "--sensor", "home", "--store", store)
    check(b"5 records left out" in done.stdout and done.stderr == b"" and done.returncode == 0, f"grown: {done!r}")
    equal("packets of a log that has grown", logs.teiten.count(store)[0]["packets"], 10)
    others = "".join(line(f"2026-08-10T{hour:02}:30:00") for hour in range(5))
    done = logs.teiten.run("import", logs.write(others), "--sensor", "home", "--store", store)
    check(b"sensor home has packets of 2026-08-10T00:30:00Z to 2026-08-10T04:00:00" in done.stderr and done.returncode == 0,
          f"overlap: {done.stderr!r}")
    print("ok: overlapping imports are told", flush=True)


def again(logs):
    path = logs.write(line("2026-08-10T12:00:00"))
    store, _, _ = logs.imported(path, "--sensor", "home")
    for options, warned in ((["--sensor", "home"], False), (["--sensor", "away"], True), (["--sensor", "home", "--tz", "Asia/Tokyo"], True)):
        done = logs.teiten.run("import", path, "--store", store, *options)
        check(done.returncode == 0 and (b"other options" in done.stderr) == warned, f"{options}: {done.stderr!r}")
    print("ok: an import with other options is not passed over in silence", flush=True)


def pipes(logs):
    path = logs.write(line("2026-08-10T12:00:00") + line("2026-08-10T13:00:00"))
    store = logs.store()
    for what, command in (("a process substitution", f"'{logs.teiten.program}' import <(cat '{path}') --sensor home --store '{store}'"),
                          ("/dev/stdin", f"cat '{path}' | '{logs.teiten.program}' import /dev/stdin --sensor home --store '{store}.2'")):
        done = subprocess.run(["bash", "-c", command], capture_output=True, timeout=60)
        check(done.returncode == 0 and b"2 packets in 2 accesses" in done.stdout, f"{what}: {done.stdout!r} {done.stderr!r}")
    print("ok: pipes are read once", flush=True)


def sensors(logs):
    rows = "time,host,src,proto,dpt\n" + "".join(f"2026-08-10 12:00:00,{host},198.51.100.7,{protocol},{port}\n" for host, protocol, port in (
        ("tokyo", "6.0", 23), ("s 2", "tcp", 23), ("o'x", "tcp", 23), ("x" * 65, "tcp", 23), ("大阪", "TCP", 23), ("tokyo", "gre", "")))
    store, said, _ = logs.imported(logs.write(rows, "s.csv"), "--csv", "time=time,sensor=host,source=src,protocol=proto,destination_port=dpt")
    equal("sensors and services", sorted((row["sensor"], row["service"]) for row in logs.teiten.count(store, "--by", "sensor,service")),
          [("tokyo", "23/tcp"), ("tokyo", "47/ip"), ("大阪", "23/tcp")])
    check("invalid_sensor 3" in said, said)
    twice = logs.write("time,src,src\n2026-08-10 12:00:00,198.51.100.7,198.51.100.8\n", "t.csv")
    text = logs.teiten.refused("import", twice, "--csv", "time=time,source=src", "--store", logs.store(), status=2)
    check("twice" in text, text)
    store, _, _ = logs.imported(logs.write(line("2026-08-10T12:00:00")), "--sensor", "six=::/0", "--sensor", "four=0.0.0.0/0")
    equal("sensor of an IPv4 packet", [row["sensor"] for row in logs.teiten.count(store, "--by", "sensor")], ["four"])


def sensor_before_files(logs):
    """What follows --sensor NAME is a file, not one more sensor."""
    first, second = logs.write(line("2026-08-10T12:00:00")), logs.write(line("2026-08-10T13:00:00", port=80))
    store = logs.store()
    logs.teiten.ok("import", "--sensor", "home=192.0.2.1", first, second, "--monitor", "192.0.2.9", "--store", store)
    equal("packets of two files behind --sensor", logs.teiten.count(store)[0]["packets"], 2)
    logs.teiten.ok("import", "--store", logs.store(), "--scanners", logs.write("", "none.toml"), "--sensor", "home", first)


def copies(logs):
    """One capture under two names in one command counts twice, and that is said."""
    frame = bytes.fromhex("450000280001000000060000c6336407c0000201") + bytes.fromhex("9c40001711223344000000005002040000000000")
    plain = struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 101) + struct.pack("<IIII", 1_186_000_000, 5, 40, 40) + frame
    swapped = struct.pack(">IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 101) + struct.pack(">IIII", 1_186_000_000, 5, 40, 40) + frame
    other = struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 101) + struct.pack("<IIII", 1_186_000_900, 5, 40, 40) + frame
    store, _, warned = logs.imported(logs.write(plain, "a.pcap"), logs.write(swapped, "b.pcap"), logs.write(other, "c.pcap"), "--sensor", "home")
    equal("packets of a capture, its copy and another", logs.teiten.count(store)[0]["packets"], 3)
    check("a.pcap and " in warned and "b.pcap hold as many frames" in warned and warned.count("as many frames") == 1, warned)


def rates(logs):
    def rate(store, *arguments):
        return logs.teiten.count(store, "--measure", "packets", *arguments)[0]["packets_per_sensor_day"]

    hours = "".join(line(f"2026-08-{1 + hour // 24:02}T{hour % 24:02}:30:00") for hour in range(48))
    store, _, _ = logs.imported(logs.write(hours), "--sensor", "home")
    equal("nominal rate of two days", rate(store, "--rate", "nominal"), 24.0)
    equal("nominal rate of half a day", rate(store, "--rate", "nominal", "--from", "2026-08-01", "--to", "2026-08-01T12:00"), 24.0)
    equal("nominal rate of an hour", rate(store, "--rate", "nominal", "--bucket", "hour"), 24.0)
    equal("nominal rate of a month", round(rate(store, "--rate", "nominal", "--bucket", "month"), 4), round(48 / 31, 4))
    equal("the same, asked otherwise", round(rate(store, "--rate", "nominal", "--month", "2026-08"), 4), round(48 / 31, 4))
    equal("rate where nobody watched", rate(store, "--rate", "observed", "--month", "2020-01"), None)
    store, _, _ = logs.imported(logs.write(line("2026-08-10T12:00:00")), "--sensor", "home")
    equal("observed rate of one line", rate(store, "--rate", "observed"), None)


def saturation(logs):
    """A log of at most 3 lines a minute: full on 3, 4 and 6 August, a third as full on the other days."""
    full = {3, 4, 6}
    text = "".join(line(f"2026-08-{day:02}T{minute // 60:02}:{minute % 60:02}:{20 * part:02}", source_port=10000 + minute + 10000 * part)
                   for day in range(1, 9) for minute in range(1440) for part in range(3 if day in full else 1))
    store, _, _ = logs.imported(logs.write(text), "--sensor", "home")
    equal("packets", logs.teiten.count(store, "--measure", "packets")[0]["packets"], 3 * 4320 + 5 * 1440)
    days = logs.teiten.count(store, "--by", "day", "--rate", "observed", "--from", "2026-08-02", "--to", "2026-08-05")
    equal("saturated days", [row["saturated_sensor_days"] for row in days], [0, 1, 1])
    equal("of the sensor", logs.teiten.count(store, "--by", "sensor", "--rate", "nominal")[0]["saturated_sensor_days"], 3)
    noted = logs.teiten.run("count", "--store", store).stderr.decode()
    check("home was saturated on 3 days (2026-08-03 to 2026-08-06)" in noted and "4,320 packets a day" in noted, noted)
    check(logs.teiten.run("count", "--store", store, "--from", "2026-08-07").stderr == b"", "no note where no day was full")
    check("3 days between 2026-08-03 and 2026-08-06 at 4,320" in logs.teiten.ok("doctor", "--store", store), "doctor says it")
    logs.teiten.ok("report", "2026-08", "--tz", "UTC", "--lang", "en", "--store", store, "--out", logs.folder / "saturated")
    report = json.loads((logs.folder / "saturated" / "report.json").read_text())
    equal("in the report", report["coverage"][0]["saturated_days"], ["2026-08-03", "2026-08-04", "2026-08-06"])
    check("home: 3 days (3 August to 6 August) were saturated" in (logs.folder / "saturated" / "report.md").read_text(), "a line says it")


def empty_month(logs):
    """A month that nobody watched, between two others: a report that says so, and no number of it."""
    text = "".join(line(f"2026-{month}-{day:02}T{hour:02}:00:00", source=f"198.51.100.{day}") for month in ("05", "07") for day in range(1, 29)
                   for hour in range(24))
    store, _, _ = logs.imported(logs.write(text), "--sensor", "home")
    for language, said in (("en", "In June 2026, no sensor watched: nothing can be said of this month's accesses."),
                           ("ja", "2026年6月に稼働していた観測点はなく、この月のアクセスについては何も判断できません。")):
        out = logs.folder / f"empty-{language}"
        logs.teiten.ok("report", "2026-06", "--tz", "UTC", "--lang", language, "--store", store, "--out", out)
        report = (out / "report.md").read_text()
        check(said in report, report[:1500])
        check(language == "ja" or "only May 2026 has data" in report, report[:1500])
        check(" 0 distinct" not in report and "、0個の" not in report, "a count where nobody counted")
        equal("sensors and numbers of the month", json.loads((out / "report.json").read_text())["totals"]["sensors"], 0)
    text = logs.teiten.refused("report", "2027-02", "--store", store, "--out", logs.folder / "never")
    check("has no data for 2027-02" in text, text)


def odd_questions(logs):
    store, _, _ = logs.imported(logs.write(line("2026-08-10T12:00:00")), "--sensor", "home")
    for arguments in (["--by", "day,week"], ["--by", "day", "--bucket", "hour"], ["--month", "2026-08", "--from", "2026-08-02"],
                      ["--top", "-1"], ["--top", "99999999999999999999"], ["--measure", "packets,packets"], ["--tz", "Mars/Olympus"]):
        logs.teiten.refused("count", "--store", store, *arguments, status=2)
    done = logs.teiten.run("count", "--store", store, "--where", "sensor=hme")
    check(b"no sensor 'hme'" in done.stderr, f"unknown sensor: {done.stderr!r}")
    for wanted, arguments in (("two outputs", ["simulate", "talot2-2007", "--pcap", logs.folder / "a", "--truth", logs.folder / "a"]),
                              ("name one", ["simulate", "talot2-2007", "--pcap", "-"]),
                              ("name a folder", ["report", "2026-08", "--store", store, "--out", ""])):
        text = logs.teiten.refused(*arguments, status=2)
        check(wanted in text, text)
    text = logs.teiten.refused("import", logs.write(line("2026-08-10T12:00:00")), "--store", logs.folder / "nowhere" / "s.db")
    check("there is no folder" in text, text)
    with open("/dev/full", "wb") as full:
        done = subprocess.run([logs.teiten.program, "count", "--store", str(store)], stdout=full, stderr=subprocess.PIPE)
    check(done.returncode == 1 and b"bug" not in done.stderr and done.stderr.startswith(b"teiten: standard output"), f"{done.stderr!r}")
    print("ok: odd questions get one line", flush=True)


def main():
    with tempfile.TemporaryDirectory() as name:
        logs = Logs(Teiten(sys.argv[1]), pathlib.Path(name))
        for part in (newest_first, stamps, rejects, flows, rotation, again, pipes, sensors, sensor_before_files, copies, rates, saturation, empty_month, odd_questions):
            part(logs)
    return 0


sys.exit(main())
