#!/usr/bin/env python3
"""What must not make a finding does not: known research scanners, sensors that join, leave, fail or are replaced. Rises made by nothing
else, through the whole path; a rise at the sensors that stay is still found. Documentation addresses only."""
import datetime
import json
import pathlib
import shlex
import sys
import tempfile

from teiten_cli import Teiten, check, equal

FIRST, LAST, RISE = datetime.date(2007, 4, 1), datetime.date(2007, 7, 31), datetime.date(2007, 7, 16)
COLUMNS = ("time", "source", "sensor", "protocol", "destination_port", "region")
NOISE = (0, 2, -1, 3, -2, 1, -1, 1, -3, 2, 1, -2, 0, -1)
SCANNERS = """[[scanner]]
prefix = "198.51.100.0/24"
organisation = "Example Research"
source = "https://example.org/scans"
valid_from = 2007-07-01
"""


class Rows:
    """A CSV of what sensors saw, a row a packet."""

    def __init__(self):
        self.lines = []

    def add(self, day, sensor, source, port, region="JP"):
        hour = len(self.lines) % 24
        self.lines.append((f"{day}T{hour:02}:{len(self.lines) % 60:02}:00Z", source, f"sensor-{sensor}", "tcp", port, region))

    def ordinary(self, sensors, port=22, level=15, first=FIRST, last=LAST):
        """So many sources a day, a few more or less, spread over the sensors that `sensors` gives for the day."""
        for number in range((last - first).days + 1):
            day = first + datetime.timedelta(number)
            there = sensors(day)
            for i in range(level + NOISE[number % len(NOISE)]):
                self.add(day, there[i % len(there)], f"192.0.2.{i + 1}", port)

    def write(self, path):
        lines = sorted(self.lines)
        path.write_text("\n".join(",".join(map(str, line)) for line in [COLUMNS, *lines]) + "\n")
        return path


def days(first=RISE, last=LAST):
    return [first + datetime.timedelta(number) for number in range((last - first).days + 1)]


class Case:
    def __init__(self, teiten, folder):
        self.teiten, self.folder, self.number = teiten, folder, 0

    def store(self, path, *options):
        self.number += 1
        store = self.folder / f"{self.number}.db"
        self.teiten.ok("import", path, "--csv", ",".join(f"{name}={name}" for name in COLUMNS), "--store", store, *options)
        return store

    def findings(self, store):
        lines = self.teiten.ok("findings", "2007-07", "--store", store, "--tz", "UTC", "--format", "json").splitlines()
        return [json.loads(line) for line in lines]

    def told(self, store):
        """Ids of everything but levels, trends and what cannot be told."""
        return sorted(one["id"] for one in self.findings(store) if one["type"] not in ("level", "trend", "scanners", "cannot_tell"))


def scanners(case):
    """From 16 July one network rises on 22/tcp, brings 8123/tcp and asks for 7001, 7002 and 7003/tcp together."""
    rows = Rows()
    rows.ordinary(lambda day: range(5))
    rows.ordinary(lambda day: range(5), 80)
    for day in days():
        for i in range(15):
            # Two networks (/16), or nothing would be new: what lies in 203.0.113.0/24 is the smaller part.
            rows.add(day, i % 5, f"198.51.100.{i + 1}", 22, "US")
            rows.add(day, i % 5, f"198.51.100.{i + 1}", 8123, "US")
        for i in range(30):
            for port in (7001, 7002, 7003):
                rows.add(day, (i + port) % 5, f"198.51.100.{100 + i}", port, "US")
    rows.add(RISE, 1, "203.0.113.9", 8123, "US")
    path, listed = rows.write(case.folder / "scanners.csv"), case.folder / "scanners.toml"
    listed.write_text(SCANNERS)
    unlisted_store = case.store(path)
    unlisted = case.told(unlisted_store)
    check("scanners" not in [one["id"] for one in case.findings(unlisted_store)], "a finding about scanners that nobody names")
    for wanted in ("surge 22/tcp 2007-07-16", "new_service 8123/tcp", "family 7001+7002+7003/tcp"):
        check(wanted in unlisted, f"{wanted} is missing where nobody says that the network scans: {unlisted}")
    store = case.store(path, "--scanners", listed)
    equal("findings where only a known scanner rose", case.told(store), [])
    risen = case.teiten.count(store, "--from", RISE, "--to", "2007-08-01", "--where", "service=22/tcp", "--measure", "sources",
                              "--without-scanners")[0]
    equal("sources of 22/tcp without and with the scanner", (risen["sources"], risen["sources_with_scanners"]), (18, 33))
    # Asked for by --where as well, the filter belongs to the question: both numbers leave the scanner out.
    both = case.teiten.count(store, "--where", "scanner=-", "--without-scanners", "--measure", "sources")[0]
    equal("sources with and without, where the question itself leaves scanners out", both["sources_with_scanners"], both["sources"])
    said_in_the_report(case, store)
    left_out_of_the_report(case, store, rows)


