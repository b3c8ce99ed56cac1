#!/usr/bin/env python3
"""Compares the decoder with tshark, frame by frame and field by field, on real captures.

usage: tshark_test.py DECODE_DUMP [DATA_FOLDER]

The captures lie in DATA_FOLDER/{pcap,pcap-odd}; TEITEN_SHARED_DATA names another folder. Exit status: 0 they agree
but for ACCEPTED, 1 they differ otherwise, 77 (skipped) tshark or the captures are missing.

Only the outermost IP layer counts, as in the decoder; below it the packet that an ICMP error quotes.
ACCEPTED lists every difference that is meant to be, with its reason; docs/decoding.md explains them.
"""

import collections
import ipaddress
import os
import shutil
import subprocess
import sys
from pathlib import Path

SKIP = 77

# No reassembly: a frame is compared with itself alone.
TSHARK_OPTIONS = ["-n"] + [
    word
    for option in (
        "ip.defragment:false",
        "ipv6.defragment:false",
        "tcp.desegment_tcp_streams:false",
        "tcp.relative_sequence_numbers:false",
        "tcp.analyze_sequence_numbers:false",
    )
    for word in ("-o", option)
]

# What tshark prints, all occurrences of each: a tunnel or a quote repeats the fields of the outer packet.
TSHARK_FIELDS = """
    frame.encap_type frame.protocols
    ip.src ip.dst ip.proto ip.ttl ip.id ip.frag_offset ip.flags.mf
    ipv6.src ipv6.dst ipv6.nxt ipv6.hlim
    ipv6.hopopts.nxt ipv6.routing.nxt ipv6.fraghdr.nxt ipv6.fraghdr.offset ipv6.fraghdr.more
    ipv6.dstopts.nxt ah.next_header mip6.proto hip.proto shim6.nxt
    tcp.srcport tcp.dstport tcp.flags tcp.seq_raw tcp.ack_raw tcp.window_size_value
    udp.srcport udp.dstport icmp.type icmp.code icmp.ident
    icmpv6.type icmpv6.code icmpv6.echo.identifier
    sll.pkttype _ws.expert.message
""".split()

TCP, UDP, ICMP, ICMPV6 = 6, 17, 1, 58
FRAGMENT_HEADER, NO_NEXT_HEADER = 44, 59
# Extension header -> the tshark field that holds its next header.
EXTENSIONS = {
    0: "ipv6.hopopts.nxt",
    43: "ipv6.routing.nxt",
    44: "ipv6.fraghdr.nxt",
    51: "ah.next_header",
    60: "ipv6.dstopts.nxt",
    135: "mip6.proto",
    139: "hip.proto",
    140: "shim6.nxt",
}
WHOLE, FIRST, LATER = "0", "1", "2"


class Fields:
    """The fields of one frame, each a queue: the next header takes the next occurrence."""

    def __init__(self, columns):
        self.values = {
            name: collections.deque(text.split(";")) if text else collections.deque()
            for name, text in zip(TSHARK_FIELDS, columns)
        }

    def take(self, name):
        queue = self.values.get(name)
        return queue.popleft() if queue else ""

    def text(self, name):
        return ";".join(self.values[name])


def integer(text):
    """A number as tshark prints it (decimal, 0x…, or a flag) in decimal; '' stays ''."""
    if text in ("True", "False"):
        return str(int(text == "True"))
    return str(int(text, 0)) if text else ""


def address(text):
    """An address in one spelling; an IPv4-mapped one is the IPv4 address, as in the decoder."""
    if not text:
        return ""
    parsed = ipaddress.ip_address(text)
    return str(getattr(parsed, "ipv4_mapped", None) or parsed)


def take_ip(fields, version):
    """One IP header with its extension headers."""
    if version == 4:
        header = {
            "source": address(fields.take("ip.src")),
            "destination": address(fields.take("ip.dst")),
            "protocol": integer(fields.take("ip.proto")),
            "ttl": integer(fields.take("ip.ttl")),
            "ip_id": integer(fields.take("ip.id")),
        }
        offset = integer(fields.take("ip.frag_offset"))
        more = integer(fields.take("ip.flags.mf"))
        header["fragment"] = LATER if offset not in ("", "0") else FIRST if more == "1" else WHOLE
        return header
    header = {
        "source": address(fields.take("ipv6.src")),
        "destination": address(fields.take("ipv6.dst")),
        "ttl": integer(fields.take("ipv6.hlim")),
        "ip_id": "",
        "fragment": WHOLE,
    }
    protocol = previous = integer(fields.take("ipv6.nxt"))
    while protocol and int(protocol) in EXTENSIONS:
        previous = protocol
        protocol = integer(fields.take(EXTENSIONS[int(protocol)]))
        if int(previous) == FRAGMENT_HEADER:
            offset = integer(fields.take("ipv6.fraghdr.offset"))
            more = integer(fields.take("ipv6.fraghdr.more"))
            if offset not in ("", "0"):
                header["fragment"] = LATER
                break
            if more == "1":
                header["fragment"] = FIRST
    # A mobility, HIP or shim6 message ends the chain and is what the packet is about.
    if protocol == str(NO_NEXT_HEADER) and previous in ("135", "139", "140"):
        protocol = previous
    header["protocol"] = protocol
    return header


