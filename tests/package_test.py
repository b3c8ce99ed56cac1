#!/usr/bin/env python3
"""package_test.py BUILD_FOLDER: makes the Debian package of a built tree, installs it over a copy-on-write view of this
system, uses it there, upgrades and removes it, and looks at what is left. The system itself is not touched: everything
happens in a mount namespace and a network namespace of its own. Exit status 77: not root, or a tool is missing."""
import os
import pathlib
import re
import shutil
import socket
import struct
import subprocess
import sys
import tempfile
import time

from teiten_cli import SKIP, check, equal, fail, frames_of

UNITS = ["teiten-sense.service", "teiten-serve.service"]
TOOLS = ["cpack", "dpkg", "dpkg-deb", "dpkg-shlibdeps", "systemd-analyze", "systemd-sysusers", "man", "lexgrog", "unshare", "mount",
         "chroot", "readelf", "gzip", "setpriv", "ip"]
# What the package promises to stay below (docs/operations.md).
MOST_EXPOSURE = 2.0
# Options that ask a running sensor, or name the file itself: no keys.
NOT_CONFIGURED = {"sense": ["--help", "--config", "--status", "--metrics", "--format"], "serve": ["--help", "--config"]}
# What dpkg, sysusers and man-db keep of any package that was ever there.
KEPT_BY_THE_SYSTEM = re.compile(
    r"^(var/(lib/dpkg|log|cache)|etc/(passwd|group|shadow|gshadow)-?$|etc/\.pwd\.lock$|run|tmp|root|mnt)(/|$)")
STATE = re.compile(r"^(etc/teiten|var/lib/teiten)(/|$)")


def run(*command, **options):
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True, timeout=120, **options)
    check(done.returncode == 0, f"{' '.join(map(str, command))}: exit {done.returncode}: {done.stdout[-2000:]}{done.stderr[-2000:]}")
    return done.stdout


ENVIRONMENT = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C.UTF-8", "TZ": "UTC", "HOME": "/root", "DEBIAN_FRONTEND": "noninteractive"}


class Installed:
    """The view of the system that the package is installed in."""

    def __init__(self, folder):
        self.root = folder / "root"
        self.upper = folder / "upper"

    def run(self, *command, **options):
        return run("chroot", self.root, *command, env=ENVIRONMENT, **options)

    def tried(self, *command, **variables):
        """The same where it may fail: what came of it."""
        return subprocess.run(["chroot", self.root, *command], capture_output=True, text=True, timeout=60, env={**ENVIRONMENT, **variables})

    def path(self, name):
        return self.root / name.lstrip("/")

    def left_over(self):
        """What is there and was not before."""
        found = []
        for place, folders, files in os.walk(self.upper):
            for name in folders + files:
                path = pathlib.Path(place, name)
                inside = path.relative_to(self.upper)
                # A character device 0:0 says that something was deleted.
                if path.is_char_device() or (pathlib.Path("/") / inside).exists():
                    continue
                found.append(str(inside))
        return sorted(found)


def mount_view(folder, source):
    """An overlay on /, writable in memory; the source tree is not in it, so nothing can come from there."""
    run("mount", "-t", "tmpfs", "tmpfs", folder)
    view = Installed(folder)
    for name in ("root", "upper", "work"):
        (folder / name).mkdir()
    run("mount", "-t", "overlay", "overlay", "-o", f"lowerdir=/,upperdir={folder}/upper,workdir={folder}/work", view.root)
    run("mount", "--rbind", "/dev", view.path("dev"))
    run("mount", "-t", "proc", "proc", view.path("proc"))
    for name in ("run", "tmp", "mnt", str(source)):
        view.path(name).mkdir(parents=True, exist_ok=True)
        run("mount", "-t", "tmpfs", "tmpfs", view.path(name))
    return view


