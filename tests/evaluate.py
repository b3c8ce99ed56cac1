#!/usr/bin/env python3
"""How often findings are right: planted changes and plain noise, through simulate, import and findings.

make evaluate [SEEDS=20] writes docs/evaluation.md. Every scenario is three months at some sensors; the month that is reported is the third, with two
months before it. What is planted is known, so a finding is either of it or false. EVALUATE_ONLY=step names scenarios to run.
"""
import collections
import concurrent.futures
import datetime
import json
import math
import os
import pathlib
import random
import struct
import subprocess
import sys
import tempfile

FIRST, LAST, MONTH = datetime.date(2007, 5, 1), datetime.date(2007, 7, 31), "2007-07"
DAYS = (LAST - FIRST).days + 1
MONTH_DAYS = 31
STEP = datetime.date(2007, 7, 10)
# Background services with the distinct sources a day that all sensors together see of each.
BACKGROUND = {"22/tcp": 100, "23/tcp": 60, "80/tcp": 40, "445/tcp": 25, "3389/tcp": 15, "8080/tcp": 12, "5060/udp": 10, "53/udp": 8}
REGIONS = {"CN": 0.35, "US": 0.25, "JP": 0.15, "KR": 0.10, "TW": 0.05, "DE": 0.05, "FR": 0.05}


def day(number):
    return FIRST + datetime.timedelta(days=number)


class Scenario:
    """TOML of a scenario, and what was planted in it."""

    def __init__(self, name, sensors=10, noise=0.2):
        self.name, self.sensors, self.noise = name, sensors, noise
        self.families, self.outages, self.saturated = [], [], {}
        self.surges, self.new, self.one_source, self.planted_families = {}, set(), set(), set()

    def family(self, name, services, sources, regions=None, changes=(), contacts=1.0, one_service=False):
        """`sources` a day over all sensors; `changes` are (day, factor)."""
        self.families.append({"name": name, "services": services, "visits": sources / self.sensors, "regions": regions or REGIONS,
                              "changes": changes, "contacts": contacts, "one": one_service})

    def background(self, changes=None, scale=1.0):
        for service, sources in BACKGROUND.items():
            self.family("bg-" + service.replace("/", "-"), {service: 1.0}, sources * scale, changes=(changes or {}).get(service, ()))
        return self

    def toml(self):
        lines = [f'name = "{self.name}"', 'description = "evaluation"', "utc_offset_hours = 9", f"first_day = {FIRST}", f"last_day = {LAST}",
                 "reuse = 0.05", f"family_day_noise = {self.noise}", "sensor_noise = 0.15", "sensor_day_noise = 0.05"]
        for i in range(self.sensors):
            network = ("192.0.2", "198.51.100", "203.0.113")[i % 3]
            lines += ["[[sensor]]", f'name = "s{i:02}"', f'address = "{network}.{10 + i}"']
        for sensor, begin, end in self.outages:
            lines += ["[[outage]]", f'sensor = "s{sensor:02}"', f"from = {begin}T00:00:00+09:00", f"to = {end}T00:00:00+09:00"]
        for family in self.families:
            shares = ", ".join(f'"{service}" = {share}' for service, share in family["services"].items())
            regions = ", ".join(f"{region} = {share}" for region, share in family["regions"].items())
            lines += ["[[family]]", f'name = "{family["name"]}"', f'visits = {family["visits"]:.6f}', f'contacts = {family["contacts"]}',
                      *(['repeat = "geometric"', "packets = 40.0"] if family["contacts"] > 1 else ['repeat = "once"']), 'tool = "windows"', f"services = {{ {shares} }}", f"regions = {{ {regions} }}"]
            if family["one"]:
                lines.append('choose = "one"')
            level = 1.0  # a change multiplies what the one before left
            for when, factor in family["changes"]:
                lines += ["[[family.change]]", f"from = {when}", f"visits = {factor / level:.6f}"]
                level = factor
        return "\n".join(lines) + "\n"


def correlated(seed, sigma=0.2, rho=0.6):
    """A level a day that wanders: AR(1) on the logarithm."""
    chance, level, changes = random.Random(seed), 0.0, []
    for number in range(DAYS):
        level = rho * level + chance.gauss(0, sigma * math.sqrt(1 - rho * rho))
        changes.append((day(number), math.exp(level)))
    return changes


