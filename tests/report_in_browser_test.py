#!/usr/bin/env python3
"""The reports of simulated traffic, in both languages and conventions, opened in a real browser (exit status 77: none here).

Usage: report_in_browser_test.py TEITEN NODE
"""
import pathlib
import subprocess
import sys
import tempfile

from teiten_cli import Teiten


def main():
    teiten, node = Teiten(sys.argv[1]), sys.argv[2]
    page_test = pathlib.Path(__file__).resolve().parent / "web" / "report_test.mjs"
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        teiten.ok("simulate", "talot2-2007", "--scale", "0.05", "--pcap", folder / "t.pcap", "--sensors", folder / "s.toml")
        teiten.ok("import", folder / "t.pcap", "--sensors", folder / "s.toml", "--store", folder / "t.db")
        pages = []
        for language, convention in (("ja", "talot2"), ("en", "attempts")):
            out = folder / language
            teiten.ok("report", "2007-07", "--store", folder / "t.db", "--lang", language, "--convention", convention, "--out", out)
            pages.append(out / "report.html")
        return subprocess.run([node, page_test, *pages], check=False).returncode


sys.exit(main())