def installed_program(view, version):
    equal("version", view.run("teiten", "--version").strip(), f"teiten {version}")
    libraries = view.run("ldd", "/usr/bin/teiten")
    check("not found" not in libraries, f"libraries are missing: {libraries}")
    check(re.search(r"libduckdb\.so => /usr/(bin/\.\./)?lib/teiten/libduckdb\.so", libraries), f"another DuckDB: {libraries}")
    check("/node_modules/" not in run("readelf", "-d", view.path("usr/bin/teiten")), "a run path into the source tree")
    said = view.run("teiten", "simulate", "talot2-2007", "--scale", "0.01", "--pcap", "/mnt/t.pcap", "--sensors", "/mnt/t.toml")
    frames = sum(1 for _ in frames_of(view.path("mnt/t.pcap")))
    check(f"{frames:,} packets" in said, f"{frames} frames in the capture, but: {said}")
    view.run("teiten", "import", "/mnt/t.pcap", "--sensors", "/mnt/t.toml", "--store", "/mnt/t.db")
    packets = view.run("teiten", "count", "--store", "/mnt/t.db", "--format", "csv").split("\n")
    column = packets[0].split(",").index("packets")
    equal("packets counted", int(packets[1].split(",")[column]), frames)
    unknown = view.run("teiten", "count", "--store", "/mnt/t.db", "--where", "region=ZZ", "--format", "csv").split("\n")
    check(len(unknown) < 2 or not unknown[1] or int(unknown[1].split(",")[column]) < frames / 10, f"no regions: {unknown}")
    check("(/usr/share/teiten/geo-whois-asn-country.mmdb)" in view.run("teiten", "doctor", "--store", "/mnt/t.db"),
          "the installed geolocation database is not the one that is used")


def users_and_folders(view):
    for user, folder in (("teiten", "var/lib/teiten/collector"), ("teiten-sense", "var/lib/teiten/spool")):
        number = int(view.run("id", "-u", user))
        status = view.path(folder).stat()
        equal(f"owner and mode of {folder}", (status.st_uid, oct(status.st_mode & 0o7777)), (number, "0o700"))


def units(view):
    for unit in UNITS:
        path = f"/usr/lib/systemd/system/{unit}"
        done = view.tried("systemd-analyze", "verify", path)
        said = [line for line in (done.stdout + done.stderr).splitlines() if "teiten" in line]
        check(done.returncode == 0 and not said, f"systemd-analyze verify {unit}: {said or done.stderr}")
        report = view.run("systemd-analyze", "security", "--offline=true", "--no-pager", path)
        exposure = float(re.search(r"Overall exposure level for \S+: ([0-9.]+)", report)[1])
        check(exposure <= MOST_EXPOSURE, f"{unit}: exposure {exposure}")
        print(f"ok: {unit}: exposure {exposure}")
        started = [name for name in view.path("etc/systemd/system").rglob(unit)]
        check(not started, f"{unit} is enabled without having been asked: {started}")


def options_of(view, *command):
    """--help names an option at the beginning of a line, all its names together."""
    text = view.run("teiten", *command, "--help")
    return {name for line in text.splitlines() if line.startswith("  -") for name in re.findall(r"--[a-z0-9-]+", line.split()[0])}


def commands_of(view, *command):
    below = view.run("teiten", *command, "--help").partition("Subcommands:\n")[2]
    return re.findall(r"^  ([a-z]+)", below, re.MULTILINE)