def scenarios(seed):
    plain = lambda name, **options: Scenario(name, **options).background()
    yield plain("noise")
    yield plain("noise, three sensors", sensors=3)
    yield plain("noise, thirty sensors", sensors=30)
    yield Scenario("correlated noise", noise=0.0).background({service: correlated(seed * 100 + i) for i, service in enumerate(BACKGROUND)})
    for factor in (1.5, 2, 4):
        for service in ("80/tcp", "5060/udp"):
            one = Scenario(f"step ×{factor}, {BACKGROUND[service]} a day").background({service: [(STEP, factor)]})
            one.surges[service] = STEP
            yield one
    for count in (3, 30):
        one = Scenario(f"step ×2, 40 a day, {count} sensors", sensors=count).background({"80/tcp": [(STEP, 2)]})
        one.surges["80/tcp"] = STEP
        yield one
    one = Scenario("ramp to ×2 in 7 days, 40 a day").background({"80/tcp": [(STEP + datetime.timedelta(days=i), 1 + (i + 1) / 7) for i in range(7)]})
    one.surges["80/tcp"] = STEP
    yield one
    one = Scenario("pulse ×3, 3 days, 40 a day").background({"80/tcp": [(STEP, 3), (STEP + datetime.timedelta(days=3), 1)]})
    one.surges["80/tcp"] = STEP
    yield one
    one = plain("flood by few addresses")
    one.family("flood", {"1433/tcp": 1.0}, 0.0008 * one.sensors, contacts=90.0, changes=[(STEP, 200), (STEP + datetime.timedelta(days=2), 1)])
    one.one_source.add("1433/tcp")
    yield one
    one = plain("outages")
    one.outages = [(sensor, "2007-07-08", "2007-07-15") for sensor in range(4)]
    yield one
    one = plain("saturated sensors")
    one.saturated = {0: 18, 1: 18}
    yield one
    one = plain("new service")
    one.family("new", {"9999/tcp": 1.0}, 0.02, changes=[(datetime.date(2007, 7, 12), 900)])
    one.new.add("9999/tcp")
    yield one
    one = plain("families")
    one.family("fam-a", {"135/tcp": 0.85, "139/tcp": 0.5, "593/tcp": 0.6}, 60, {"JP": 0.72, "CN": 0.08, "KR": 0.10, "US": 0.10})
    one.family("fam-b", {"2967/tcp": 0.8, "3306/tcp": 0.5}, 30, {"CN": 0.6, "KR": 0.25, "HK": 0.15})
    one.planted_families = {"135+139+593/tcp", "2967+3306/tcp"}
    yield one
    one = plain("region mix without behaviour")
    one.family("mix-1", {"7001/tcp": 0.5, "7002/tcp": 0.5}, 40, {"JP": 0.95, "US": 0.05}, one_service=True)
    one.family("mix-2", {"7003/tcp": 0.5, "7004/tcp": 0.5}, 40, {"CN": 0.95, "US": 0.05}, one_service=True)
    yield one


