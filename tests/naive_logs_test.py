#!/usr/bin/env python3
"""The streaming readers of logs against naive ones that hold the whole file, on random records, good and bad.

Each writer makes a file of one format; each naive reader says from the file's text alone, by the rules of docs/inputs.md and by means of its own,
what every record is: (time, source, source port, service, packets) or the names of all that is wrong with it. `teiten inspect` must say the
same packet, or one of those names, record by record, of the plain file and of compressed ones.
"""
import calendar
import csv
import datetime
import gzip
import ipaddress
import json
import lzma
import pathlib
import random
import re
import sys
import tempfile

from teiten_cli import Teiten, check

RECORDS = 1500
YEAR = 2026
FIRST = calendar.timegm((YEAR, 8, 3, 0, 0, 0))
MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
PORTS = [22, 23, 80, 445, 1433, 3389, 65535, 1]
PROTOCOLS = {"tcp": 6, "udp": 17, "icmp": 1}


def iso(seconds, separator="T"):
    return datetime.datetime.fromtimestamp(seconds, datetime.timezone.utc).strftime(f"%Y-%m-%d{separator}%H:%M:%S")


class Records:
    """Random records in time order, but for a clock that now and then steps back."""

    def __init__(self, seed):
        self.random = random.Random(seed)
        self.time = FIRST

    def one(self):
        r = self.random
        self.time += r.choice([0, 0, 1, 7, 60, 3599, -1, -45])
        return {"time": self.time, "source": f"198.51.100.{r.randrange(1, 255)}", "sport": r.choice([0, 1024, 40000, 65535]),
                "dport": r.choice(PORTS), "proto": r.choice(["tcp", "tcp", "tcp", "udp"])}

    def pick(self, *ways):
        """Mostly the first."""
        return ways[0] if self.random.random() < 0.6 else self.random.choice(ways)


def port_of(text):
    return int(text) if re.fullmatch(r"\d{1,5}", str(text)) and int(text) <= 65535 else None


def service_of(sport, dport, protocol, answers):
    """An answer nobody asked for is backscatter: its service is the victim's (docs/kinds.md)."""
    return f"{int(sport if answers else dport)}/{protocol}"


def judged(faults, packet):
    """`faults`: name → whether it holds. The packet is made only if none does."""
    wrong = {name for name, holds in faults.items() if holds}
    return wrong or packet()


# --- The kernel's lines -----------------------------------------------------------------------------------------------------------------


def write_kernel(records):
    lines = []
    for _ in range(RECORDS):
        x = records.one()
        moment = datetime.datetime.fromtimestamp(x["time"], datetime.timezone.utc)
        stamp = records.pick(f"{MONTHS[moment.month - 1]} {moment.day:2} {moment:%H:%M:%S}", iso(x["time"]) + "Z", iso(x["time"]) + "+00:00")
        v6 = records.random.random() < 0.2
        source = f"2001:db8::{records.random.randrange(1, 0xffff):x}" if v6 else x["source"]
        ports = f"SPT={records.pick(x['sport'], 65536, 70000)} DPT={x['dport']}"
        transport = records.pick(f"PROTO=TCP {ports} WINDOW=1024 RES=0x00 SYN URGP=0", f"PROTO=UDP {ports} LEN=28",
                                 f"PROTO={'ICMPv6' if v6 else 'ICMP'} TYPE={128 if v6 else 8} CODE=0 ID=7 SEQ=1",
                                 "PROTO=47 MARK=0x1", "PROTO=FOO MARK=0x1",
                                 f"PROTO=TCP {ports} WINDOW=1024 RES=0x00 ACK SYN URGP=0")
        ip = (f"SRC={source} DST=2001:db8:1::1 LEN=60 TC=0 HOPLIMIT=55 FLOWLBL=0 " if v6 else
              f"SRC={source} DST=192.0.2.1 LEN=40 TOS=0x00 PREC=0x00 TTL=244 ID={records.random.randrange(65536)} ")
        ways = records.pick("IN=ens3 OUT= MAC=00:11 ", "IN=eth0 OUT= ", "IN= OUT=ens3 ", "IN=ens3 OUT=ens4 ")
        prefix = records.pick("[UFW BLOCK] ", "Shorewall:net2fw:DROP:", "[UFW ALLOW] ", "[UFW AUDIT] ", "nft-drop: ", "")
        line = f"{stamp} vps kernel: [{records.random.randrange(9999)}.000001] {prefix}{ways}{ip}{transport}"
        lines.append(records.pick(line, line + "\r", f"{stamp} vps sshd[99]: Failed password for {line}", "", "   ", line.replace(stamp + " ", "")))
    return "\n".join(lines) + "\n"


