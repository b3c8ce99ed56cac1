#!/usr/bin/env python3
"""The collector against sensors that are right, wrong, slow, late and hostile, over real TLS; and the store that comes of it."""
import http.client
import json
import os
import pathlib
import re
import signal
import socket
import ssl
import subprocess
import sys
import tempfile
import threading
import time
import tomllib
import urllib.request

from teiten_cli import Teiten, check, equal, ufw_line

MEDIA_TYPE = "application/vnd.teiten.batch+zstd"
MINUTE = 60_000_000
DAY = 24 * 60 * MINUTE
HEADER_TIME = 10  # seconds that the collector waits for a handshake or a request's head


def packets_of(accesses):
    """make_batch gives access number i 1, 2 or 3 packets in turn."""
    return sum((1, 2, 3)[i % 3] for i in range(accesses))


class Bundle:
    """What `teiten sensor add` wrote, as the files that OpenSSL wants."""

    def __init__(self, path):
        content = tomllib.loads(path.read_text())
        self.sensor, self.collectors, self.ca = content["sensor"], content["collectors"], content["ca"]
        self.pem = path.with_suffix(".pem")
        self.pem.write_text(content["certificate"] + content["key"])

    def context(self, certificate=True, ca=None):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.load_verify_locations(cadata=ca or self.ca)
        if certificate:
            context.load_cert_chain(self.pem)
        return context


class Collector:
    def __init__(self, teiten, folder):
        self.teiten, self.folder, self.store = teiten, folder, folder / "fleet.db"
        self.port = self.metrics_port = 0
        self.process = None

    def start(self):
        self.process = subprocess.Popen(
            [self.teiten.program, "serve", "--listen", f"127.0.0.1:{self.port}", "--metrics", f"127.0.0.1:{self.metrics_port}",
             "--store", str(self.store)], stdout=subprocess.PIPE, stderr=(self.folder / "serve.log").open("ab"))
        line = self.process.stdout.readline().decode()
        found = re.fullmatch(r"teiten serve: listening at 127\.0\.0\.1:(\d+) as .*, metrics at http://127\.0\.0\.1:(\d+)/metrics\n", line)
        check(found, f"the collector says {line!r}, {(self.folder / 'serve.log').read_text()}")
        self.port, self.metrics_port = int(found[1]), int(found[2])

    def kill(self):
        self.process.kill()
        self.process.wait()

    def enrol(self, name, *more):
        self.teiten.ok("sensor", "add", name, "--store", self.store, "--url", "https://127.0.0.1:8443", "--out", self.folder / f"{name}.toml", *more)
        return Bundle(self.folder / f"{name}.toml")

    def connect(self, bundle, context=None):
        return http.client.HTTPSConnection("127.0.0.1", self.port, timeout=30, context=context or bundle.context())

    def status(self):
        with socket.socket(socket.AF_UNIX) as control:
            control.connect(f"{self.store}.sock")
            control.sendall(b"status\n")
            return json.loads(control.makefile().readline())

    def uploads(self):
        return self.status()["collector"]["uploads"]