def left_out_of_the_report(case, store, rows):
    """--without-scanners: as if the network had never come, and said so; both numbers of it stay."""
    ordinary = Rows()
    ordinary.lines = [line for line in rows.lines if not line[1].startswith("198.51.100.")]
    never_came = case.store(ordinary.write(case.folder / "never-came.csv"))
    for language, words in (("ja", "既知の調査スキャナーを除く"), ("en", "known research scanners are left out")):
        models = {}
        for name, options in (("left out", [store, "--without-scanners"]), ("never came", [never_came]), ("counted", [store])):
            out = case.folder / f"{name}-{language}".replace(" ", "-")
            case.teiten.ok("report", "2007-07", "--tz", "UTC", "--lang", language, "--out", out, "--store", *options)
            models[name] = json.loads((out / "report.json").read_text())
            check((words in models[name]["subtitle"]) == (name == "left out"), f"{name}: {models[name]['subtitle']}")
            subtitle = models[name]["subtitle"]
            check(f'<p class="subtitle">{subtitle}</p>' in (out / "report.html").read_text(), f"{name}: the page's header")
        shares = {name: [figure for figure in model["figures"] if figure["chart"] == "shares"] for name, model in models.items()}
        equal("figures of shares, left out = never came", shares["left out"] == shares["never came"], True)
        check(shares["left out"] != shares["counted"] and shares["left out"], "the scanner makes no difference")
        equal("both totals", models["left out"]["totals"]["without_scanners"], models["counted"]["totals"]["without_scanners"])
        check("scanners" in [one["id"] for one in models["left out"]["findings"]], "how much the scanners were is not said")
        for finding in models["left out"]["findings"]:
            check("--without-scanners" in finding["query"] or "scanner=-" in finding["query"], finding["query"])
            case.teiten.count(store, *shlex.split(finding["query"])[2:])
    case.teiten.refused("report", "2007-07", "--store", store, "--public", "--without-scanners", "--out", case.folder / "public",
                        status=2)


def said_in_the_report(case, store):
    """Both numbers, in both languages and in report.json; the finding's command gives them."""
    finding = next(one for one in case.findings(store) if one["type"] == "scanners")
    numbers = {number["name"]: number["value"] for number in finding["numbers"]}
    rows = case.teiten.count(store, *shlex.split(finding["query"])[2:])
    for measure in ("packets", "accesses", "sources", "source_days"):
        equal(f"{measure} without and with the scanner", (numbers[f"{measure}_without_scanners"], numbers[f"{measure}_with_scanners"]),
              (rows[0][measure], rows[0][f"{measure}_with_scanners"]))
    whole = case.teiten.count(store, "--month", "2007-07")[0]
    equal("packets of July", numbers["packets_with_scanners"], whole["packets"])
    # 16 days of 15 sources of two services and of 30 sources of three.
    equal("packets of the scanner", whole["packets"] - numbers["packets_without_scanners"], 16 * (15 * 2 + 30 * 3))
    for language, words in (("ja", "既知の調査スキャナー、1組織"), ("en", "networks of 1 organisation that says that it scans for research")):
        out = case.folder / f"report-{language}"
        case.teiten.ok("report", "2007-07", "--store", store, "--tz", "UTC", "--lang", language, "--out", out)
        model = json.loads((out / "report.json").read_text())
        equal("report.json's totals", model["totals"]["without_scanners"], {measure: rows[0][measure] for measure in
                                                                           ("packets", "accesses", "sources", "source_days")})
        first = next(section for section in model["sections"] if section["id"] == "1")
        check(any(words in block.get("text", "") for block in first["blocks"]), f"section 1 lacks {words}")


def each_at(rows, day, sensor, count, ports, first=1):
    """So many sources of their own at one sensor, for each port."""
    for i in range(count):
        for port in ports:
            rows.add(day, sensor, f"203.0.113.{first + 40 * sensor % 200 + i}", port)


def at_all(rows, day, sensors, count, ports):
    """So many sources, each at every sensor."""
    for i in range(count):
        for port in ports:
            for sensor in sensors:
                rows.add(day, sensor, f"192.0.2.{i + 1}", port)


def sensors_change(case):
    """None of these is a rise: what every sensor sees stays as it was."""
    for name, here in {
            # A sensor with five times the sources of others joins.
            "joined": lambda rows, day, number: [each_at(rows, day, sensor, (4 + NOISE[(number + sensor) % 14] % 2) * (1 if sensor < 3 else 5), (22, 80))
                                                 for sensor in range(3 + (day >= RISE))],
            # Two of four, nearly silent ones, leave.
            "left": lambda rows, day, number: [each_at(rows, day, sensor, 8 + NOISE[(number + sensor) % 14] if sensor < 2 else 1, (22, 80))
                                               for sensor in range(4 - 2 * (day >= RISE))],
            # Two quiet ones are replaced by two in a busy network.
            "replaced": lambda rows, day, number: [each_at(rows, day, sensor, (5 + NOISE[(number + sensor) % 14]) if sensor < 2 else
                                                           2 if sensor < 4 else 25, (22, 80))
                                                   for sensor in ((0, 1, 2, 3) if day < RISE else (0, 1, 4, 5))],
            # Every source comes to every sensor, and one of three fails for six days.
            "failed": lambda rows, day, number: at_all(rows, day, [s for s in range(3) if s < 2 or not 16 <= (day - RISE).days + 16 < 22],
                                                       60 + NOISE[number % 14], (22, 80))}.items():
        rows = Rows()
        for number, day in enumerate(days(FIRST)):
            here(rows, day, number)
        equal(f"findings where sensors {name}", case.told(case.store(rows.write(case.folder / f"{name}.csv"))), [])


def main():
    teiten = Teiten(sys.argv[1])
    with tempfile.TemporaryDirectory() as name:
        case = Case(teiten, pathlib.Path(name))
        scanners(case)
        sensors_change(case)
    return 0


sys.exit(main())