def take_ports(fields, protocol):
    name = {str(TCP): "tcp", str(UDP): "udp"}.get(protocol)
    if not name:
        return "", ""
    return integer(fields.take(name + ".srcport")), integer(fields.take(name + ".dstport"))


def take_transport(fields, packet):
    """The transport header of the outer packet."""
    protocol = packet["protocol"]
    packet["source_port"], packet["destination_port"] = take_ports(fields, protocol)
    tcp = protocol == str(TCP)
    flags = integer(fields.take("tcp.flags")) if tcp else ""
    packet["flags"] = str(int(flags) & 0xFF) if flags else ""
    packet["sequence"] = integer(fields.take("tcp.seq_raw")) if tcp else ""
    packet["acknowledgement"] = integer(fields.take("tcp.ack_raw")) if tcp else ""
    packet["window"] = integer(fields.take("tcp.window_size_value")) if tcp else ""
    icmp = {str(ICMP): "icmp", str(ICMPV6): "icmpv6"}.get(protocol)
    packet["icmp_type"] = integer(fields.take(icmp + ".type")) if icmp else ""
    packet["icmp_code"] = integer(fields.take(icmp + ".code")) if icmp else ""


def is_icmp_error(packet):
    kind = (packet["protocol"], packet["icmp_type"])
    return kind in {("1", t) for t in ("3", "4", "5", "11", "12")} | {("58", t) for t in "1234"}


def take_quote(fields, packet, rest):
    """The packet that an ICMP error quotes; `rest` are the protocols after ICMP."""
    version = {"ip": 4, "ipv6": 6}.get(rest[0]) if rest else None
    if not is_icmp_error(packet) or version is None:
        return
    quote = take_ip(fields, version)
    for name in ("source", "destination", "protocol"):
        packet["quoted_" + name] = quote[name]
    ports = take_ports(fields, quote["protocol"]) if quote["fragment"] != LATER else ("", "")
    packet["quoted_source_port"], packet["quoted_destination_port"] = ports


def expected_packet(columns):
    """What tshark says of the outermost IP layer of a frame; None where it sees none."""
    fields = Fields(columns)
    protocols = fields.text("frame.protocols").split(":")
    at = next((i for i, name in enumerate(protocols) if name in ("ip", "ipv6")), None)
    if at is None:
        return None, fields, protocols
    packet = take_ip(fields, 4 if protocols[at] == "ip" else 6)
    take_transport(fields, packet)
    packet["below"] = protocols[:at]
    icmp = next((i for i in range(at, len(protocols)) if protocols[i].startswith("icmp")), None)
    if icmp is not None:
        take_quote(fields, packet, protocols[icmp + 1 :])
    if packet["icmp_type"] and not is_icmp_error(packet):
        name = "icmp.ident" if packet["protocol"] == str(ICMP) else "icmpv6.echo.identifier"
        packet["icmp_identifier"] = integer(fields.take(name))
    packet["outgoing"] = str(int(fields.take("sll.pkttype") == "4"))
    return packet, fields, protocols


COMPARED = """
    source destination protocol ttl ip_id fragment source_port destination_port flags sequence acknowledgement
    window icmp_type icmp_code outgoing quoted_source quoted_destination quoted_protocol quoted_source_port
    quoted_destination_port
""".split()


def normal(row, name):
    """A field in one spelling: ::192.0.2.1 has two."""
    value = row.get(name, "")
    return address(value) if name.endswith(("source", "destination")) else value


def differences(ours, theirs):
    """Names of the fields that differ."""
    if theirs is None:
        return [] if ours["verdict"] != "packet" else ["verdict"]
    if ours["verdict"] != "packet":
        return ["verdict"]
    names = [name for name in COMPARED if normal(ours, name) != normal(theirs, name)]
    identifier = theirs.get("icmp_identifier", "")
    if identifier and identifier != ours.get("icmp_identifier", ""):
        names.append("icmp_identifier")
    return names


def is_anomaly(ours):
    return ours["verdict"] not in ("packet", "not_ip")


def has_transport(theirs):
    """Whether tshark shows what a packet must have: TCP's flags, other ports, or ICMP type and code."""
    if theirs["protocol"] == str(TCP):
        return theirs["flags"] != ""
    return theirs["source_port"] != "" or theirs["icmp_code"] != ""


