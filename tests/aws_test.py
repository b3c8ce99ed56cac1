#!/usr/bin/env python3
"""The honeypot set of March to May 2013 against figures that were computed without teiten (they are in its description).

Every row is a packet and every row counts: with --keep-local the figures are those of the raw file; without, the rows of local
sources are left out and told by reason.
"""
import json
import pathlib
import sys
import tempfile

from teiten_cli import SKIP, Teiten, check, equal, shared_data

COLUMNS = ("time=datetime,sensor=host,source=srcstr,protocol=proto,icmp_type=type,source_port=spt,"
           "destination_port=dpt,region=cc")


def by(rows, key, measure="packets"):
    return {row[key]: row[measure] for row in rows}


def some(table, names):
    return {name: table.get(name) for name in names}


def april(teiten, store):
    month = ("--month", "2013-04", "--tz", "UTC")
    total = teiten.count(store, *month, "--measure", "packets,sources,source_days,sensors")[0]
    equal("April", total, {"packets": 63376, "sources": 12071, "source_days": 33535, "sensors": 9})
    rates = teiten.count(store, *month, "--measure", "packets,source_days", "--rate", "nominal")[0]
    equal("April per sensor and day", [round(rates[f"{name}_per_sensor_day"], 2) for name in ("packets", "source_days")],
          [234.73, 124.2])
    services = {"1433/tcp": 18237, "8/icmp": 5177, "445/tcp": 5084, "3389/tcp": 4420, "6666/tcp": 2592,
                "80/tcp": 2454, "22/tcp": 2403, "3306/tcp": 2071}
    equal("April by service", some(by(teiten.count(store, *month, "--by", "service"), "service"), services), services)
    regions = {"CN": 29972, "US": 11895, "JP": 2847, "KR": 1750, "TW": 1678, "RU": 1084, "ZZ": 468}
    equal("April by region", some(by(teiten.count(store, *month, "--by", "region"), "region"), regions), regions)
    sensors = {"groucho-oregon": 15370, "groucho-tokyo": 14388, "groucho-singapore": 12736, "groucho-us-east": 3942,
               "groucho-norcal": 3626, "zeppo-norcal": 3461, "groucho-sa": 3385, "groucho-sydney": 3333, "groucho-eu": 3135}
    equal("April by sensor", by(teiten.count(store, *month, "--by", "sensor"), "sensor"), sensors)
    mssql = teiten.count(store, *month, "--where", "service=1433/tcp", "--by", "region")
    equal("April 1433/tcp distinct sources", some(by(mssql, "region", "sources"), ["CN", "US", "IN", "HK"]),
          {"CN": 2448, "US": 250, "IN": 116, "HK": 61})


def other_months(teiten, store):
    may = teiten.count(store, "--month", "2013-05", "--measure", "packets,sources,source_days")[0]
    equal("May", may, {"packets": 71008, "sources": 12969, "source_days": 38034})
    services = {"1433/tcp": 17865, "445/tcp": 7972, "8/icmp": 7492, "3389/tcp": 4779, "22/tcp": 2980, "1469/udp": 2605}
    equal("May by service", some(by(teiten.count(store, "--month", "2013-05", "--by", "service"), "service"), services), services)
    march = teiten.count(store, "--month", "2013-03", "--measure", "packets,sources,source_days")[0]
    equal("March", march, {"packets": 53465, "sources": 11134, "source_days": 30117})
    days = teiten.count(store, "--where", "sensor=groucho-eu", "--by", "day", "--to", "2013-03-09")
    equal("groucho-eu, its first days", [row["packets"] for row in days], [6, 104, 99, 71, 112, 73])
    equal("rows in all", teiten.count(store)[0]["packets"], 187849)


def without_local_sources(teiten, source, folder):
    store = folder / "default.db"
    text = teiten.ok("import", source, "--csv", COLUMNS, "--store", store)
    check("187,849 records" in text and "accepted 187,849 + rejected 0 = 187,849" in text, text)
    equal("April without local sources", teiten.count(store, "--month", "2013-04")[0]["packets"], 63376 - 281)
    teiten.ok("doctor", "--store", store)


def report(teiten, store, folder):
    out = folder / "report"
    teiten.ok("report", "2013-04", "--store", store, "--tz", "UTC", "--lang", "en", "--out", out)
    model = json.loads((out / "report.json").read_text())
    text = (out / "report.md").read_text()
    check("63,376" in text, "the report's total of packets")
    check("33,535" in text, "the report's source_days")
    check("12,071" in text, "the report's distinct sources")
    check("234.73" in text or "235" in text, "the report's packets per sensor and day")
    check(model["month"] == "2013-04", "the report's month")


def main():
    source = shared_data("aws_honeypot_2013-03_05.csv.gz")
    if source is None:
        print("skipped: the honeypot set is not there")
        return SKIP
    teiten = Teiten(sys.argv[1])
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        store = folder / "all.db"
        teiten.ok("import", source, "--csv", COLUMNS, "--keep-local", "--store", store)
        april(teiten, store)
        other_months(teiten, store)
        teiten.ok("doctor", "--store", store)
        without_local_sources(teiten, source, folder)
        report(teiten, store, folder)
    return 0


sys.exit(main())
