#!/usr/bin/env python3
"""Findings on simulated traffic: every command runs and gives the numbers, both languages say the same, and report.json
follows docs/report.schema.json (the latter skipped where python3-jsonschema is missing)."""
import json
import os
import pathlib
import re
import shlex
import sys
import tempfile

from teiten_cli import Teiten, check, equal, shared_data

ROOT = pathlib.Path(__file__).resolve().parent.parent


def numbers_of(finding):
    return {number["name"]: number["value"] for number in finding["numbers"]}


def close(what, got, wanted, part=1e-9):
    check(abs(got - wanted) <= part * max(abs(wanted), 1e-9), f"{what}: got {got!r}, wanted {wanted!r}")


class Rows:
    """What a finding's own command gives, as one would paste it into a shell."""

    def __init__(self, teiten, store):
        self.teiten, self.store = teiten, store

    def of(self, finding):
        words = shlex.split(finding["query"])
        equal_words = words[:2]
        check(equal_words == ["teiten", "count"], f"{finding['id']}: {finding['query']}")
        return self.run(words[2:])

    def run(self, words):
        return [json.loads(line) for line in
                self.teiten.ok("count", "--store", self.store, "--format", "json", *words).splitlines()]

    def without_buckets(self, finding):
        words = shlex.split(finding["query"])[2:]
        at = words.index("--by")
        return self.run(words[:at] + words[at + 2:])[0]


def check_level(rows, finding):
    """Rates per month are the sum over sensors ÷ their days; the days follow from each row's count and rate."""
    numbers, months = numbers_of(finding), {}
    measure = finding["facts"]["count"]
    for row in rows.of(finding):
        count, rate = row[measure], row[f"{measure}_per_sensor_day"]
        total = months.setdefault(row["month"], [0, 0.0])
        total[0] += count
        total[1] += count / rate
    rates = [count / days for _, (count, days) in sorted(months.items())]
    close(f"{finding['id']}: value", numbers["value"], rates[-1], 0.01)
    if finding["type"] == "level" and "previous" in numbers:
        close(f"{finding['id']}: previous", numbers["previous"], rates[-2], 0.01)


def check_surge(rows, finding):
    numbers, facts = numbers_of(finding), finding["facts"]
    days = {row["day"]: row["sources"] for row in rows.of(finding)}
    # Scaled to all sensors watching all day; the simulated sensors miss some minutes at most.
    close(f"{finding['id']}: peak", numbers["peak"], days[facts["peak_day"]], 0.01)
    close(f"{finding['id']}: level", numbers["level"], sum(days.values()) / len(days), 0.01)
    whole = rows.without_buckets(finding)
    equal(f"{finding['id']}: sources, sensors", (numbers["sources"], numbers["sensors"]), (whole["sources"], whole["sensors"]))


def check_asked(rows, finding, services, options=()):
    """`asked.SERVICE`: all sources of the services, in the time and by the kinds of the finding's command."""
    words = shlex.split(finding["query"])[2:]
    time, kinds = words[:6], words[words.index("--where-not"):words.index("--by")]
    answer = rows.run([*time, *kinds, *options, "--where", f"service={services}", "--by", "service", "--measure", "sources"])
    asked = {name.removeprefix("asked."): value for name, value in numbers_of(finding).items() if name.startswith("asked.")}
    equal(f"{finding['id']}: sources by service", asked, {row["service"]: row["sources"] for row in answer})
    return asked


def share(part, whole):
    return part / whole if whole else 0


def check_co_targeting(rows, finding):
    """The command's rows add up to the sentence: its regions, and all others."""
    numbers, facts = numbers_of(finding), finding["facts"]
    regions = facts["regions"].split("+")
    counts = {True: [0, 0], False: [0, 0]}
    for row in rows.of(finding):
        for i, name in enumerate(("sources", "sources_also")):
            counts[row["region"] in regions][i] += row[name]
    here, elsewhere = counts[True], counts[False]
    equal(f"{finding['id']}: sources, and those with the others", [numbers["sources"], numbers["sources_with"]], here)
    close(f"{finding['id']}: share", numbers["share"], share(here[1], here[0]))
    close(f"{finding['id']}: share elsewhere", numbers["share_elsewhere"], share(elsewhere[1], elsewhere[0]))
    asked = check_asked(rows, finding, f"{facts['service']},{facts['with']}", ["--where", "region=" + ",".join(regions)])
    check(numbers["sources_with"] <= numbers["sources"] <= asked[facts["service"]], finding["id"])


