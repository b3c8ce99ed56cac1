#!/usr/bin/env python3
"""Fails on an include that does not point to the same folder or to one above it (see ARCHITECTURE.md)."""
import pathlib
import re
import sys

FOLDERS = ["base", "net", "capture", "decode", "logs", "access", "enrich", "wire", "store", "analyze", "report",
           "simulate", "sense", "serve", "app"]
INCLUDE = re.compile(r'^\s*#\s*include\s*"([^"]+)"')


def violations(root):
    for path in sorted(p for p in root.rglob("*") if p.suffix in (".cpp", ".h")):
        folder = path.relative_to(root).parts[0]
        if folder not in FOLDERS:
            yield f"{path}: folder {folder!r} is not in the list of layers"
            continue
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            match = INCLUDE.match(line)
            if not match:
                continue
            target = match.group(1).split("/")[0]
            if target not in FOLDERS:
                yield f"{path}:{number}: {match.group(1)} is not named from src/"
            elif FOLDERS.index(target) > FOLDERS.index(folder):
                yield f"{path}:{number}: {folder} includes {match.group(1)}, which lies below it"


def main():
    root = pathlib.Path(sys.argv[1])
    found = list(violations(root))
    print("\n".join(found) if found else f"layers: no include of {root} points upward")
    return 1 if found else 0


sys.exit(main())