def manual_pages(view):
    pages = {}
    for language, folder in (("en", "usr/share/man/man1"), ("ja", "usr/share/man/ja/man1")):
        for path in sorted(view.path(folder).glob("teiten*.1.gz")):
            inside = "/" + str(path.relative_to(view.root))
            done = view.tried("man", "--warnings", "-E", "UTF-8", "-Tutf8", "-l", inside, MANWIDTH="100", MANROFFSEQ="t")
            check(done.returncode == 0 and not done.stderr, f"man {inside}: {done.stderr}")
            name = path.name.removesuffix(".1.gz")
            check(f"{name} - " in view.run("lexgrog", inside), f"lexgrog {inside}")
            pages[language, name] = run("gzip", "-dc", path).replace("\\-", "-")
    names = {name for _, name in pages}
    for language in ("en", "ja"):
        equal(f"pages in {language}", sorted(name for other, name in pages if other == language), sorted(names))
    sensor = {option for below in commands_of(view, "sensor") for option in options_of(view, "sensor", below)}
    for name, wanted in (("teiten-sense", options_of(view, "sense")), ("teiten-serve", options_of(view, "serve")), ("teiten-sensor", sensor)):
        for language in ("en", "ja"):
            page = pages[language, name]
            described = set(re.findall(r"^\.B[RI]* (--[a-z0-9-]+)", page, re.MULTILINE))
            equal(f"options in {name}.1 ({language})", sorted(described), sorted(wanted - {"--help"}))
    for language in ("en", "ja"):
        named = set(re.findall(r"^\.BR? ([a-z]+)", pages[language, "teiten"].partition(".SH COMMANDS")[2].partition(".SH ")[0] or
                               pages[language, "teiten"].partition(".SH コマンド")[2].partition(".SH ")[0], re.MULTILINE))
        equal(f"commands in teiten.1 ({language})", sorted(named), sorted(commands_of(view)))


def completions(view):
    script = "usr/share/bash-completion/completions/teiten"
    view.run("bash", "-n", "/" + script)

    def completed(*words):
        line = f"source /{script}; COMP_WORDS=(\"$@\"); COMP_CWORD=$(($# - 1)); _teiten; printf '%s\\n' \"${{COMPREPLY[@]}}\""
        return view.run("bash", "-c", line, "bash", *words).split()

    equal("completion of a command", completed("teiten", "imp"), ["import"])
    equal("completion of an option", completed("teiten", "import", "--sto"), ["--store"])
    equal("completion below a command", completed("teiten", "sensor", "disa"), ["disable"])
    check("--store" not in completed("teiten", "--sto"), "an option of import where no command is")
    equal("completion of a value", completed("teiten", "import", "--store", "/etc/teiten/serv"), ["/etc/teiten/serve.toml"])
    for command in commands_of(view):
        offered = set(completed("teiten", command, "--"))
        equal(f"options offered for {command}", sorted(offered), sorted(options_of(view, command)))
    zsh = "/usr/share/zsh/vendor-completions/_teiten"
    check(view.path(zsh).read_text().startswith("#compdef teiten\n"), "no zsh completion")
    if shutil.which("zsh"):
        view.run("zsh", "-n", zsh)


def sample_configurations(view):
    for command in ("sense", "serve"):
        text = view.path(f"etc/teiten/{command}.toml").read_text()
        explained = re.findall(r"^#?([a-z][a-z0-9-]*) = ", text, re.MULTILINE)
        keys = sorted(option[2:] for option in options_of(view, command) if option not in NOT_CONFIGURED[command])
        equal(f"keys explained in {command}.toml", sorted(set(explained)), keys)
        view.path("mnt/wrong.toml").write_text("spol = 'x'\n")
        done = view.tried("teiten", command, "--config", "/mnt/wrong.toml")
        equal(f"{command}: status for an unknown key", done.returncode, 2)
        check("spol" in done.stderr and all(key in done.stderr for key in keys), f"the keys are not listed: {done.stderr}")


def syn(source, port):
    """An Ethernet frame with a TCP SYN from 198.51.100.`source` to 192.0.2.1."""
    ip = struct.pack("!BBHHHBBH4s4s", 0x45, 0, 40, 54321, 0, 64, 6, 0, bytes([198, 51, 100, source]), bytes([192, 0, 2, 1]))
    words = sum(struct.unpack("!10H", ip))
    words = (words & 0xFFFF) + (words >> 16)
    ip = ip[:10] + struct.pack("!H", ~(words + (words >> 16)) & 0xFFFF) + ip[12:]
    return b"\xff" * 6 + b"\x02\0\0\0\0\1" + b"\x08\0" + ip + struct.pack("!HHIIBBHHH", 40000, port, 1, 0, 0x50, 2, 1024, 0, 0)