def check_family(rows, finding):
    numbers = numbers_of(finding)
    by_region = {row["region"]: row["sources"] for row in rows.of(finding)}
    equal(f"{finding['id']}: sources", numbers["sources"], sum(by_region.values()))
    shares = {name.removeprefix("share."): value for name, value in numbers.items() if name.startswith("share.")}
    equal(f"{finding['id']}: regions", sorted(shares), sorted(by_region))
    for region, value in shares.items():
        close(f"{finding['id']}: share of {region}", value, by_region[region] / numbers["sources"])
    words = shlex.split(finding["query"])[2:]
    whole = rows.run([*words[:words.index("--by")], "--measure", "sources,sensors"])
    equal(f"{finding['id']}: sources, sensors", [numbers["sources"], numbers["sensors"]],
          [whole[0]["sources"], whole[0]["sensors"]])
    check_asked(rows, finding, finding["facts"]["services"])


CHECKS = {"level": check_level, "trend": lambda rows, finding: check(len(rows.of(finding)) >= 6, finding["id"]),
          "surge": check_surge, "co_targeting": check_co_targeting, "family": check_family}


def refused_choices(teiten, store):
    """What chooses no source says so, and what to write instead."""
    for words, wanted in ((["--sources-of", "135+139"], "--sources-of 135+139: use services such as 1433/tcp"),
                          (["--sources-of", "135+/tcp"], "--sources-of 135+/tcp: use services"),
                          (["--sources-of", ""], "--sources-of : use services"),
                          (["--sources-of", "135/tcp+"], "--sources-of 135/tcp+: use services"),
                          (["--sources-of-any", "70000/tcp"], "'70000/tcp' is not a service such as 1433/tcp"),
                          (["--sources-like", "135/tcp"], "--sources-like 135/tcp: use two services or more"),
                          (["--sources-like", "135/tcp,135/tcp"], "sources are alike by at least two services"),
                          (["--also", "135/tcp"], "--also is about the sources of something"),
                          (["--sources-of", "135/tcp", "--also", "139/tcp", "--without-scanners"], "--also and --without-scanners"),
                          (["--sources-of", "+".join(["135"] * 20001) + "/tcp"], "at most 20000 filter values")):
        said = teiten.refused("count", "--store", store, *words, status=1 if "filter values" in wanted else 2)
        check(wanted in said, f"{words[:2]}: {said[:300]!r}")