def saturate(path, limits):
    """Keeps the first frames of each local day at some sensors: a log that a rate limit cuts."""
    data = pathlib.Path(path).read_bytes()
    kept, counts, offset = [data[:24]], collections.Counter(), 24
    hosts = {("192.0.2", "198.51.100", "203.0.113")[i % 3] + f".{10 + i}": limit for i, limit in limits.items()}
    while offset < len(data):
        seconds, _, length = struct.unpack_from("<III", data, offset)
        frame = data[offset:offset + 16 + length]
        offset += 16 + length
        host = ".".join(map(str, frame[16 + 30:16 + 34]))
        if host in hosts:
            key = (host, (seconds + 9 * 3600) // 86400)
            counts[key] += 1
            if counts[key] > hosts[host]:
                continue
        kept.append(frame)
    pathlib.Path(path).write_bytes(b"".join(kept))


def run_one(program, name, seed):
    scenario = next(one for one in scenarios(seed) if one.name == name)
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        (folder / "s.toml").write_text(scenario.toml())

        def teiten(*arguments):
            return subprocess.run([program, *map(str, arguments)], check=True, capture_output=True, text=True).stdout

        teiten("simulate", folder / "s.toml", "--seed", seed, "--pcap", folder / "t.pcap", "--sensors", folder / "sensors.toml")
        if scenario.saturated:
            saturate(folder / "t.pcap", scenario.saturated)
        teiten("import", folder / "t.pcap", "--sensors", folder / "sensors.toml", "--threads", 1, "--store", folder / "t.db")
        lines = teiten("findings", MONTH, "--store", folder / "t.db", "--lang", "en", "--format", "json").splitlines()
    return judge(scenario, [json.loads(line) for line in lines])


def subject(finding):
    return finding["id"].split(" ", 1)[1] if " " in finding["id"] else ""


def judge(scenario, findings):
    """Hits, misses, delays and what is said without cause."""
    verdict = {"planted": 0, "found": 0, "delays": [], "false": [], "families": 0, "families_found": 0}
    surges = {}
    for finding in findings:
        kind, about = finding["type"], subject(finding)
        service = about.split(" ")[0]
        if kind == "surge":
            facts = finding.get("facts", {})
            if service in scenario.surges:
                surges.setdefault(service, facts.get("first", ""))
            elif service not in scenario.new and service not in scenario.one_source:
                verdict["false"].append(finding["id"])
        elif kind == "new_service":
            if service not in scenario.new and service not in scenario.one_source:
                verdict["false"].append(finding["id"])
        elif kind == "one_source":
            if service not in scenario.one_source:
                verdict["false"].append(finding["id"])
        elif kind == "family":
            if about not in scenario.planted_families:
                verdict["false"].append(finding["id"])
        elif kind == "co_targeting":
            if not scenario.planted_families:
                verdict["false"].append(finding["id"])
        elif kind in ("level", "trend"):
            word = finding.get("facts", {}).get("word", "")
            changed = scenario.surges or scenario.new
            if word not in ("steady", "cannot_tell", "") and not changed:
                verdict["false"].append(f"{finding['id']}: {word}")
    for service, planted in scenario.surges.items():
        verdict["planted"] += 1
        if service in surges:
            verdict["found"] += 1
            if surges[service]:
                verdict["delays"].append((datetime.date.fromisoformat(surges[service]) - planted).days)
    for kind, planted in (("new_service", scenario.new), ("one_source", scenario.one_source)):
        for service in planted:
            verdict["planted"] += 1
            verdict["found"] += any(subject(f).split(" ")[0] == service for f in findings if f["type"] in (kind, "surge", "new_service"))
    names = {subject(f) for f in findings if f["type"] == "family"}
    verdict["families"], verdict["families_found"] = len(scenario.planted_families), len(scenario.planted_families & names)
    verdict["service_days"] = MONTH_DAYS * (len(BACKGROUND) + sum(len(f["services"]) for f in scenario.families if not f["name"].startswith("bg-")))
    return verdict


def median(values):
    values = sorted(values)
    return values[len(values) // 2] if values else None


def main():
    program, target = str(pathlib.Path(sys.argv[1]).resolve()), sys.argv[2] if len(sys.argv) > 2 else None
    seeds = int(os.environ.get("SEEDS", "20"))
    only = os.environ.get("EVALUATE_ONLY", "")
    names = [one.name for one in scenarios(0) if only in one.name]
    rows, examples = [], collections.Counter()
    with concurrent.futures.ThreadPoolExecutor(int(os.environ.get("JOBS", os.cpu_count()))) as pool:
        jobs = {name: [pool.submit(run_one, program, name, seed) for seed in range(1, seeds + 1)] for name in names}
        for name in names:
            verdicts = [job.result() for job in jobs[name]]
            total = lambda key: sum(v[key] for v in verdicts)
            false = [text for v in verdicts for text in v["false"]]
            surges = [text for text in false if text.startswith(("surge", "new_service", "one_source"))]
            delays = [d for v in verdicts for d in v["delays"]]
            examples.update(f"{name}: {text}" for text in false)
            rows.append([name, f"{total('found')}/{total('planted')}" if total("planted") else "–",
                         f"{sum(d <= 3 for d in delays)}/{len(delays)}" if delays else "–", str(median(delays)) if delays else "–",
                         f"{len(surges)} ({1000 * len(surges) / total('service_days'):.2f})",
                         f"{total('families_found')}/{total('families')}" if total("families") else "–",
                         str(sum(t.startswith(("family", "co_targeting")) for t in false)),
                         str(sum(t.startswith(("level", "trend")) for t in false))])
            print(" | ".join(rows[-1]), flush=True)
    header = ["scenario", "found", "within 3 days", "median delay, days", "false rises (per 1,000 service-days)", "families found", "invented", "false words"]
    text = (f"# Evaluation of findings\n\nMade by `make evaluate SEEDS={seeds}` (tests/evaluate.py): planted changes and noise, through simulate, import and findings, "
            f"{seeds} seeds each.\nThree months (May to July 2007), eight background services of 8 to 100 distinct sources a day, day noise of log-sd 0.2 unless said; the month reported is July.\n"
            f"The planted change is on {STEP}. The delay is from the planted day to the first day that the finding names.\n\n| " + " | ".join(header) + " |\n|" + "---|" * len(header) + "\n"
            + "".join("| " + " | ".join(row) + " |\n" for row in rows))
    if examples:
        text += "\nWhat was said without cause:\n\n" + "".join(f"- {name} ({count})\n" for name, count in sorted(examples.items()))
    if target:
        pathlib.Path(target).write_text(text)
    else:
        print(text)


main()