def service(view, unit, *extra):
    """Starts what a unit starts, as the user and with the capabilities that it names."""
    text = view.path(f"usr/lib/systemd/system/{unit}").read_text()
    setting = dict(line.split("=", 1) for line in text.splitlines() if "=" in line and line[0] != "#")
    may = "".join(",+" + name.removeprefix("CAP_").lower() for name in setting["AmbientCapabilities"].split())
    command = ["chroot", view.root, "setpriv", f"--reuid={setting['User']}", f"--regid={setting['Group']}", "--clear-groups",
               "--no-new-privs", f"--bounding-set=-all{may}", f"--inh-caps=-all{may}", f"--ambient-caps=-all{may}",
               *setting["ExecStart"].split(), *extra]
    return subprocess.Popen(list(map(str, command)), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
                            env=ENVIRONMENT)


def until(what, process, condition, seconds=20):
    begun = time.monotonic()
    while not condition():
        if process.poll() is not None:
            fail(f"{what}: {process.args} exited {process.returncode}: {process.stderr.read()}")
        check(time.monotonic() - begun < seconds, f"{what}: not within {seconds} s")
        time.sleep(0.1)


def listens(port):
    with socket.socket() as tried:
        return tried.connect_ex(("127.0.0.1", port)) == 0


def fleet(view):
    """A sensor enrolled as docs/operations.md says, both services with their sample configurations and without root."""
    for command in ("link add eth0 type veth peer name outside", "addr add 192.0.2.1/24 dev eth0", "link set eth0 up", "link set outside up"):
        run("ip", *command.split())
    store = "/var/lib/teiten/collector/teiten.db"
    collector = service(view, "teiten-serve.service")
    sensor = None
    try:
        until("the collector listens", collector, lambda: listens(8443))
        view.run("teiten", "sensor", "add", "tokyo-1", "--store", store, "--url", "https://localhost:8443", "--out", "/mnt/tokyo-1.toml")
        view.run("install", "-o", "root", "-g", "teiten-sense", "-m", "0640", "/mnt/tokyo-1.toml", "/etc/teiten/bundle.toml")
        sensor = service(view, "teiten-sense.service", "--batch-seconds", "0.5")
        until("the sensor answers", sensor, lambda: view.tried("teiten", "sense", "--status").returncode == 0)
        with socket.socket(socket.AF_PACKET, socket.SOCK_RAW) as outside:
            outside.bind(("outside", 0))
            for source in (7, 8, 9):
                outside.send(syn(source, 23))
        counted = ["teiten", "count", "--store", store, "--by", "sensor,service", "--where", "service=23/tcp", "--format", "csv"]
        until("packets arrive", collector, lambda: "23/tcp" in view.run(*counted))
        rows = view.run(*counted).splitlines()
        row = dict(zip(rows[0].split(","), rows[1].split(",")))
        equal("what the sensor saw", (len(rows), row["sensor"], row["packets"], row["sources"]), (2, "tokyo-1", "3", "3"))
        check(re.search(r"tokyo-1 +ok ", view.run("teiten", "sensor", "list", "--store", store)), "the sensor is not listed as ok")
        for name, process in (("sense", sensor), ("serve", collector)):
            process.terminate()
            equal(f"{name}: exit status after SIGTERM", process.wait(timeout=20), 0)
    finally:
        for process in (sensor, collector):
            if process and process.poll() is None:
                process.kill()