def july(teiten, folder, store):
    lines = {language: [json.loads(line) for line in
                        teiten.ok("findings", "2007-07", "--store", store, "--lang", language, "--format", "json").splitlines()]
             for language in ("ja", "en")}
    equal("findings in both languages", [one["id"] for one in lines["ja"]], [one["id"] for one in lines["en"]])
    for japanese, english in zip(lines["ja"], lines["en"]):
        for key in ("numbers", "interval", "p_value", "q_value", "query", "facts", "rule", "figure"):
            check(japanese[key] == english[key], f"{japanese['id']}: {key} differs between languages")
    risen = {one["facts"]["service"] for one in lines["ja"] if one["type"] == "surge"}
    # The scenario raises the families sql, vnc and botB (2967, 3306, 5900, 1433) on 16 July, and nothing else.
    equal("services that rose", sorted(risen), ["1433/tcp", "2967/tcp", "3306/tcp", "5900/tcp"])
    equal("their days", {one["facts"]["change_day"] for one in lines["ja"] if one["type"] == "surge"}, {"2007-07-16"})
    equal("families", {one["facts"]["services"] for one in lines["ja"] if one["type"] == "family"},
          {"135/tcp,139/tcp,445/tcp", "1026/udp,1027/udp,1028/udp", "1433/tcp,2967/tcp,3306/tcp,5900/tcp",
           "80/tcp,1080/tcp,3128/tcp,8080/tcp"})
    equal("other services of the sources of 1433/tcp", {(one["facts"]["regions"], one["facts"]["with"]) for one in lines["ja"]
                                                       if one["type"] == "co_targeting" and one["facts"]["service"] == "1433/tcp"},
          {("JP", "135/tcp,139/tcp,445/tcp"), ("CN+KR+HK", "2967/tcp,3306/tcp,5900/tcp")})
    equal("words", {one["id"]: one["facts"]["word"] for one in lines["ja"] if one["type"] in ("level", "trend")},
          {"level packets": "steady", "trend packets": "slow_decrease", "level source_days": "steady", "trend source_days": "slow_decrease"})
    equal("one-source rises and new services", [one["id"] for one in lines["ja"] if one["type"] in ("one_source", "new_service")], [])
    rows = Rows(teiten, store)
    for finding in lines["ja"]:
        if finding["type"] in CHECKS:
            CHECKS[finding["type"]](rows, finding)
        else:
            rows.of(finding)
    print(f"ok: the commands of {len(lines['ja'])} findings run and give their numbers", flush=True)
    refused_choices(teiten, store)
    text = teiten.ok("findings", "2007-07", "--store", store, "--lang", "ja")
    for finding in lines["ja"]:
        check(finding["sentence"] in text and finding["query"] in text, f"{finding['id']} is missing in the text")


def honeypots(teiten, folder):
    """The groups of real months: sources of many services, and regions as the input labels them."""
    data = shared_data("aws_honeypot_2013-03_05.csv.gz")
    if data is None:
        print("skipped: the honeypot set of 2013 is not here", flush=True)
        return
    store = folder / "aws.db"
    teiten.ok("import", data, "--csv", "time=datetime,sensor=host,source=srcstr,protocol=proto,icmp_type=type,source_port=spt,"
              "destination_port=dpt,region=cc", "--keep-local", "--tz", "UTC", "--store", store)
    rows, groups = Rows(teiten, store), 0
    for month in ("2013-04", "2013-05"):
        for line in teiten.ok("findings", month, "--tz", "UTC", "--store", store, "--format", "json").splitlines():
            finding = json.loads(line)
            if finding["type"] in ("co_targeting", "family"):
                CHECKS[finding["type"]](rows, finding)
                groups += 1
    check(groups > 0, "no group was found in two real months")
    print(f"ok: the commands of {groups} groups of real months give their numbers", flush=True)


def report(teiten, folder, store, month, *arguments):
    out = folder / ("report-" + "-".join((month, *arguments)).replace("/", ""))
    teiten.ok("report", month, "--store", store, "--out", out, *arguments)
    model = json.loads((out / "report.json").read_text())
    page, markdown = (out / "report.html").read_text(), (out / "report.md").read_text()
    told = [block for section in model["sections"] for block in section["blocks"] if block["type"] == "findings"]
    known = {finding["id"]: finding for finding in model["findings"]}
    check(told, "no sentence is made of findings")
    for block in told:
        for name in block["findings"]:
            check(known[name]["sentence"] in block["text"], f"{name} is not in its paragraph")
    check(page.count('<details class="evidence">') == len(told), "each paragraph of findings opens its evidence")
    plain = markdown.replace("\\", "")
    for finding in model["findings"]:
        check(finding["query"] in plain, f"report.md lacks {finding['query']}")
    return model


