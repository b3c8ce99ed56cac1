#!/usr/bin/env python3
"""The public report against somebody who tries to get out of it what it withholds.

Small months with documentation addresses, full of counts that must not be published: services of two sources, services of two
sensors, services and days that one source dominates, days of three sources, rests of one source. Everything printed is taken
as a linear equation over the unknown accesses: by service and by region, by day and month, in both languages, by both
conventions, of this month and of the one before. Solving them (exactly, as if nothing were rounded) must give no sum of
accesses that breaks the rules, and with the rounding no bounds that pin a withheld count down. Who knows how days are chosen and takes a
day for as large as the others must come no nearer. The rules are written here a second time."""
import collections
import csv
import datetime
import itertools
import json
import pathlib
import sys
import tempfile

from teiten_cli import Teiten, check, equal, fail

COLUMNS = "time=time,sensor=sensor,source=source,protocol=protocol,source_port=source_port,destination_port=destination_port,region=region"
SENSORS = ("minato-adsl", "kita-hikari", "higashi-cable", "nishi-mobile")
MONTHS = (("2024-06", 30), ("2024-07", 31))
PRIME = 2**61 - 1
Packet = collections.namedtuple("Packet", "month day sensor source service region")


class Traffic:
    """Packets, one access each (a source port of its own)."""

    def __init__(self):
        self.packets = []

    def add(self, month, day, source, service, region, count=1, sensor=None):
        for i in range(count):
            where = SENSORS[(source_number(source) + day + i) % 4] if sensor is None else SENSORS[sensor]
            self.packets.append(Packet(month, day, where, source, service, region))

    def crowd(self, service, net, first, count, regions, months=(0, 1), days=None, each=1, sensor=None):
        for month in months:
            for day in days or range(1, MONTHS[month][1] + 1):
                for i in range(count):
                    self.add(month, day, f"{net}.{first + i}", service, regions[i % len(regions)], each,
                             None if sensor is None else sensor[i % len(sensor)])

    def write(self, path):
        with open(path, "w", newline="") as out:
            rows = csv.writer(out)
            rows.writerow(("time", "sensor", "source", "protocol", "source_port", "destination_port", "region"))
            for i, packet in enumerate(self.packets):
                port, protocol = packet.service.split("/")
                time = f"{MONTHS[packet.month][0]}-{packet.day:02}T{i % 24:02}:{i // 24 % 60:02}:{i // 1440 % 60:02}Z"
                rows.writerow((time, packet.sensor, packet.source, protocol, 1024 + i % 60000, port, packet.region))


def source_number(source):
    return int(source.rsplit(".", 1)[1])


NET1, NET2, NET3 = "192.0.2", "198.51.100", "203.0.113"


def base():
    traffic = Traffic()
    traffic.crowd("1433/tcp", NET1, 1, 60, ("CN", "CN", "JP", "US"))
    traffic.crowd("445/tcp", NET1, 61, 40, ("JP", "CN"))
    # Named for the month, but with a day of three sources in July.
    traffic.crowd("22/tcp", NET2, 1, 24, ("US", "CN", "KR"), months=(0,))
    traffic.crowd("22/tcp", NET2, 1, 24, ("US", "CN", "KR"), months=(1,), days=[d for d in range(1, 32) if d != 9])
    traffic.crowd("22/tcp", NET2, 1, 3, ("US",), months=(1,), days=[9])
    # One source makes most of one day, but not of the month.
    traffic.crowd("23/tcp", NET2, 41, 25, ("BR", "US", "CN"))
    traffic.add(1, 20, f"{NET2}.41", "23/tcp", "BR", 150)
    # Two sensors only; one source nearly alone; two sources; new in July.
    traffic.crowd("8888/tcp", NET2, 81, 30, ("CN", "JP"), days=range(3, 6), sensor=(0, 1))
    traffic.crowd("9999/tcp", NET2, 121, 25, ("JP",), days=[12])
    traffic.add(1, 12, f"{NET2}.121", "9999/tcp", "JP", 190)
    traffic.crowd("7777/tcp", NET3, 1, 2, ("IS",), days=[7, 8], each=4)
    traffic.crowd("5555/udp", NET3, 11, 22, ("JP", "US"), months=(1,), days=range(22, 32))
    return traffic


def with_rest():
    """As it is, with enough other services every day."""
    traffic = base()
    traffic.crowd("6000/tcp", NET3, 101, 7, ("US", "JP"))
    return traffic