def read_kernel(text):
    for line in text[:-1].split("\n"):
        line = line.rstrip("\r")
        if not line.strip():
            yield {"empty_line"}
            continue
        if "sshd[" in line:
            yield {"not_a_firewall_line"}
            continue
        words = dict(re.findall(r"\b([A-Z]+)=(\S*)", line.replace(":IN=", " IN=")))
        if "UFW ALLOW" in line:
            yield {"allowed"}
        elif "UFW AUDIT" in line:
            yield {"audit"}
        elif words["IN"] == "":
            yield {"outbound"}
        elif words["OUT"] != "":
            yield {"forwarded"}
        else:
            yield kernel_packet(line, words)


def kernel_packet(line, words):
    protocol = words["PROTO"].lower()
    has_ports = protocol in ("tcp", "udp")
    full = re.match(r"(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(Z|\+00:00) ", line)
    short = re.match(r"(\w{3}) +(\d+) (\d\d):(\d\d):(\d\d) ", line)

    def packet():
        time = tuple(map(int, full.groups()[:6])) if full else (YEAR, MONTHS.index(short[1]) + 1, *map(int, short.groups()[1:]))
        if has_ports:
            service = service_of(words["SPT"], words["DPT"], protocol, " ACK SYN " in line)
        else:
            service = f"{protocol}/ip" if protocol.isdigit() else f"{words['TYPE']}/{protocol}"
        return calendar.timegm(time), words["SRC"], int(words["SPT"]) if has_ports else None, service, 1

    return judged({"invalid_time": not full and not short, "invalid_protocol": protocol == "foo",
                   "invalid_port": has_ports and (port_of(words["SPT"]) is None or port_of(words["DPT"]) is None)}, packet)


# --- A table ----------------------------------------------------------------------------------------------------------------------------


def write_csv(records):
    rows = ["dport,when,proto,note,from,sport"]
    for _ in range(RECORDS):
        x = records.one()
        when = records.pick(iso(x["time"]), iso(x["time"], " "), str(x["time"]), "yesterday", "1970-01-01 00:00:05", '"' + iso(x["time"], " ") + '"')
        note = records.pick("", "x", '"a, ""b"""', '"two\nlines"')
        row = [records.pick(x["dport"], 65536, f"{x['dport']}.0", f" {x['dport']} "), when, records.pick(x["proto"], x["proto"].upper(), "6", "FOO"),
               note, records.pick(x["source"], "0.0.0.0", "198.51.100.256", "", "2001:db8::7"), x["sport"]]
        line = ",".join(map(str, row))
        rows.append(records.pick(line, line, line + ",more", line.rsplit(",", 1)[0]))
    return records.pick("\n", "\r\n").join(rows) + "\n"


def read_csv(text):
    header = None
    for row in csv.reader(text.splitlines(keepends=True)):
        if header is None:
            header = row
        elif len(row) != len(header):
            yield {"wrong_column_count"}
        else:
            yield csv_packet({name: value.strip() for name, value in zip(header, row)})