# name -> (when it applies, why it is right). `ours` and `theirs` are the two rows, `differing`
# the fields.
ACCEPTED = {
    "unknown_link_type": (
        lambda ours, theirs, differing: ours["verdict"] == "unknown_link_type",
        "a link type that teiten does not read (docs/decoding.md lists those it does)",
    ),
    "no_addresses": (
        lambda ours, theirs, differing: is_anomaly(ours)
        and not (theirs["source"] and theirs["destination"]),
        "tshark names IP, too, but gets no addresses out of the header",
    ),
    "cut_header": (
        lambda ours, theirs, differing: ours["verdict"].startswith("truncated_")
        and not has_transport(theirs),
        "tshark prints the fields before the cut; a packet without its transport header is an anomaly",
    ),
    "bogus_tcp_length": (
        lambda ours, theirs, differing: ours["verdict"] == "invalid_tcp_header_length",
        "tshark prints the ports of a TCP header that cannot be, with an expert note",
    ),
    "cut_after_what_counts": (
        lambda ours, theirs, differing: set(differing) <= {"flags", "icmp_type", "icmp_code"}
        and not has_transport(theirs),
        "tshark wants the TCP header up to the window and eight bytes of ICMP, or prints nothing of them",
    ),
    "short_datagram": (
        lambda ours, theirs, differing: ours["verdict"].startswith("truncated_"),
        "the IP length leaves less than a transport header; tshark reads what there is of it",
    ),
    "pseudowire": (
        lambda ours, theirs, differing: ours["verdict"] == "not_ip" and "eth" in theirs["below"][1:],
        "IP inside an Ethernet pseudowire: a tunnel, and the frame around it is not IP",
    ),
    "short_quote": (
        lambda ours, theirs, differing: all(name.startswith("quoted_") for name in differing)
        and not ours["quoted_source"]
        and not (theirs["quoted_protocol"] and theirs["quoted_source_port"]),
        "a quote that does not tell the flow is no quote",
    ),
}


def read_dump(program, path):
    """The rows of decode_dump; None if the file is no capture for us."""
    run = subprocess.run([program, str(path)], capture_output=True, text=True, check=False)
    lines = run.stdout.splitlines()
    if run.returncode != 0 or not lines:
        return None
    names = lines[0].split("\t")
    return [dict(zip(names, line.split("\t"))) for line in lines[1:]]


def read_tshark(path):
    """The rows of tshark, and whether it read the file to its end."""
    arguments = ["tshark", "-r", str(path), "-T", "fields", "-E", "occurrence=a", "-E", "aggregator=;"]
    arguments += TSHARK_OPTIONS
    for name in TSHARK_FIELDS:
        arguments += ["-e", name]
    run = subprocess.run(arguments, capture_output=True, text=True, check=False, errors="replace")
    rows = [line.split("\t") for line in run.stdout.splitlines()]
    # tshark shows pcapng's custom blocks as frames, too: they have no link type.
    return [row for row in rows if row[0]], run.returncode == 0


def compare_row(ours, columns, accepted):
    """What is wrong with one frame, or None."""
    theirs, fields, protocols = expected_packet(columns)
    differing = differences(ours, theirs)
    if not differing:
        return None
    for name, (rule, _) in ACCEPTED.items():
        if theirs and rule(ours, theirs, differing):
            accepted[name] += 1
            return None
    return (
        f"frame {ours['number']}: {', '.join(differing)}\n  teiten: {ours}\n"
        f"  tshark: {theirs} {':'.join(protocols)} {fields.text('_ws.expert.message')}"
    )


def compare_file(program, path, accepted):
    """Prints the differences of one file; returns (frames, packets, unexplained)."""
    ours_rows = read_dump(program, path)
    if ours_rows is None:
        print(f"{path.name}: not a capture for teiten, not compared")
        return 0, 0, 0
    theirs_rows, whole = read_tshark(path)
    problems = []
    if whole and len(ours_rows) != len(theirs_rows):
        problems.append(f"{len(ours_rows)} frames, tshark has {len(theirs_rows)}")
    if not whole:
        print(f"{path.name}: tshark gives up after {len(theirs_rows)} of {len(ours_rows)} frames")
    for ours, columns in zip(ours_rows, theirs_rows):
        problem = compare_row(ours, columns, accepted)
        if problem:
            problems.append(problem)
    for problem in problems:
        print(f"{path.name}: {problem}")
    packets = sum(row["verdict"] == "packet" for row in ours_rows)
    return len(ours_rows), packets, len(problems)


def captures(data):
    for folder in (data / "pcap", data / "pcap-odd"):
        if folder.is_dir():
            yield from sorted(path for path in folder.iterdir() if path.suffix in (".pcap", ".pcapng"))


def main():
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    program = sys.argv[1]
    default = sys.argv[2] if len(sys.argv) > 2 else "../shared/data"
    paths = list(captures(Path(os.environ.get("TEITEN_SHARED_DATA") or default)))
    if not paths or not shutil.which("tshark"):
        print("skipped: no captures in ../shared/data, or no tshark")
        return SKIP
    accepted = collections.Counter()
    frames = packets = unexplained = 0
    for path in paths:
        counts = compare_file(program, path, accepted)
        frames, packets, unexplained = (
            a + b for a, b in zip((frames, packets, unexplained), counts)
        )
    print(f"{len(paths)} files, {frames} frames, {packets} packets, {unexplained} unexplained differences")
    for name, count in sorted(accepted.items()):
        print(f"  accepted {count:4} {name}: {ACCEPTED[name][1]}")
    return 1 if unexplained or not packets else 0


if __name__ == "__main__":
    sys.exit(main())