def put(connection, path, body, **more):
    headers = {"Content-Type": MEDIA_TYPE, "Teiten-Version": "9.9.9", "Teiten-Time": str(time.time_ns() // 1000),
               "Teiten-Spool-Bytes": "250", "Teiten-Spool-Limit": "1000", **more}
    connection.request("PUT", f"/v1/batches/{path}", body=body, headers=headers)
    answer = connection.getresponse()
    text = answer.read().decode()
    error = json.loads(text)["error"] if text else ""
    check("\n" not in error, f"not one line: {error!r}")
    return answer.status, error


class Batches:
    """Makes batches; knows what is in them."""

    def __init__(self, program, folder):
        self.program, self.folder = program, folder
        self.now = time.time_ns() // 1000

    def make(self, wanted):
        """`wanted`: (sensor, epoch, sequence, minutes from now, accesses)."""
        lines, files = [], []
        for sensor, epoch, sequence, minutes, accesses in wanted:
            begin = self.now + int(minutes * MINUTE)
            files.append(self.folder / f"{sensor}-{epoch}-{sequence}.batch")
            lines.append(f"{sensor} {epoch} {sequence} {begin} {begin + 5_000_000} {accesses} 0 {files[-1]}\n")
        subprocess.run([self.program], input="".join(lines).encode(), check=True)
        return [file.read_bytes() for file in files]

    def one(self, *wanted):
        return self.make([wanted])[0]


def stored_packets(teiten, store):
    return {row["sensor"]: row["packets"] for row in teiten.count(store, "--by", "sensor")}


def refused_by_tls(collector, what, context, word):
    """The handshake fails, and the collector counts why. TLS 1.3 tells a client only when it reads."""
    before = collector.status()["collector"]["handshakes"].get(word, 0)
    connection = collector.connect(None, context)
    try:
        connection.request("PUT", "/v1/batches/tokyo/1/1", body=b"x", headers={"Content-Type": MEDIA_TYPE})
        answer = connection.getresponse()
        check(False, f"{what}: answered {answer.status}")
    except (ssl.SSLError, ConnectionError, http.client.RemoteDisconnected, BrokenPipeError) as error:
        said = str(error)
    finally:
        connection.close()
    equal(f"{what} ({said[:60]})", collector.status()["collector"]["handshakes"].get(word, 0), before + 1)


def slow_head(collector, bundle, outcome):
    """A request whose head never ends: a byte a second."""
    begun = time.monotonic()
    with socket.create_connection(("127.0.0.1", collector.port)) as raw, bundle.context().wrap_socket(raw, server_hostname="127.0.0.1") as tls:
        tls.settimeout(1)
        tls.sendall(b"PUT /v1/batches/tokyo/1/1 HTTP/1.1\r\nX-Slow: ")
        while time.monotonic() - begun < 3 * HEADER_TIME:
            try:
                tls.sendall(b"x")
                if not tls.recv(1):
                    break
            except TimeoutError:
                continue
            except OSError:
                break
    outcome["head"] = time.monotonic() - begun


def silent_handshake(collector, outcome):
    begun = time.monotonic()
    with socket.create_connection(("127.0.0.1", collector.port)) as raw:
        raw.settimeout(3 * HEADER_TIME)
        check(raw.recv(1) == b"", "an answer to nothing")
    outcome["handshake"] = time.monotonic() - begun


def ordinary(collector, batches, tokyo):
    connection = collector.connect(tokyo)
    body = batches.one("tokyo", 1, 0, -10, 100)
    equal("a batch", put(connection, "tokyo/1/0", body), (204, ""))
    equal("the same again", put(connection, "tokyo/1/0", body), (204, ""))
    equal("out of order: the third", put(connection, "tokyo/1/2", batches.one("tokyo", 1, 2, -8, 30)), (204, ""))
    equal("then the second", put(connection, "tokyo/1/1", batches.one("tokyo", 1, 1, -9, 20)), (204, ""))
    equal("an empty one", put(connection, "tokyo/1/3", batches.one("tokyo", 1, 3, -7, 0)), (204, ""))
    both = batches.one("tokyo", 1, 4, -6, 500)
    answers = []
    threads = [threading.Thread(target=lambda: answers.append(put(collector.connect(tokyo), "tokyo/1/4", both))) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    equal("one batch by two connections at once", answers, [(204, ""), (204, "")])
    counted = collector.teiten.run("count", "--store", collector.store, "--by", "sensor", "--format", "json")
    equal("counted once", json.loads(counted.stdout)["packets"], packets_of(100) + packets_of(20) + packets_of(30) + packets_of(500))
    equal("who lends is said once", counted.stderr.decode(), f"teiten: note: the collector (pid {collector.process.pid}) lends the store\n")
    regions = collector.teiten.count(collector.store, "--by", "region")
    equal("regions are looked up here", [row["region"] for row in regions], ["ZZ"])
    return connection


def refusals(collector, batches, connection, tokyo, osaka, folder):
    def counted(what, counter, got, status):
        check(got[0] == status and got[1], f"{what}: {got}")
        equal(f"{what}: {got[1][:70]}", collector.uploads().get(counter), 1)

    body = batches.one("osaka", 1, 0, -5, 10)
    counted("another sensor's name", "wrong_sensor", put(connection, "osaka/1/0", body), 403)
    connection = collector.connect(tokyo)
    counted("another name inside", "wrong_name", put(connection, "tokyo/9/0", body), 422)
    counted("garbage", "malformed", put(connection, "tokyo/9/0", os.urandom(5000)), 400)
    plain = subprocess.run(["zstd", "-dc"], input=body, capture_output=True, check=True).stdout
    check(plain.count(b"gversion\x01") == 1, "where is the version?")
    (folder / "newer").write_bytes(plain.replace(b"gversion\x01", b"gversion\x02"))
    newer = subprocess.run(["zstd", "-c", folder / "newer"], capture_output=True, check=True).stdout
    counted("another version", "unsupported_version", put(connection, "osaka/1/0".replace("osaka", "tokyo"), newer), 415)
    counted("another media type", "wrong_media_type", put(connection, "tokyo/9/0", body, **{"Content-Type": "text/plain"}), 415)
    counted("too large", "too_large", put(collector.connect(tokyo), "tokyo/9/0", bytes((8 << 20) + 1)), 413)
    counted("another path", "no_such_path", put(collector.connect(tokyo), "../../etc/passwd", body), 404)
    long_head = collector.connect(tokyo)
    counted("a long head", "header_too_large", put(long_head, "tokyo/9/0", body, **{"X-Long": "x" * 20000}), 431)

    connection = collector.connect(osaka)
    equal("osaka writes", put(connection, "osaka/1/0", body), (204, ""))
    collector.teiten.ok("sensor", "disable", "osaka", "--store", collector.store)
    counted("disabled, on a connection from before", "disabled", put(connection, "osaka/1/1", batches.one("osaka", 1, 1, -4, 7)), 403)
    collector.teiten.ok("sensor", "enable", "osaka", "--store", collector.store)
    equal("enabled again", put(collector.connect(osaka), "osaka/1/1", batches.one("osaka", 1, 1, -4, 7)), (204, ""))
    collector.teiten.ok("sensor", "renew", "osaka", "--store", collector.store, "--url", "https://127.0.0.1:8443", "--out", folder / "osaka2.toml")
    renewed = Bundle(folder / "osaka2.toml")
    old = collector.connect(osaka)
    third, fourth = batches.one("osaka", 1, 2, -3, 8), batches.one("osaka", 1, 3, -2, 9)
    equal("the old certificate until the new one is used", put(old, "osaka/1/2", third), (204, ""))
    equal("the new one", put(collector.connect(renewed), "osaka/1/3", fourth), (204, ""))
    counted("the old one then", "superseded_certificate", put(old, "osaka/1/2", third), 403)

    ahead, late = batches.one("tokyo", 7, 0, 30, 40), batches.one("tokyo", 7, 1, -61 * DAY / MINUTE, 40)
    counted("from the future", "quarantined_ahead", put(collector.connect(tokyo), "tokyo/7/0", ahead), 202)
    counted("too old", "quarantined_old", put(collector.connect(tokyo), "tokyo/7/1", late), 202)
    kept = pathlib.Path(f"{collector.store}.fleet/quarantine/tokyo")
    equal("kept as they came", [(kept / "7-0.batch").read_bytes() == ahead, (kept / "7-1.batch").read_bytes() == late], [True, True])
    return renewed


def request_head(path, length, **more):
    lines = [f"PUT /v1/batches/{path} HTTP/1.1", "Host: x", f"Content-Type: {MEDIA_TYPE}", f"Content-Length: {length}",
             *(f"{key}: {value}" for key, value in more.items())]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def wait_for(what, condition):
    until = time.monotonic() + 10
    while not condition():
        check(time.monotonic() < until, f"still not: {what}")
        time.sleep(0.02)
    print(f"ok: {what}", flush=True)


def crowds(collector, batches, tokyo):
    """Who opens connections and leaves them keeps nobody out, not even himself."""
    before = collector.status()["collector"]
    idle = [collector.connect(tokyo) for _ in range(10)]
    for connection in idle:
        connection.connect()
    equal("the newest of a sensor's connections", put(idle[-1], "tokyo/4/0", batches.one("tokyo", 4, 0, -3, 4)), (204, ""))
    now = collector.status()["collector"]
    check(now["closed_connections"]["newer_connection"] >= 6 and now["connections"] <= before["connections"] + 4, f"{now}")
    silent = [socket.create_connection(("127.0.0.1", collector.port)) for _ in range(300)]
    equal("past 300 silent peers", put(collector.connect(tokyo), "tokyo/4/1", batches.one("tokyo", 4, 1, -3, 4)), (204, ""))
    now = collector.status()["collector"]
    check(now["handshakes"]["crowded_out_by_address"] >= 200 and now["connections"] < 100, f"{now}")
    for connection in [*silent, *idle]:
        connection.close()
    return packets_of(4) * 2


def slow_bodies(collector, batches, tokyo):
    """Memory is taken by what came, and a sensor that is disabled meanwhile is refused."""
    body = batches.one("tokyo", 4, 2, -3, 20000)
    check(len(body) < 1 << 20, f"{len(body)} bytes")
    waiting = []
    for i in range(3):
        tls = tokyo.context().wrap_socket(socket.create_connection(("127.0.0.1", collector.port)), server_hostname="127.0.0.1")
        tls.sendall(request_head(f"tokyo/5/{i}", 8 << 20) + b"x")
        waiting.append(tls)
    wait_for("bodies that were announced take little memory", lambda: 0 < collector.status()["collector"]["waiting_bytes"] <= 3 * (256 << 10))
    tls = tokyo.context().wrap_socket(socket.create_connection(("127.0.0.1", collector.port)), server_hostname="127.0.0.1")
    tls.sendall(request_head("tokyo/4/2", len(body)) + body[:-1])
    wait_for("an upload is under way", lambda: collector.status()["collector"]["waiting_bytes"] >= len(body) - 1)
    before = collector.uploads().get("disabled", 0)
    collector.teiten.ok("sensor", "disable", "tokyo", "--store", collector.store)
    tls.sendall(body[-1:])
    answer = http.client.HTTPResponse(tls)
    answer.begin()
    equal("disabled amid an upload", (answer.status, collector.uploads()["disabled"]), (403, before + 1))
    collector.teiten.ok("sensor", "enable", "tokyo", "--store", collector.store)
    for connection in [tls, *waiting]:
        connection.close()
    equal("the same, enabled again", put(collector.connect(tokyo), "tokyo/4/2", body), (204, ""))
    return packets_of(20000)


def damaged_record(collector, teiten, batches, tokyo, renewed):
    """What is wrong with one sensor's file is that sensor's alone."""
    file = pathlib.Path(f"{collector.store}.fleet/sensors/osaka.json")
    sound = file.read_bytes()
    file.write_bytes(b"{")
    equal("another sensor's file is damaged", put(collector.connect(tokyo), "tokyo/4/3", batches.one("tokyo", 4, 3, -3, 5)), (204, ""))
    equal("this one's", put(collector.connect(renewed), "osaka/4/0", batches.one("osaka", 4, 0, -3, 5))[0], 503)
    listed = {line["sensor"]: line for line in map(json.loads, teiten.ok("sensor", "list", "--store", collector.store, "--format", "json").splitlines())}
    equal("listed as damaged", (listed["osaka"]["state"], str(file) in listed["osaka"]["reason"], listed["tokyo"]["state"]), ("damaged", True, "ok"))
    check(re.search(r"^osaka +damaged ", teiten.ok("sensor", "list", "--store", collector.store), re.M), "the table does not say damaged")
    text = urllib.request.urlopen(f"http://127.0.0.1:{collector.metrics_port}/metrics", timeout=10).read().decode()
    check('teiten_sensor_state{sensor="osaka",state="damaged"} 1' in text and 'teiten_sensor_state{sensor="tokyo",state="ok"} 1' in text, text)
    collector.process.send_signal(signal.SIGTERM)
    equal("ends with a damaged file", collector.process.wait(10), 0)
    collector.start()
    said = (collector.folder / "serve.log").read_text()
    check(said.count("\n") == 1 and str(file) in said, said)
    (collector.folder / "serve.log").write_text("")
    teiten.ok("sensor", "add", "sendai", "--store", collector.store, "--url", "https://127.0.0.1:1", "--out", collector.folder / "sendai.toml")
    file.write_bytes(sound)
    for name in ("sendai",):
        (file.parent / f"{name}.json").unlink()
    return packets_of(5)


def sensors_of(collector):
    lines = collector.teiten.ok("sensor", "list", "--store", collector.store, "--format", "json").splitlines()
    return {line["sensor"]: line for line in map(json.loads, lines)}


def kept_aside(collector, batches, teiten):
    """What went into quarantine is told, and can be stored after all: once, with and without a collector."""
    fukuoka = collector.enrol("fukuoka")
    connection = collector.connect(fukuoka)
    for sequence in range(3):
        status, said = put(connection, f"fukuoka/1/{sequence}", batches.one("fukuoka", 1, sequence, -70 * DAY / MINUTE + sequence, 10))
        equal("old", (status, "kept aside" in said), (202, True))
    equal("from the future", put(connection, "fukuoka/1/9", batches.one("fukuoka", 1, 9, 3 * DAY / MINUTE, 10))[0], 202)
    line = sensors_of(collector)["fukuoka"]
    equal("its state", (line["state"], line["kept_aside"], "collector's clock says" in line["reason"]), ("clock", 4, True))
    equal("a batch", put(connection, "fukuoka/2/0", batches.one("fukuoka", 2, 0, -2, 10)), (204, ""))
    equal("then it is well", sensors_of(collector)["fukuoka"]["state"], "ok")
    equal("again", put(connection, "fukuoka/2/0", batches.one("fukuoka", 2, 0, -2, 10)), (204, ""))
    equal("another one of its number", put(connection, "fukuoka/2/0", batches.one("fukuoka", 2, 0, -2, 11)),
          (202, "kept aside and not counted: another batch of this number is stored"))
    equal("is counted", (collector.uploads()["conflicting"], sensors_of(collector)["fukuoka"]["state"]), (1, "conflict"))
    text = urllib.request.urlopen(f"http://127.0.0.1:{collector.metrics_port}/metrics", timeout=10).read().decode()
    check('teiten_sensor_quarantined_batches_total{sensor="fukuoka"} 4' in text and 'teiten_sensor_state{sensor="fukuoka",state="conflict"} 1' in text, text)
    check(re.search(r"^teiten_collector_quarantine_files [5-9]$", text, re.M), text)
    readmit = ("sensor", "readmit", "fukuoka", "--store", collector.store)
    asked = teiten.ok(*readmit, "--dry-run")
    check(asked.startswith("fukuoka: 3 to be stored, of "), asked)
    said = teiten.ok(*readmit)
    check(re.fullmatch(r"fukuoka: 3 stored, of \S+ to \S+; 1 left, of a time that has not come; "
                       r"1 left, of which another batch with the same number is stored\n", said), said)
    equal("stored", stored_packets(teiten, collector.store)["fukuoka"], 4 * packets_of(10))
    kept = pathlib.Path(f"{collector.store}.fleet/quarantine/fukuoka")
    equal("removed", (sorted(path.name for path in kept.iterdir())[0], len(list(kept.iterdir()))), ("1-9.batch", 2))
    # As if it had been killed between the commit and the removal, and without a collector.
    (kept / "1-1.batch").write_bytes(batches.one("fukuoka", 1, 1, -70 * DAY / MINUTE + 1, 10))
    collector.process.send_signal(signal.SIGTERM)
    equal("ends", collector.process.wait(10), 0)
    said = teiten.ok("sensor", "readmit", "--all", "--store", collector.store)
    check(re.search(r"^fukuoka: 1 stored, .*; 1 of them were in the store already;", said, re.M), said)
    check(re.search(r"^tokyo: 1 stored, .*; 1 left, of a time that has not come$", said, re.M), said)
    equal("still the same", stored_packets(teiten, collector.store)["fukuoka"], 4 * packets_of(10))
    check("no sensor kyoto" in teiten.refused("sensor", "readmit", "kyoto", "--store", collector.store), "kyoto")
    teiten.refused("sensor", "readmit", "--store", collector.store, status=2)
    collector.start()
    return 4 * packets_of(10)


def mistyped(collector, teiten, folder):
    """A wrong name makes nothing, and is said."""
    nowhere = folder / "mistyped" / "fleet.db"
    nowhere.parent.mkdir()
    bundle = ("--url", "https://127.0.0.1:1", "--out", folder / "mistyped.toml")
    for command in (("list",), ("disable", "tokyo"), ("enable", "tokyo"), ("renew", "tokyo", *bundle), ("readmit", "--all")):
        said = teiten.refused("sensor", *command, "--store", nowhere)
        check("no collector has its folder at" in said and str(nowhere) in said, said)
    equal("nothing is made", list(nowhere.parent.iterdir()), [])
    said = teiten.refused("serve", "--listen", "127.0.0.1:0", "--name", "https://collector.example.net", "--store", nowhere, status=2)
    check("https://collector.example.net" in said, said)
    said = teiten.refused("serve", "--listen", f"127.0.0.1:{collector.port}", "--store", nowhere)
    check("cannot listen at" in said, said)
    said = teiten.refused("serve", "--listen", "127.0.0.1:0", "--metrics", f"127.0.0.1:{collector.metrics_port}", "--store", nowhere)
    check("cannot listen at" in said, said)
    equal("nothing is left behind", list(nowhere.parent.iterdir()), [])
    said = teiten.ok("sensor", "add", "tokyo", "--store", nowhere, *bundle)
    check(said.startswith(f"no collector was at {nowhere}: made a certification authority in {nowhere}.fleet"), said)
    check(teiten.ok("sensor", "add", "osaka", "--store", nowhere, *bundle).startswith("sensor osaka may write"), "said twice")


def tls_refusals(collector, teiten, folder, tokyo):
    teiten.ok("sensor", "add", "tokyo", "--store", collector.store, "--state", folder / "elsewhere", "--url", "https://127.0.0.1:1", "--out",
              folder / "foreign.toml")
    foreign = Bundle(folder / "foreign.toml")
    refused_by_tls(collector, "another CA's certificate", foreign.context(ca=tokyo.ca), "untrusted_certificate")
    refused_by_tls(collector, "no certificate", tokyo.context(certificate=False), "no_certificate")
    expired = collector.enrol("nagoya", "--days=-2")
    refused_by_tls(collector, "an expired certificate", expired.context(), "expired_certificate")
    old = tokyo.context()
    old.maximum_version = ssl.TLSVersion.TLSv1_2
    refused_by_tls(collector, "TLS 1.2", old, "wrong_tls_version")
    try:
        collector.connect(None, foreign.context()).connect()
        check(False, "a sensor trusts a collector of another CA")
    except ssl.SSLCertVerificationError:
        print("ok: a sensor of another CA does not trust this collector")


def lending(collector, batches, teiten, tokyo, folder):
    """The collector gives the store away and takes it back; what comes meanwhile waits."""
    borrower = socket.socket(socket.AF_UNIX)
    borrower.connect(f"{collector.store}.sock")
    borrower.sendall(b"lend write trial\n")
    equal("lent", borrower.recv(100), b"lent\n")
    lent = collector.status()["collector"]
    check(lent["borrowers"] == [f"trial (process {os.getpid()})"] and 0 <= lent["loan_seconds"] < 10, f"{lent}")
    text = urllib.request.urlopen(f"http://127.0.0.1:{collector.metrics_port}/metrics", timeout=10).read().decode()
    check(re.search(r"^teiten_collector_store_loan_age_seconds \d", text, re.M), text)
    answers = []
    body = batches.one("tokyo", 2, 0, -5, 60)
    waiting = threading.Thread(target=lambda: answers.append(put(collector.connect(tokyo), "tokyo/2/0", body)))
    waiting.start()
    patience = time.monotonic() + 10
    while collector.status()["collector"]["waiting_batches"] == 0 and time.monotonic() < patience:
        time.sleep(0.02)
    equal("a batch waits", (answers, collector.status()["collector"]["waiting_batches"]), ([], 1))
    borrower.close()
    waiting.join()
    equal("and is committed then", answers, [(204, "")])
    log = folder / "ufw.log"
    log.write_text(ufw_line("2024-05-07T10:00:00+00:00") + ufw_line("2024-05-07T10:00:09+00:00", source_port=40001))
    equal("an import into the collector's store", "2 records from 1 file" in teiten.ok("import", log, "--sensor", "log", "--store", collector.store), True)
    # A pipe that is silent keeps nobody waiting.
    loans = collector.status()["collector"]["loans"]
    importing = subprocess.Popen([teiten.program, "import", "-", "--sensor", "pipe", "--store", str(collector.store)], stdin=subprocess.PIPE,
                                 stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    time.sleep(0.7)
    equal("borrowed for a silent pipe", collector.status()["collector"]["loans"] - loans, 0)
    said = importing.communicate(ufw_line("2024-05-08T10:00:00+00:00").encode(), 60)[0]
    equal("then it is read", (importing.returncode, b"1 records from 1 file" in said), (0, True))
    # Commands that ask again and again do not keep the batches out.
    stop = time.monotonic() + 2
    counting = [threading.Thread(target=lambda: [teiten.ok("count", "--store", collector.store) for _ in iter(lambda: time.monotonic() < stop, False)])
                for _ in range(2)]
    for thread in counting:
        thread.start()
    connection, slowest, sent = collector.connect(tokyo), 0, 0
    while time.monotonic() < stop:
        begun = time.monotonic()
        sent += 1
        check(put(connection, f"tokyo/2/{sent}", batches.one("tokyo", 2, sent, -5 + sent / 10, 1)) == (204, ""), "refused between loans")
        slowest = max(slowest, time.monotonic() - begun)
    for thread in counting:
        thread.join()
    print(f"ok: {sent} batches between {collector.status()['collector']['loans']} loans, the slowest after {slowest:.2f} s")
    check(slowest < 5 and sent >= 3, "loans keep the batches out")
    return packets_of(60) + sent


def kills(collector, batches, tokyo):
    """kill -9 of the collector while batches come: what was not acknowledged is sent again."""
    count, accesses = 120, 20
    bodies = batches.make([("tokyo", 3, i, -4 + i / 1000, accesses) for i in range(count)])
    left, rounds = set(range(count)), 0
    for round_number in range(3):
        killer = threading.Timer(0.15 + 0.1 * round_number, collector.process.kill)
        killer.start()
        connection = collector.connect(tokyo)
        try:
            for i in sorted(left):
                if put(connection, f"tokyo/3/{i}", bodies[i])[0] == 204:
                    left.remove(i)
        except (OSError, http.client.HTTPException):
            rounds += 1
        killer.join()
        collector.process.wait()
        collector.start()
    connection = collector.connect(tokyo)
    for i in sorted(left):
        check(put(connection, f"tokyo/3/{i}", bodies[i]) == (204, ""), f"batch {i} is refused after the kills")
    print(f"ok: {rounds} of 3 kills came amid the uploads")
    check(rounds > 0, "no kill came amid the uploads")
    return count * packets_of(accesses)


def watched(collector, teiten):
    sensors = {line["sensor"]: line for line in map(json.loads, teiten.ok("sensor", "list", "--store", collector.store, "--format", "json").splitlines())}
    equal("sensors", list(sensors), ["nagoya", "osaka", "tokyo"])
    equal("states", [sensors[name]["state"] for name in sensors], ["never", "ok", "ok"])
    equal("whose certificate has expired", [sensors[name]["certificate_expired"] for name in sensors], [True, False, False])
    equal("version and spool", (sensors["tokyo"]["version"], sensors["tokyo"]["spool_fill"]), ("9.9.9", 0.25))
    check(abs(sensors["tokyo"]["clock_offset_seconds"]) < 5, f"clock offset {sensors['tokyo']}")
    table = teiten.ok("sensor", "list", "--store", collector.store)
    check(re.search(r"^tokyo +ok +\d{4}-", table, re.M), table)
    check(re.search(r"^nagoya .* \(over\) +its certificate has expired: teiten sensor renew nagoya", table, re.M), table)
    text = urllib.request.urlopen(f"http://127.0.0.1:{collector.metrics_port}/metrics", timeout=10).read().decode()
    names = {line.split("{")[0].split(" ")[0] for line in text.splitlines() if not line.startswith("#")}
    helped = dict(re.findall(r"^# HELP (\S+) .*\((.+)\)$", text, re.M))
    equal("metrics without help and unit", names - set(helped), set())
    check('teiten_sensor_state{sensor="osaka",state="ok"} 1' in text and 'teiten_collector_uploads_total{result="stored"}' in text, text)


def main():
    teiten = Teiten(sys.argv[1])
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        batches = Batches(sys.argv[2], folder)
        collector = Collector(teiten, folder)
        tokyo, osaka = collector.enrol("tokyo"), collector.enrol("osaka")
        said = teiten.refused("sensor", "add", "tokyo", "--store", collector.store, "--url", "https://127.0.0.1:1", "--out", folder / "x", status=2)
        check("already" in said, said)
        teiten.refused("sensor", "disable", "kyoto", "--store", collector.store)
        modes = {path.relative_to(folder).as_posix(): oct(path.stat().st_mode & 0o777) for path in folder.rglob("*") if "fleet" in str(path)}
        equal("private", {mode for path, mode in modes.items()}, {"0o700", "0o600"})
        equal("the bundle is private", oct((folder / "tokyo.toml").stat().st_mode & 0o777), "0o600")
        collector.start()
        equal("the socket is private", oct(pathlib.Path(f"{collector.store}.sock").stat().st_mode & 0o777), "0o600")
        outcome = {}
        slow = [threading.Thread(target=slow_head, args=(collector, tokyo, outcome)), threading.Thread(target=silent_handshake, args=(collector, outcome))]
        for thread in slow:
            thread.start()
        connection = ordinary(collector, batches, tokyo)
        tls_refusals(collector, teiten, folder, tokyo)
        renewed = refusals(collector, batches, connection, tokyo, osaka, folder)
        lent = lending(collector, batches, teiten, tokyo, folder)
        for thread in slow:
            thread.join()
        equal("slow ones are cut", {what: HEADER_TIME - 1 < took < HEADER_TIME + 4 for what, took in outcome.items()}, {"head": True, "handshake": True})
        timeouts = collector.status()["collector"]["timeouts"]
        equal("and counted", (timeouts.get("header"), timeouts.get("handshake")), (1, 1))
        more = crowds(collector, batches, tokyo) + slow_bodies(collector, batches, tokyo)
        more += damaged_record(collector, teiten, batches, tokyo, renewed)
        killed = kills(collector, batches, tokyo)
        equal("osaka after the kills", put(collector.connect(renewed), "osaka/1/4", batches.one("osaka", 1, 4, -1, 5)), (204, ""))
        watched(collector, teiten)
        aside = kept_aside(collector, batches, teiten)
        mistyped(collector, teiten, folder)
        equal("another collector is refused", "collector already" in teiten.refused("serve", "--listen", "127.0.0.1:0", "--store", collector.store), True)

        teiten.ok("backup", folder / "copy.db", "--store", collector.store)
        before = stored_packets(teiten, collector.store)
        teiten.ok("restore", folder / "copy.db", "--store", folder / "restored.db")
        equal("a backup of a running collector, restored", stored_packets(teiten, folder / "restored.db"), before)
        said = teiten.refused("backup", collector.store, "--store", folder / "restored.db")
        check("is a store in use" in said, said)
        said = teiten.refused("backup", folder / "copy.db", "--store", collector.store, status=2)
        check("--replace" in said, said)
        said = teiten.refused("restore", folder / "copy.db", "--store", folder / "restored.db", status=2)
        check("--replace" in said, said)

        collector.process.send_signal(signal.SIGTERM)
        equal("SIGTERM ends it", collector.process.wait(10), 0)
        equal("its socket is gone", os.path.exists(f"{collector.store}.sock"), False)
        wanted = {"fukuoka": aside, "log": 2, "pipe": 1, "osaka": packets_of(10) + packets_of(7) + packets_of(8) + packets_of(9) + packets_of(5),
                  "tokyo": packets_of(100) + packets_of(20) + packets_of(30) + packets_of(500) + packets_of(40) + lent + more + killed}
        equal("the store, exactly", stored_packets(teiten, collector.store), wanted)
        print(teiten.ok("doctor", "--store", collector.store).split("\n\n")[1])
        offline = {line["sensor"]: line["packets"] for line in
                   map(json.loads, teiten.ok("sensor", "list", "--store", collector.store, "--format", "json").splitlines())}
        equal("without a collector", offline, {"fukuoka": aside, "nagoya": 0, "osaka": wanted["osaka"], "tokyo": wanted["tokyo"]})
        equal("warnings of the collector", (folder / "serve.log").read_text(), "")
    return 0


sys.exit(main())