def csv_packet(row):
    time = None
    if re.fullmatch(r"\d{10}", row["when"]):
        time = int(row["when"])
    elif re.fullmatch(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d", row["when"]):
        time = calendar.timegm(tuple(map(int, re.findall(r"\d+", row["when"]))))
    protocol = {"6": "tcp"}.get(row["proto"], row["proto"].lower())
    port = port_of(row["dport"].removesuffix(".0"))
    return judged({"invalid_time": time is None, "before_1990": time is not None and time < calendar.timegm((1990, 1, 1, 0, 0, 0)),
                   "no_source": row["from"] in ("", "0.0.0.0"), "invalid_source": not is_address(row["from"]),
                   "invalid_protocol": protocol not in PROTOCOLS, "invalid_port": port is None},
                  lambda: (time, row["from"], int(row["sport"]), f"{port}/{protocol}", 1))


def is_address(text):
    try:
        return bool(ipaddress.ip_address(text))
    except ValueError:
        return text == ""


# --- DShield's lines --------------------------------------------------------------------------------------------------------------------


def write_dshield(records):
    lines = []
    for _ in range(RECORDS):
        x = records.one()
        stamp = records.pick(iso(x["time"], " ") + " +00:00", iso(x["time"] + 32400, " ") + " +09:00", "2026-13-01 00:00:00 +00:00")
        columns = [stamp, "123", records.random.randrange(1, 4),
                   records.pick(x["source"], "0.0.0.0", "nobody"), records.pick(x["sport"], 65536), "192.0.2.1", x["dport"],
                   records.pick(x["proto"].upper(), "17", "???"), records.pick("S", "SA", "")]
        line = "\t".join(map(str, columns))
        lines.append(records.pick(line, line + "\r", "", line.rsplit("\t", 1)[0]))
    return "\n".join(lines) + "\n"


def read_dshield(text):
    for line in text[:-1].split("\n"):
        line = line.rstrip("\r")
        if not line.strip():
            yield {"empty_line"}
            continue
        stamp, _, count, source, sport, _, dport, protocol = line.split("\t")[:8]
        protocol = {"17": "udp"}.get(protocol, protocol.lower())
        yield judged({"invalid_time": "-13-" in stamp, "no_source": source == "0.0.0.0", "invalid_source": source == "nobody",
                      "invalid_protocol": protocol not in PROTOCOLS, "invalid_port": port_of(sport) is None},
                     lambda: (int(datetime.datetime.strptime(stamp, "%Y-%m-%d %H:%M:%S %z").timestamp()), source, int(sport),
                              service_of(sport, dport, protocol, protocol == "tcp" and line.endswith("\tSA")), int(count)))


# --- Zeek -------------------------------------------------------------------------------------------------------------------------------


def write_zeek(records):
    fields = ["ts", "uid", "id.orig_h", "id.orig_p", "id.resp_h", "id.resp_p", "proto", "local_orig", "history", "orig_pkts", "resp_pkts"]
    lines = ["#separator \\x09", "#path\tconn"]
    for number in range(RECORDS):
        if number % 500 == 0:  # another rotation, with its columns in another order
            records.random.shuffle(fields)
            lines.append("#fields\t" + "\t".join(fields))
        x = records.one()
        backscatter = records.random.random() < 0.2  # Zeek has turned it round
        row = {"ts": records.pick(f"{x['time']}.500000", "yesterday"), "uid": "C1", "id.orig_h": records.pick(x["source"], "nobody"),
               "id.orig_p": records.pick(x["sport"], 65536), "id.resp_h": "192.0.2.1", "id.resp_p": x["dport"], "proto": x["proto"],
               "local_orig": records.pick("F", "-", "T"), "history": {"tcp": "S", "udp": "D"}[x["proto"]],
               "orig_pkts": records.random.randrange(1, 4),
               "resp_pkts": 0}
        if backscatter:
            row.update({"id.orig_h": "192.0.2.1", "id.orig_p": x["dport"], "id.resp_h": row["id.orig_h"], "id.resp_p": x["sport"], "orig_pkts": 0,
                        "resp_pkts": 2, "history": {"tcp": "h", "udp": "d"}[x["proto"]], "local_orig": "-"})
        line = "\t".join(str(row[field]) for field in fields)
        lines.append(records.pick(line, line, line + "\tmore"))
    return "\n".join(lines) + "\n"


def read_zeek(text):
    for line in text.splitlines():
        cells = line.split("\t")
        if cells[0] == "#fields":
            fields = cells[1:]
        elif not line.startswith("#"):
            yield zeek_packet(dict(zip(fields, cells))) if len(cells) == len(fields) else {"wrong_column_count"}


def zeek_packet(row):
    turned = row["orig_pkts"] == "0"
    source, sport, dport, packets = (row[name] for name in (("id.resp_h", "id.resp_p", "id.orig_p", "resp_pkts") if turned else
                                                            ("id.orig_h", "id.orig_p", "id.resp_p", "orig_pkts")))
    answers = turned and row["proto"] == "tcp"
    return judged({"invalid_time": row["ts"] == "yesterday", "outbound": row["local_orig"] == "T", "invalid_source": source == "nobody",
                   "invalid_port": port_of(sport) is None or port_of(dport) is None},
                  lambda: (int(float(row["ts"])), source, int(sport), service_of(sport, dport, row["proto"], answers), int(packets)))


# --- pf's filterlog ---------------------------------------------------------------------------------------------------------------------


def write_filterlog(records):
    lines = []
    for _ in range(RECORDS):
        x = records.one()
        v6 = records.random.random() < 0.2
        head = f"5,,,1000000103,em0,match,{records.pick('block', 'reject', 'pass')},{records.pick('in', 'out')},"
        tail = f"{x['source']},192.0.2.1,{records.pick(x['sport'], 65536)},{x['dport']},"
        if v6:
            ip = f"6,0x00,0x00000,244,{x['proto'].upper()},{PROTOCOLS[x['proto']]},40,"
            tail = tail.replace(x["source"], "2001:db8::7").replace("192.0.2.1", "2001:db8:1::1")
        else:
            ip = f"4,0x0,,244,54321,0,none,{PROTOCOLS[x['proto']]},{x['proto']},40,"
        tail += f"0,{records.pick('S', 'SA')},12345678,,1024,," if x["proto"] == "tcp" else "20"
        line = f"<134>1 {iso(x['time'])}.5+00:00 gw filterlog 12345 - - {head}{ip}{tail}"
        lines.append(records.pick(line, line + "\r", line.replace("filterlog", "sshd"), "", line[:line.index(ip)]))
    return "\n".join(lines) + "\n"


def read_filterlog(text):
    for line in text[:-1].split("\n"):
        line = line.rstrip("\r")
        if not line:
            yield {"empty_line"}
        elif "sshd" in line:
            yield {"not_a_firewall_line"}
        else:
            yield filterlog_packet(line.split(" ")[1], line.split(" ")[7].split(","))


def filterlog_packet(stamp, words):
    faults = {"allowed": words[6] == "pass", "outbound": words[7] == "out", "truncated_line": len(words) < 12}
    if len(words) < 12:
        return judged(faults, None)
    protocol, source, sport, dport = (words[at] for at in ((12, 15, 17, 18) if words[8] == "6" else (16, 18, 20, 21)))
    protocol = protocol.lower()
    return judged({**faults, "invalid_port": port_of(sport) is None},
                  lambda: (int(datetime.datetime.fromisoformat(stamp[:19] + "+00:00").timestamp()), source, int(sport),
                           service_of(sport, dport, protocol, "SA" in words), 1))


# --- Cloud flow logs --------------------------------------------------------------------------------------------------------------------


def write_vpc(records):
    lines = ["version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status"]
    for _ in range(RECORDS):
        x = records.one()
        flow = f"2 123456789010 eni-0a {x['source']} 192.0.2.1 {x['sport']} {x['dport']} {PROTOCOLS[x['proto']]} "
        flow += f"{records.random.randrange(1, 5)} 80 {x['time']} {x['time'] + 59} {records.pick('REJECT', 'ACCEPT')} OK"
        nothing = f"2 123456789010 eni-0a - - - - - - - {x['time']} {x['time'] + 59} - "
        lines.append(records.pick(flow, nothing + "NODATA", nothing + "SKIPDATA", flow.replace(x["source"], "10.0.0"), flow + " more"))
    return "\n".join(lines) + "\n"


def read_vpc(text):
    for line in text.splitlines()[1:]:
        words = line.split(" ")
        if len(words) != 14:
            yield {"wrong_column_count"}
        elif words[13] != "OK":
            yield {{"NODATA": "no_data", "SKIPDATA": "skipped_data"}[words[13]]}
        else:
            protocol = {6: "tcp", 17: "udp"}[int(words[7])]
            yield judged({"allowed": words[12] == "ACCEPT", "invalid_source": words[3] == "10.0.0"},
                         lambda: (int(words[10]), words[3], int(words[5]), f"{words[6]}/{protocol}", int(words[8])))


# --- JSON -------------------------------------------------------------------------------------------------------------------------------


def write_json(records, record_of):
    """Lines, an array or one after another: what holds them is no part of a record."""
    items = [json.dumps(record_of(records)) for _ in range(RECORDS)]
    way = records.random.choice(["lines", "array", "indented"])
    if way == "lines":
        return "\n".join(items) + "\n"
    if way == "array":
        return "[" + ",".join(items) + "]"
    return "\n".join(json.dumps(json.loads(item), indent=2) for item in items)


def read_json(text, packet_of):
    decoder = json.JSONDecoder()
    at = 0
    while True:
        while at < len(text) and text[at] in "[], \r\n":
            at += 1
        if at == len(text):
            return
        record, at = decoder.raw_decode(text, at)
        yield packet_of(record)


def cowrie_record(records):
    x = records.one()
    return {"eventid": records.pick("cowrie.session.connect", "cowrie.login.failed", "cowrie.session.closed"),
            "src_ip": records.pick(x["source"], "0.0.0.0", "nobody"), "src_port": records.pick(x["sport"], 65536, -1),
            "dst_ip": "192.0.2.1", "dst_port": 2222, "session": "a{\"b", "protocol": "ssh", "message": records.pick("new", "] } \\", "配列"),
            "sensor": "tokyo", "timestamp": records.pick(iso(x["time"]) + ".123456Z", "yesterday", "1970-01-01T00:00:00.000000Z")}


def cowrie_packet(record):
    if record["eventid"] != "cowrie.session.connect":
        return {"not_a_connection"}
    stamp = record["timestamp"]
    return json_packet(record, stamp, 2222, "tcp", {"invalid_time": stamp == "yesterday", "before_1990": stamp.startswith("1970")})


def suricata_record(records):
    x = records.one()
    stamp = records.pick(iso(x["time"]) + ".500000+0000", iso(x["time"] + 32400) + ".500000+0900")
    return {"timestamp": iso(x["time"] + 60) + ".000000+0000", "flow_id": 1, "event_type": records.pick("flow", "dns", "stats"),
            "src_ip": records.pick(x["source"], "0.0.0.0", "nobody"), "src_port": records.pick(x["sport"], 65536), "dest_ip": "192.0.2.1",
            "dest_port": x["dport"], "proto": records.pick(x["proto"].upper(), "Unknown?"),
            "flow": {"pkts_toserver": records.random.randrange(1, 5), "pkts_toclient": 0, "start": stamp}, "tcp": {"tcp_flags_ts": "02"}}


def suricata_packet(record):
    if record["event_type"] != "flow":
        return {"not_a_connection"}
    protocol = record["proto"].lower()
    return json_packet(record, record["flow"]["start"], record["dest_port"], protocol, {"invalid_protocol": protocol not in PROTOCOLS})


def json_packet(record, stamp, service, protocol, faults):
    def packet():
        time = datetime.datetime.strptime(stamp.replace("Z", "+0000"), "%Y-%m-%dT%H:%M:%S.%f%z")
        return int(time.timestamp()), record["src_ip"], record["src_port"], f"{service}/{protocol}", record.get("flow", {}).get("pkts_toserver", 1)

    return judged({**faults, "no_source": record["src_ip"] == "0.0.0.0", "invalid_source": record["src_ip"] == "nobody",
                   "invalid_port": port_of(record["src_port"]) is None}, packet)


FORMATS = {
    "iptables": (write_kernel, read_kernel, ["--year", str(YEAR)]),
    "csv": (write_csv, read_csv, ["--csv", "time=when,source=from,protocol=proto,source_port=sport,destination_port=dport"]),
    "dshield": (write_dshield, read_dshield, []),
    "zeek": (write_zeek, read_zeek, []),
    "filterlog": (write_filterlog, read_filterlog, []),
    "vpc": (write_vpc, read_vpc, []),
    "cowrie": (lambda records: write_json(records, cowrie_record), lambda text: read_json(text, cowrie_packet), []),
    "suricata": (lambda records: write_json(records, suricata_record), lambda text: read_json(text, suricata_packet), []),
}


def said_by_teiten(teiten, path, arguments):
    for text in teiten.ok("inspect", path, "--tz", "UTC", *arguments).splitlines():
        record = json.loads(text)
        if record["verdict"] == "rejected":
            yield record["reason"]
        else:
            time = calendar.timegm(tuple(map(int, re.findall(r"\d+", record["time"])[:6])))
            yield time, record["source"], record.get("source_port"), record["service"], record.get("packets", 1)


def compare(teiten, folder, name, seed):
    write, read, arguments = FORMATS[name]
    text = write(Records(f"{name} {seed}"))
    wanted = list(read(text))
    kinds = {name for each in wanted for name in (each if isinstance(each, set) else {"accepted"})}
    check(len(wanted) == RECORDS and "accepted" in kinds and len(kinds) > 3, f"{name}: the writer tries little: {kinds}")
    for suffix, pack in (("", bytes), (".gz", gzip.compress), (".xz", lzma.compress)):
        path = folder / f"{name}-{seed}.log{suffix}"
        path.write_bytes(pack(text.encode()))
        got = list(said_by_teiten(teiten, path, ["--format", name, *arguments]))
        for at, (mine, theirs) in enumerate(zip(wanted, got)):
            check(theirs in mine if isinstance(mine, set) else theirs == mine,
                  f"{path.name}, record {at + 1}: teiten says {theirs}, the naive reader {mine}")
        check(len(got) == len(wanted), f"{path.name}: {len(got)} records, the naive reader has {len(wanted)}")
    return kinds


def main():
    teiten = Teiten(sys.argv[1])
    with tempfile.TemporaryDirectory() as folder:
        for name in FORMATS:
            kinds = set()
            for seed in range(4):
                kinds |= compare(teiten, pathlib.Path(folder), name, seed)
            print(f"ok: {name}: 4 × {RECORDS} records, plain, .gz and .xz, told alike: {', '.join(sorted(kinds))}", flush=True)
    return 0


sys.exit(main())