def small_days():
    """One service and one region have a small day among good ones."""
    traffic = Traffic()
    traffic.crowd("1433/tcp", NET1, 1, 60, ("CN", "CN", "JP", "US"))
    traffic.crowd("445/tcp", NET1, 61, 40, ("JP", "CN"))
    for days, sources in (([d for d in range(1, 32) if d != 9], 24), ([9], 3)):
        traffic.crowd("22/tcp", NET2, 1, sources, ("KR",), months=(1,), days=days)
    traffic.crowd("22/tcp", NET2, 1, 24, ("KR",), months=(0,))
    traffic.crowd("6000/tcp", NET3, 101, 7, ("DE",))
    return traffic


def thin_rest():
    """In July one source is all there is beside four services that may be named, and one region has one source."""
    traffic = Traffic()
    traffic.crowd("1433/tcp", NET1, 1, 60, ("CN", "CN", "JP", "US"))
    traffic.crowd("445/tcp", NET1, 61, 40, ("JP", "CN"))
    traffic.crowd("22/tcp", NET2, 1, 24, ("US", "CN"))
    traffic.crowd("80/tcp", NET2, 41, 21, ("JP", "US"))
    traffic.add(1, 15, f"{NET3}.9", "7777/tcp", "IS", 6)
    return traffic


def flood():
    """One source makes most of a day's packets; and the month before had two sensors and is not published at all."""
    traffic = Traffic()
    traffic.crowd("1433/tcp", NET1, 1, 60, ("CN", "CN", "JP", "US"), months=(1,))
    traffic.crowd("445/tcp", NET1, 61, 40, ("JP", "CN"), months=(1,))
    traffic.crowd("22/tcp", NET2, 1, 24, ("US", "CN", "KR"), months=(1,))
    traffic.crowd("6000/tcp", NET3, 101, 7, ("US", "JP"), months=(1,))
    traffic.add(1, 18, f"{NET3}.77", "22/tcp", "KR", 900)
    traffic.crowd("1433/tcp", NET1, 1, 60, ("CN", "JP"), months=(0,), sensor=(0, 1))
    return traffic