def public_report(teiten, folder, store, language):
    """What it says of the same month, and what it leaves out (tests/public_report_test.py attacks it)."""
    out = folder / f"public-{language}"
    teiten.ok("report", "2007-07", "--store", store, "--public", "--lang", language, "--out", out)
    model = json.loads((out / "report.json").read_text())
    risen = [one["id"] for one in model["findings"] if one["type"] == "surge"]
    # 3306/tcp has days of fewer than five sources.
    equal("services that rose, published", sorted(risen),
          ["surge 1433/tcp 2007-07-16", "surge 2967/tcp 2007-07-16", "surge 3306/tcp", "surge 5900/tcp 2007-07-16"])
    check(all(one["query"] == "" for one in model["findings"]), "a public report has a command")
    check("sensor-0" not in (out / "report.html").read_text(), "a public report names a sensor")
    return model


def validate(models):
    try:
        import jsonschema
    except ImportError:
        print("skipped: python3-jsonschema is missing", flush=True)
        return
    schema = json.loads((ROOT / "docs" / "report.schema.json").read_text())
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    for name, model in models.items():
        problems = [f"{list(error.absolute_path)}: {error.message[:200]}" for error in validator.iter_errors(model)]
        check(not problems, f"{name}: {problems[:5]}")
    broken = json.loads(json.dumps(next(iter(models.values()))))
    del broken["findings"][0]["query"]
    check(list(validator.iter_errors(broken)), "the schema does not notice a finding without its query")
    print(f"ok: {len(models)} reports follow docs/report.schema.json", flush=True)


def section(model, name):
    blocks = [block for one in model["sections"] if one["id"] == name for block in one["blocks"]]
    return " ".join(block["text"] for block in blocks if "text" in block)


def says_what_it_cannot(teiten, folder, capture):
    """One sensor, two days, no month before, no region."""
    store = folder / "little.db"
    rows = ["time,source,sensor,protocol,destination_port"]
    for day in (10, 11):
        rows += [f"2007-07-{day}T{hour:02}:00:00Z,192.0.2.{1 + hour},alone,tcp,1433" for hour in range(24)]
    (folder / "little.csv").write_text("\n".join(rows) + "\n")
    columns = ",".join(f"{name}={name}" for name in rows[0].split(","))
    teiten.ok("import", folder / "little.csv", "--csv", columns, "--store", store)
    model = report(teiten, folder, store, "2007-07", "--lang", "en")
    said = section(model, "2") + section(model, "2.1")
    for words in ("With one sensor only", "Only 3 days of the month were observed", "The region of every source is unknown",
                  "the previous month has no data", "Whether anything rose cannot be told"):
        check(words in said, f"missing: {words!r} in {said!r}")
    check("steady" not in said and "rose against" not in said, said)
    findings = [json.loads(line) for line in
                teiten.ok("findings", "2007-07", "--store", store, "--format", "json").splitlines()]
    for finding in findings:
        Rows(teiten, store).of(finding)
    teiten.refused("findings", "2007-06", "--store", store)
    teiten.refused("findings", "2007-13", "--store", store, status=2)
    print("ok: says what cannot be told", flush=True)
    return model


def main():
    teiten = Teiten(sys.argv[1])
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        capture, store = folder / "t.pcap", folder / "t.db"
        teiten.ok("simulate", "talot2-2007", "--pcap", capture, "--sensors", folder / "s.toml")
        teiten.ok("import", capture, "--sensors", folder / "s.toml", "--store", store)
        capture.unlink()
        accesses, size = teiten.count(store)[0]["accesses"], store.stat().st_size
        check(size <= 24 * accesses, f"the store has {size / accesses:.1f} bytes an access, 24 at most")
        print(f"ok: {size / accesses:.1f} bytes an access", flush=True)
        july(teiten, folder, store)
        honeypots(teiten, folder)
        models = {"ja": report(teiten, folder, store, "2007-07", "--lang", "ja"),
                  "en": report(teiten, folder, store, "2007-07", "--lang", "en", "--convention", "attempts"),
                  **{f"public, {language}": public_report(teiten, folder, store, language) for language in ("ja", "en")},
                  "first month": report(teiten, folder, store, "2007-02", "--lang", "ja"),
                  "little": says_what_it_cannot(teiten, folder, capture)}
        validate(models)
    return 0


sys.exit(main())