def upgraded(view, package, folder):
    """A newer version keeps what was configured and observed."""
    run("dpkg-deb", "-R", package, folder / "tree")
    control = folder / "tree/DEBIAN/control"
    control.write_text(re.sub(r"^Version: .*$", "Version: 99.0", control.read_text(), flags=re.MULTILINE))
    run("dpkg-deb", "-Znone", "-b", folder / "tree", view.path("mnt/newer.deb"))
    configured = view.path("etc/teiten/sense.toml")
    configured.write_text(configured.read_text() + "# mine\n")
    view.path("var/lib/teiten/collector/kept").write_text("observed")
    view.run("dpkg", "-i", "/mnt/newer.deb")
    check(configured.read_text().endswith("# mine\n"), "an upgrade took a changed configuration away")
    equal("version after the upgrade", view.run("dpkg-query", "-W", "-f", "${Version} ${Status}", "teiten"), "99.0 install ok installed")


def removed(view):
    view.run("dpkg", "-r", "teiten")
    left = [name for name in view.left_over() if not KEPT_BY_THE_SYSTEM.match(name)]
    equal("left after removal", [name for name in left if not STATE.match(name)], [])
    check("etc/teiten/sense.toml" in left and "var/lib/teiten/collector/kept" in left, f"configuration or state is gone: {left}")
    view.run("dpkg", "-P", "teiten")
    left = [name for name in view.left_over() if not KEPT_BY_THE_SYSTEM.match(name)]
    check(all(name.startswith("var/lib/teiten") for name in left), f"left after purge: {left}")
    check("var/lib/teiten/collector/kept" in left, "a purge took what was observed")


def inside(folder, source, package):
    """In namespaces of its own."""
    run("ip", "link", "set", "lo", "up")
    view = mount_view(folder, source)
    shutil.copy(package, view.path("mnt/teiten.deb"))
    depends = run("dpkg-deb", "-f", package, "Depends")
    check("libpcap0.8" in depends and "libc6 (>=" in depends, f"dependencies: {depends}")
    version = run("dpkg-deb", "-f", package, "Version").strip()
    before = set(view.run("ps", "-e", "-o", "comm=").split()) if shutil.which("ps") else set()
    view.run("dpkg", "-i", "/mnt/teiten.deb")
    check("teiten" not in (set(view.run("ps", "-e", "-o", "comm=").split()) if before else set()) - before, "the package started something")
    users_and_folders(view)
    installed_program(view, version)
    units(view)
    manual_pages(view)
    completions(view)
    sample_configurations(view)
    fleet(view)
    upgraded(view, package, folder)
    removed(view)


def main():
    if sys.argv[1] == "--inside":
        inside(*map(pathlib.Path, sys.argv[2:]))
        return
    build = pathlib.Path(sys.argv[1]).resolve()
    missing = [tool for tool in TOOLS if not shutil.which(tool)]
    if os.geteuid() != 0 or missing:
        print(f"skipped: needs root and {', '.join(missing) or 'nothing else'}")
        sys.exit(SKIP)
    with tempfile.TemporaryDirectory(prefix="teiten-package-") as name:
        folder = pathlib.Path(name)
        view = folder / "view"
        view.mkdir()
        may = subprocess.run(["unshare", "--mount", "--net", "sh", "-c",
                              'mount -t tmpfs t "$1" && mkdir "$1/u" "$1/w" "$1/m" && '
                              'mount -t overlay o -o "lowerdir=/,upperdir=$1/u,workdir=$1/w" "$1/m"', "sh", view], capture_output=True, text=True)
        if may.returncode != 0:
            print(f"skipped: no overlay in a mount namespace here: {may.stderr.strip()}")
            sys.exit(SKIP)
        # Not compressed: that alone takes longer than all the rest.
        run("cpack", "-G", "DEB", "--config", build / "CPackConfig.cmake", "-D", "CPACK_DEBIAN_COMPRESSION_TYPE=none", "-B", folder / "package")
        packages = list((folder / "package").glob("*.deb"))
        equal("packages made", len(packages), 1)
        source = pathlib.Path(__file__).resolve().parent.parent
        done = subprocess.run(["unshare", "--mount", "--net", "--propagation", "private", sys.executable, __file__, "--inside", view, source,
                               packages[0]], timeout=300)
        sys.exit(done.returncode)


if __name__ == "__main__":
    main()