def uneven(flood=4000, sweep=900, few=200):
    """Days of all sizes in two months. In July one source sends most of a day's packets, another makes most of a day's
    source-days, and on one day there are three sources only; in June one source sends most of a day."""
    traffic = Traffic()
    for month, (_, days) in enumerate(MONTHS):
        for day in range(1, days + 1):
            if few and (month, day) == (1, 9):
                continue
            size = 20 + day * 37 % 41
            traffic.crowd("1433/tcp", NET1, 1, size, ("CN", "CN", "JP", "US"), months=(month,), days=[day])
            traffic.crowd("445/tcp", NET1, 101, size // 2 + 10, ("JP", "CN"), months=(month,), days=[day], each=1 + day % 3)
            traffic.crowd("6000/tcp", NET3, 101, 9 + day % 5, ("US", "JP"), months=(month,), days=[day])
    for i in range(3 if few else 0):
        traffic.add(1, 9, f"{NET2}.{7 + i}", "445/tcp", "JP", few)
    traffic.add(1, 15, f"{NET2}.77", "1469/udp", "IN", flood)
    traffic.add(0, 21, f"{NET2}.77", "1469/udp", "IN", 3 * flood // 4)
    for i in range(sweep):
        traffic.add(1, 22, f"{NET2}.78", f"{10000 + i}/tcp", "KR")
    return traffic


# --- the rules, a second time

def largest(packets, key):
    return max(collections.Counter(key(packet) for packet in packets).values(), default=0)


def may_be_published(packets):
    """Five sources, and none with more than 70 % of the packets or of the source-days."""
    by_source = collections.Counter(packet.source for packet in packets)
    days = {(packet.source, packet.month, packet.day, packet.sensor, packet.service) for packet in packets}
    return (len(by_source) >= 5 and 10 * max(by_source.values()) <= 7 * len(packets)
            and 10 * largest(days, lambda each: each[0]) <= 7 * len(days))


def may_be_named(packets):
    return may_be_published(packets) and len({p.source for p in packets}) >= 20 and len({p.sensor for p in packets}) >= 3


def rounded(count):
    if count < 100:
        return (count + 2) // 5 * 5
    unit = 10 ** (len(str(count)) - 3)
    return (count + unit // 2) // unit * unit


def behind(published):
    """The counts that are published as this one: [least, most]."""
    check(published == rounded(published), f"{published} is not rounded")
    reach = max(5, published // 100)
    fitting = [count for count in range(max(0, published - reach), published + reach + 1) if rounded(count) == published]
    return fitting[0], fitting[-1]


# --- what is published, as sets of packets

def figure(model, name):
    return next(each for each in model["figures"] if each["id"] == name)


def left_out_days(model):
    """Index of the month and day of the month of each day that is in no number."""
    names = [name for name, _ in MONTHS]
    return {(names.index(day[:7]), int(day[-2:])) for day in model["public"]["withheld"]["days"] if day[:7] in names}


class Published:
    """One reader's notes: sets of accesses with the number printed for each."""

    def __init__(self, traffic, measure):
        self.traffic, self.measure = traffic, measure
        self.left_out = set()
        self.sums = {}  # frozenset of indexes → (low, high, what)

    def note(self, what, chosen, value):
        if value is None:
            return
        low, high = behind(value)
        chosen = frozenset(i for i, packet in enumerate(self.traffic.packets)
                           if (packet.month, packet.day) not in self.left_out and chosen(packet))
        exact = len(self.units(chosen))
        check(low <= exact <= high, f"{what}: {value} printed, {exact} are there")
        old = self.sums.get(chosen)
        self.sums[chosen] = (low, high, what) if old is None else (max(low, old[0]), min(high, old[1]), old[2])

    def units(self, chosen):
        """What the measure counts among these packets."""
        if self.measure == "packets":
            return chosen
        packets = self.traffic.packets
        return {(packets[i].source, packets[i].month, packets[i].day, packets[i].sensor, packets[i].service) for i in chosen}

    def read(self, model, month, published_months, shares, daily, spans, totals):
        self.left_out = left_out_days(model)
        for dimension, share_id, daily_id, span_id in (("service", shares[0], daily[0], spans[0]), ("region", shares[1], daily[1], spans[1])):
            key_of = lambda packet, dimension=dimension: getattr(packet, dimension)
            for id_, inside in ((share_id, lambda packet: packet.month == month),
                                (span_id, lambda packet: packet.month in published_months)):
                series = figure(model, id_)["series"]
                named = {each["key"] for each in series}
                for each in series:
                    self.note(f"{id_} {each['key']}", lambda packet, key=each["key"], inside=inside, named=named: inside(packet) and (
                        key_of(packet) == key or key == "other" and key_of(packet) not in named), each["values"][0])
            chart = figure(model, daily_id)
            named = {each["key"] for each in chart["series"]}
            for each in chart["series"]:
                for day, value in zip(chart["x"]["values"], each["values"]):
                    number = int(day[-2:])
                    self.note(f"{daily_id} {each['key']} {day}", lambda packet, key=each["key"], number=number, named=named:
                              packet.month == month and packet.day == number and (
                                  key_of(packet) == key or key in ("other", "total") and key_of(packet) not in named), value)
        for index, entry in enumerate(model["evidence"]["months"][-len(MONTHS):]):
            if entry["counts"] is not None and index <= month:
                self.note(f"total {entry['month']}", lambda packet, index=index: packet.month == index, entry["counts"][totals])


def independent(rows):
    """Reduced rows of a 0-1 matrix over the integers modulo a prime: column → coefficient. Every sum that follows from the
    rows is a combination of these."""
    basis = {}  # pivot column → row
    for row in rows:
        row = dict(row)
        for pivot in list(basis):
            if pivot in row:
                subtract(row, row[pivot], basis[pivot])
        if not row:
            continue
        pivot = min(row)
        inverse = pow(row[pivot], PRIME - 2, PRIME)
        row = {column: value * inverse % PRIME for column, value in row.items()}
        for other in basis.values():
            if pivot in other:
                subtract(other, other[pivot], row)
        basis[pivot] = row
    return list(basis.values())


def subtract(row, times, other):
    for column, value in other.items():
        left = (row.get(column, 0) - times * value) % PRIME
        if left:
            row[column] = left
        else:
            row.pop(column, None)


class Attack:
    def __init__(self, name, published):
        self.name, self.published, self.packets = name, published, published.traffic.packets
        # Accesses that no equation tells apart are one unknown.
        members = collections.defaultdict(list)
        sets = list(published.sums)
        containing = [[] for _ in self.packets]
        for index, chosen in enumerate(sets):
            for packet in chosen:
                containing[packet].append(index)
        for packet, equations in enumerate(containing):
            members[tuple(equations)].append(packet)
        self.unknowns = list(members.values())
        self.equations = [[] for _ in sets]
        for unknown, equations in enumerate(members):
            for equation in equations:
                self.equations[equation].append(unknown)
        self.bounds = [published.sums[chosen][:2] for chosen in sets]

    def of(self, unknowns):
        return [self.packets[i] for unknown in unknowns for i in self.unknowns[unknown]]

    def subtraction(self):
        """Sums that follow without any doubt, if nothing were rounded: each must be one that may be published."""
        reduced = independent([{unknown: 1 for unknown in equation} for equation in self.equations])
        plain = [row for row in reduced if set(row.values()) == {1}]
        # A row may also be a difference; with another one it may become a sum again.
        for a, b in itertools.combinations(reduced, 2):
            both = dict(a)
            subtract(both, PRIME - 1, b)
            if both and set(both.values()) == {1} and set(a.values()) != {1}:
                plain.append(both)
        for row in plain:
            packets = self.of(row)
            if not may_be_published(packets):
                sources = collections.Counter(packet.source for packet in packets)
                fail(f"{self.name}: subtraction gives {len(packets)} packets of {len(sources)} sources "
                     f"({sorted({(p.service, p.region, p.month, p.day) for p in packets})[:4]})")
        return len(plain)

    def propagate(self):
        """Bounds of every unknown and, with them, of every withheld cell: intervals are narrowed by each equation until none
        changes, and each equation that lies within another gives one for the difference."""
        equations = [(frozenset(members), *bounds) for members, bounds in zip(self.equations, self.bounds)]
        months = [each for each in equations if len(each[0]) > 1]
        derived = []
        for members, low, high in months:
            inside = sorted((each for each in equations if each[0] < members), key=lambda each: len(each[0]))
            left, low_left, high_left = set(members), low, high
            for part, part_low, part_high in inside:
                if part <= left:
                    left -= part
                    low_left, high_left = low_left - part_high, high_left - part_low
                derived.append((members - part, low - part_high, high - part_low))
            if left:
                derived.append((frozenset(left), low_left, high_left))
        merged = {}
        for members, low, high in equations + derived:
            old = merged.get(members, (0, float("inf")))
            merged[members] = (max(0, low, old[0]), min(high, old[1]))
        self.low, self.high = [0] * len(self.unknowns), [float("inf")] * len(self.unknowns)
        changed = True
        while changed:
            changed = False
            for members, (low, high) in merged.items():
                sum_low, sum_high = sum(self.low[i] for i in members), sum(self.high[i] for i in members)
                for i in members:
                    top = high - (sum_low - self.low[i])
                    others = sum_high - self.high[i] if sum_high < float("inf") else sum(self.high[j] for j in members if j != i)
                    bottom = low - others
                    if top < self.high[i] - 1e-9:
                        self.high[i], changed = top, True
                    if bottom > self.low[i] + 1e-9:
                        self.low[i], changed = bottom, True
                    if changed:
                        sum_low, sum_high = sum(self.low[j] for j in members), sum(self.high[j] for j in members)
        self.merged = merged

    def interval(self, cell):
        """Bounds of the count of a set of packets, from the unknowns that it consists of or that contain it."""
        inside = [u for u, members in enumerate(self.unknowns) if all(i in cell for i in members)]
        touched = [u for u, members in enumerate(self.unknowns) if any(i in cell for i in members)]
        low, high = sum(self.low[u] for u in inside), sum(self.high[u] for u in touched)
        for members, (least, most) in self.merged.items():
            if members.issuperset(touched):
                high = min(high, most)
            if members.issubset(inside):
                low = max(low, least)
        return low, high

    def guess(self):
        """No withheld count may be known more closely than by its own rule: a count of few sources not to within 5 (the
        rounding of small counts), a dominated one not to within 30 % (what the 70 % rule leaves in doubt)."""
        self.propagate()
        tried = 0
        for key in ("service", "region"):
            for by_day in (True, False):
                cells = collections.defaultdict(list)
                for i, packet in enumerate(self.packets):
                    cells[getattr(packet, key), packet.month, packet.day if by_day else 0].append(i)
                for what, members in cells.items():
                    packets = [self.packets[i] for i in members]
                    if may_be_published(packets):
                        continue
                    tried += 1
                    count = len(self.published.units(members))
                    low, high = self.interval(set(members))
                    check(low <= count <= high, f"{self.name}: {what}: {count} is outside [{low}, {high}]")
                    check(high - low >= max(5, 0.3 * count), f"{self.name}: {what}: {count} is pinned down to [{low}, {high}]")
        return tried


class Guess:
    """Somebody who knows how days were chosen, and takes a day that is not shown for as large as those that are, of this month or
    of the one before. What he gets of a withheld day or of its largest source must be wrong by 30 % or more, what the dominance rule
    leaves in doubt; of a small count by more than 5."""

    def __init__(self, name, traffic, measure, month, models):
        self.name, self.traffic, self.measure, self.month = name, traffic, measure, month
        self.volume = measure == "packets"
        self.days = self.daily(models[month])
        self.before = self.daily(models[month - 1]) if month - 1 in models else []
        self.hidden = sorted(day for where, day in left_out_days(models[month]) if where == month)
        self.totals = self.totals_of(models[month])

    def daily(self, model):
        chart = figure(model, "2.2.1" if self.volume else "2.2.2")["series"]
        return [sum(values) for values in zip(*(each["values"] for each in chart)) if None not in values]

    def totals_of(self, model):
        """The month's total, as it is printed and as it follows from other numbers."""
        entries = [each for each in model["evidence"]["months"] if each["counts"] is not None]
        totals = [entries[-1]["counts"][self.measure]]
        for name in (("2.3.1", "2.4.2") if self.volume else ("2.3.2", "2.4.4")):
            totals.append(sum(each["values"][0] for each in figure(model, name)["series"]))
        for name in (("3.1.1", "3.2.1") if self.volume else ("3.1.2", "3.2.2")):
            earlier = sum(each["counts"][self.measure] for each in entries[:-1])
            totals.append(sum(each["values"][0] for each in figure(model, name)["series"]) - earlier)
        return totals

    def guesses(self):
        """What the day may be, and its largest source."""
        usual = [sum(days) / len(days) for days in (self.days, self.before) if days]
        shown, hidden = sum(self.days), len(self.hidden)
        for total, day in itertools.product(self.totals, usual):
            left = total - shown
            yield left - (hidden - 1) * day, left - hidden * day
            yield left / hidden, left / hidden - day
            yield total - (MONTHS[self.month][1] - 1) * day, total - MONTHS[self.month][1] * day

    def bounds(self):
        """Where ordinary days are withheld too, the smallest first, none of them is larger than the smallest that is shown; and
        of all of them one source has 70 % at most."""
        for total in self.totals:
            left = total - sum(self.days)
            yield left - (len(self.hidden) - 1) * min(self.days), 0.7 * left + max(self.days)

    def attack(self):
        tried = 0
        for day in self.hidden:
            packets = [packet for packet in self.traffic.packets if packet.month == self.month and packet.day == day]
            units = packets if self.volume else {(packet.source, packet.sensor, packet.service) for packet in packets}
            count, most = len(units), largest(units, lambda each: each.source if self.volume else each[0])
            # That a day is like others where it is like others, or next to nothing, takes no report to guess.
            if count < 20 or (len({packet.source for packet in packets}) >= 5 and 10 * most <= 7 * count):
                continue
            tried += 1
            where = f"{self.name}: {MONTHS[self.month][0]}-{day:02}, {self.measure}"
            for of_day, of_source in self.guesses():
                for what, guess, truth in (("day", of_day, count), ("source", of_source, most)):
                    check(abs(guess - truth) > max(5, 0.3 * truth), f"{where}: the {what} is guessed as {guess:.0f}, it is {truth}")
            for low, high in self.bounds():
                check(not low <= count <= high or high - low >= max(5, 0.3 * count), f"{where}: {count} lies in [{low:.0f}, {high:.0f}]")
        return tried


# --- the reports

def models_of(teiten, folder, store, month):
    models = {}
    for language, convention in itertools.product(("ja", "en"), ("talot2", "attempts")):
        out = folder / f"{month}-{language}-{convention}"
        teiten.ok("report", month, "--store", store, "--tz", "UTC", "--public", "--out", out, "--lang", language, "--convention", convention)
        models[language, convention] = (json.loads((out / "report.json").read_text()), out)
    return models


def check_names(traffic, out):
    """No address of a source, whole or as the network before it, and no name of a sensor, in any file."""
    words = {packet.source for packet in traffic.packets} | {packet.sensor for packet in traffic.packets}
    words |= {source.rsplit(".", 1)[0] + "." for source in words if source[0].isdigit()}
    files = [path for path in out.rglob("*") if path.is_file()]
    check(len(files) >= 16, f"{out}: {len(files)} files")
    for path in files:
        text = path.read_text()
        found = sorted(word for word in words if word in text)
        check(not found, f"{path.name} names {found[:3]}")


def check_model(model):
    check("public" in model and model["coverage"] == [], "not a public report")
    for name, at_most in model["public"]["withheld"]["findings"].items():
        check(at_most == rounded(at_most), f"{name}: {at_most} tells how many there are")
    for finding in model["findings"]:
        check(finding["query"] == "" and finding["q_value"] is None, f"{finding['id']}: {finding}")
        check("continuity" not in json.dumps(finding), f"{finding['id']} tells of the month before")
    for entry in [*model["evidence"]["months"], {"counts": model["totals"]}]:
        for name in ("packets", "accesses", "sources", "source_days", "daily_sources"):
            if entry["counts"] is not None:
                behind(entry["counts"][name])
    for chart in model["figures"]:
        for value in [value for each in chart["series"] for value in each["values"] if chart["id"] != "1.1" and value is not None]:
            behind(value)
    for section in model["sections"]:
        for block in section["blocks"]:
            if block["type"] == "table" and block["table"]["id"] in ("service_ranking", "region_ranking"):
                for row in block["table"]["rows"]:
                    behind(row[2])


def numbers_of(model):
    return json.dumps([[each["id"], each["x"]["values"], [[s["key"], s["values"]] for s in each["series"]]] for each in model["figures"]])


def month_of(packets, month, service):
    return [p for p in packets if p.month == month and p.service == service]


def attack(teiten, folder, name, traffic, published_months=(0, 1)):
    place = folder / name
    place.mkdir()
    store, source = place / "t.db", place / "t.csv"
    traffic.write(source)
    teiten.ok("import", source, "--csv", COLUMNS, "--tz", "UTC", "--keep-local", "--store", store)
    packets, days = Published(traffic, "packets"), Published(traffic, "source_days")
    models = {}
    for month in published_months:
        models[month] = models_of(teiten, place, store, MONTHS[month][0])
    guessed = 0
    for month, measure in itertools.product(published_months, ("packets", "source_days")):
        plain = {each: models[each]["en", "talot2"][0] for each in models}
        guessed += Guess(name, traffic, measure, month, plain).attack()
    for month in published_months:
        reach = [each for each in published_months if each <= month]
        for (language, convention), (model, out) in models[month].items():
            check_model(model)
            check_names(traffic, out)
            same = numbers_of(models[month]["ja", convention][0])
            check(numbers_of(model) == same, f"{name}: the languages differ")
            packets.read(model, month, reach, ("2.3.1", "2.4.2"), ("2.2.1", "2.4.1"), ("3.1.1", "3.2.1"), "packets")
            if convention == "talot2":
                days.read(model, month, reach, ("2.3.2", "2.4.4"), ("2.2.2", "2.4.3"), ("3.1.2", "3.2.2"), "source_days")
    for each in (packets, days):
        told = Attack(f"{name}, {each.measure}", each)
        sums, cells = told.subtraction(), told.guess()
        check(sums > 0 and cells > 0, f"{name}: nothing to attack")
        print(f"ok: {name}: {len(each.sums)} numbers by {each.measure}, {sums} sums follow, {cells} withheld counts stay hidden, "
              f"{guessed} of whole days", flush=True)
    for month in published_months:
        keys = {each["key"] for each in figure(models[month]["en", "talot2"][0], "2.3.1")["series"]} - {"other"}
        for key in keys:
            kept = [p for p in month_of(traffic.packets, month, key) if (p.month, p.day) not in packets.left_out]
            check(may_be_named(kept), f"{name}: {key} may not be named")
    return {month: models[month]["en", "talot2"] for month in published_months}


def failing_days(packets):
    days = collections.defaultdict(list)
    for packet in packets:
        days[packet.month, packet.day].append(packet)
    return sorted(day for day, members in days.items() if not may_be_published(members))


def blindness(teiten, folder):
    """Nothing at all depends on how much there was on a day that is left out: the files are the same, byte for byte."""
    files = []
    for name, traffic in (("some", uneven(sweep=500)), ("more", uneven(flood=20000, sweep=800, few=450))):
        place = folder / f"blind-{name}"
        place.mkdir()
        traffic.write(place / "t.csv")
        teiten.ok("import", place / "t.csv", "--csv", COLUMNS, "--tz", "UTC", "--keep-local", "--store", place / "t.db")
        found = {}
        for month, language, convention in itertools.product(("2024-06", "2024-07"), ("ja", "en"), ("talot2", "attempts")):
            out = place / f"{month}-{language}-{convention}"
            teiten.ok("report", month, "--store", place / "t.db", "--tz", "UTC", "--public", "--out", out, "--lang", language, "--convention", convention)
            found |= {path.relative_to(place): path.read_bytes() for path in out.rglob("*") if path.is_file()}
        files.append(found)
    check(files[0].keys() == files[1].keys(), "other files")
    different = sorted(str(path) for path in files[0] if files[0][path] != files[1][path])
    check(not different, f"the counts of days left out are in {different[:5]}")
    print(f"ok: {len(files[0])} files are the same whatever the days left out hold", flush=True)


def keys_of(model, name):
    return [each["key"] for each in figure(model, name)["series"]]


def refusals(teiten, folder):
    two = Traffic()
    two.crowd("1433/tcp", NET1, 1, 60, ("CN", "JP"), months=(0,), sensor=(0, 1))
    two.write(folder / "two.csv")
    columns = "time=time,sensor=sensor,source=source,protocol=protocol,destination_port=destination_port,region=region"
    teiten.ok("import", folder / "two.csv", "--csv", columns, "--tz", "UTC", "--keep-local", "--store", folder / "two.db")
    said = teiten.refused("report", "2024-06", "--store", folder / "two.db", "--tz", "UTC", "--public", "--out", folder / "two", status=2)
    check("2024-06 had 2 sensors: a public report takes 3 at least" in said, said)
    check(not (folder / "two").exists(), "a refused report left something")
    month = datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m")
    said = teiten.refused("report", month, "--store", folder / "two.db", "--tz", "UTC", "--public", "--out", folder / "now", status=2)
    check(f"{month} may be published from " in said and "7 days after its end" in said, said)
    print("ok: two sensors, and a month that has not ended, are refused", flush=True)


def main():
    teiten = Teiten(sys.argv[1])
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        refusals(teiten, folder)
        blindness(teiten, folder)
        model, out = attack(teiten, folder, "with_rest", with_rest())[1]
        equal("named services", keys_of(model, "2.3.1"), ["1433/tcp", "445/tcp", "23/tcp", "22/tcp", "5555/udp", "other"])
        # Of what is left on 20 July without 1433 and 445, 24 + 25 + 150 + 7, one source has 151: 73 %. With 445 it is 61 %.
        equal("by day", keys_of(model, "2.2.1"), ["1433/tcp", "other"])
        for path in out.rglob("*"):
            text = path.read_text() if path.is_file() and path.suffix in (".json", ".md", ".csv") else ""
            for service in ("7777", "8888", "9999"):
                check(service not in text, f"{path.name} names {service}")
        model, _ = attack(teiten, folder, "small_days", small_days())[1]
        equal("by month", keys_of(model, "2.3.1"), ["1433/tcp", "445/tcp", "22/tcp", "other"])
        equal("by day", keys_of(model, "2.2.1"), ["1433/tcp", "445/tcp", "other"])
        # US has 15 sources, KR the small day, DE 7 sources.
        equal("regions by day", keys_of(model, "2.4.1"), ["CN", "JP", "other"])
        model, _ = attack(teiten, folder, "thin_rest", thin_rest())[1]
        equal("named beside one source", keys_of(model, "2.3.1"), ["1433/tcp", "445/tcp", "22/tcp", "other"])
        model, _ = attack(teiten, folder, "flood", flood(), published_months=(1,))[1]
        withheld = model["public"]["withheld"]
        equal("days left out", withheld["days"], ["2024-07-18"])
        equal("withheld months", withheld["months"], ["2024-06"])
        for name, traffic in (("uneven", uneven()), ("larger", uneven(flood=43217, few=0)), ("quiet", uneven(sweep=0, flood=900))):
            model, _ = attack(teiten, folder, name, traffic)[1]
            equal(f"{name}: days left out", sorted(left_out_days(model)), failing_days(traffic.packets))
    return 0


sys.exit(main())
