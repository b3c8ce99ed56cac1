"""Hosts on one cable, as network namespaces: what the tests of sensors and collector run on. Needs root; nothing leaves the machine."""
import os
import signal
import subprocess
import time


class Net:
    """Namespaces joined by a bridge in a namespace of its own. Use as a context manager: leaving it removes everything."""

    def __init__(self, tag="tt"):
        self.tag = f"{tag}{os.getpid()}"
        self.hosts = {}
        self.processes = []

    def __enter__(self):
        self._ip("netns", "add", self._ns("core"))
        self._in("core", "ip", "link", "set", "lo", "up")
        self._in("core", "ip", "link", "add", "br0", "type", "bridge", "forward_delay", "0")
        self._in("core", "sysctl", "-qw", "net.ipv6.conf.all.disable_ipv6=1")
        self._in("core", "ip", "link", "set", "br0", "up")
        return self

    def __exit__(self, *_):
        for process in self.processes:
            if process.poll() is None:
                process.kill()
                process.wait()
        for name in [*self.hosts, "core"]:
            pids = subprocess.run(["ip", "netns", "pids", self._ns(name)], capture_output=True, text=True).stdout.split()
            for pid in pids:
                try:
                    os.kill(int(pid), signal.SIGKILL)
                except ProcessLookupError:
                    pass
            subprocess.run(["ip", "netns", "del", self._ns(name)], capture_output=True)

    def add(self, name, address, networks):
        """A host with `address` (IPv4) on eth0, and routes to `networks` over the cable."""
        self._ip("netns", "add", self._ns(name))
        self.hosts[name] = address
        port = f"p{len(self.hosts)}"
        self._ip("-n", self._ns("core"), "link", "add", port, "type", "veth", "peer", "name", "eth0", "netns", self._ns(name))
        self._in("core", "ip", "link", "set", port, "master", "br0", "up")
        self._in(name, "sysctl", "-qw", "net.ipv6.conf.all.disable_ipv6=1")
        self._in(name, "ip", "link", "set", "lo", "up")
        self._in(name, "ip", "address", "add", f"{address}/32", "dev", "eth0")
        self._in(name, "ip", "link", "set", "eth0", "up")
        for network in networks:
            self._in(name, "ip", "route", "add", network, "dev", "eth0")

    def cable(self, one, other, device):
        """One more cable, straight from host to host, called `device` at both ends; without addresses."""
        self._ip("-n", self._ns(one), "link", "add", device, "type", "veth", "peer", "name", device, "netns", self._ns(other))
        for name in (one, other):
            self._in(name, "ip", "link", "set", device, "up")

    def run(self, name, *command, **options):
        options = {"capture_output": True, "text": True, "timeout": 120, "stdin": subprocess.DEVNULL, **options}
        return subprocess.run(self._command(name, command), **options)

    def start(self, name, *command, **options):
        process = subprocess.Popen(self._command(name, command), **options)
        self.processes.append(process)
        return process

    def kill(self, name, program):
        """SIGKILL for every process of `program` on the host, at once."""
        pids = subprocess.run(["ip", "netns", "pids", self._ns(name)], capture_output=True, text=True, check=True).stdout.split()
        for pid in pids:
            try:
                if os.readlink(f"/proc/{pid}/exe").removesuffix(" (deleted)") == program:
                    os.kill(int(pid), signal.SIGKILL)
            except (ProcessLookupError, FileNotFoundError):
                pass

    def mac(self, name, device="eth0"):
        return self._in(name, "cat", f"/sys/class/net/{device}/address").strip()

    def link(self, name, up):
        """The host's end of the cable stays up: its neighbour on the bridge is what goes."""
        port = f"p{list(self.hosts).index(name) + 1}"
        self._in("core", "ip", "link", "set", port, "up" if up else "down")

    def bad_line(self, name, percent, rate):
        """Loses `percent` of the packets both ways, and lets only `rate` out, so that they queue (netem is not in every kernel)."""
        self._in(name, "tc", "qdisc", "add", "dev", "eth0", "root", "tbf", "rate", rate, "burst", "4kb", "latency", "200ms")
        self._in(name, "nft", f"add table ip bad; add chain ip bad i {{ type filter hook input priority 0; }}; "
                 f"add chain ip bad o {{ type filter hook output priority 0; }}; "
                 f"add rule ip bad i numgen random mod 100 < {percent} drop; add rule ip bad o numgen random mod 100 < {percent} drop")

    def good_line(self, name):
        self._in(name, "tc", "qdisc", "del", "dev", "eth0", "root")
        self._in(name, "nft", "delete table ip bad")

    def _ns(self, name):
        return f"{self.tag}-{name}"

    def _command(self, name, command):
        return ["ip", "netns", "exec", self._ns(name), *map(str, command)]

    def _in(self, name, *command):
        return self._checked(self._command(name, command))

    def _ip(self, *arguments):
        return self._checked(["ip", *arguments])

    @staticmethod
    def _checked(command):
        done = subprocess.run(command, capture_output=True, text=True, timeout=60)
        if done.returncode != 0:
            raise RuntimeError(f"{' '.join(command)}: {done.stderr.strip()}")
        return done.stdout


def wait_until(what, condition, seconds=20):
    """Until `condition` gives something true, which is the answer; RuntimeError after `seconds`."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        answer = condition()
        if answer:
            return answer
        time.sleep(0.05)
    raise RuntimeError(f"not within {seconds} s: {what}")
