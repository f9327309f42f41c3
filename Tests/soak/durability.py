"""How soon a fault is on the disk, and that kill -9 right after it changes nothing.

    Tests/soak/durability.py [AFTERCARE] [ROUNDS]

Each round starts the gateway on an empty ledger with a device that is too hot, waits for the line that is logged once
the fault is synced to the disk, kills the gateway with SIGKILL at once, starts it again, and compares the ticket and its
deadlines. Run it with the Python of `make peers`. Exit status 1 when a round is late (1 s) or differs.
"""

import json
import pathlib
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
LIMIT_MILLISECONDS = 1000


def registers(text: str, count: int) -> list[int]:
    raw = text.encode().ljust(2 * count, b"\0")
    return [raw[2 * i] << 8 | raw[2 * i + 1] for i in range(count)]


def hot_goodwe() -> dict:
    identity = [1, 10000, 1] + registers("9010KETU000W0001", 8)
    battery = [0] * 24
    battery[7], battery[8], battery[20] = 88, 99, 655
    holding = {"35000": identity + [0] * (33 - len(identity)), "35100": [0] * 125, "37000": battery}
    holding |= {"35250": [0] * 12, "36000": [0] * 45}
    return {"units": {"247": {"3": holding}}}


def gateway(program: str, site: pathlib.Path) -> subprocess.Popen:
    command = [program, "gateway", "--config", str(site / "gateway.yaml")]
    return subprocess.Popen(command, stderr=subprocess.PIPE, text=True)


def tickets(program: str, site: pathlib.Path) -> list[dict]:
    command = [program, "tickets", "list", "--json", "--config", str(site / "gateway.yaml")]
    return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def hear(process: subprocess.Popen, text: str) -> float:
    """The wall clock, in seconds, at which a line with `text` came."""
    for line in process.stderr:
        if text in line:
            return time.time()
    raise SystemExit(f"the gateway ended before it said {text}")


def promise(ticket: dict) -> tuple:
    clocks = tuple((clock["clock"], clock.get("start"), clock.get("deadline")) for clock in ticket["clocks"])
    return ticket["id"], ticket["key"], clocks


def one_round(program: str, port: int) -> tuple[float, bool]:
    site = pathlib.Path(tempfile.mkdtemp(prefix="aftercare-durability-"))
    try:
        for name in ("profiles", "detection"):
            shutil.copytree(ROOT / "config" / name, site / name)
        shutil.copy(ROOT / "config" / "policy.yaml", site)
        (site / "gateway.yaml").write_text(
            f"site: {{id: home-1, zone: Europe/Berlin}}\ndataDirectory: {site}/data\n"
            f"controlSocket: {site}/control.sock\nlines:\n  - name: line\n    url: tcp://127.0.0.1:{port}\n"
            "    devices:\n      - {name: hybrid, unit: 247, profile: goodwe-et, interval: 1s}\n"
        )
        first = gateway(program, site)
        synced = hear(first, "fact=FaultOpened")
        first.send_signal(signal.SIGKILL)
        first.wait()
        before = tickets(program, site)
        second = gateway(program, site)
        hear(second, "device identified")
        after = tickets(program, site)
        second.terminate()
        second.wait()
        same = len(before) == 1 and list(map(promise, before)) == list(map(promise, after))
        return synced * 1000 - before[0]["openedAt"], same
    finally:
        shutil.rmtree(site, ignore_errors=True)


def main() -> None:
    program = sys.argv[1] if len(sys.argv) > 1 else str(ROOT / ".build/release/aftercare")
    rounds = int(sys.argv[2]) if len(sys.argv) > 2 else 20
    peer = subprocess.Popen(
        [sys.executable, str(ROOT / "Tests/TestPeers/modbus_peer.py")],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )
    try:
        peer.stdin.write(json.dumps(hot_goodwe()) + "\n")
        peer.stdin.flush()
        port = json.loads(peer.stdout.readline())["port"]
        outcomes = []
        for number in range(rounds):
            outcomes.append(one_round(program, port))
            if sys.stdout.isatty():
                print(f"\r{number + 1} of {rounds}", end="", flush=True)
        if sys.stdout.isatty():
            print("\r", end="")
    finally:
        peer.kill()
    delays = [delay for delay, _ in outcomes]
    different = sum(not same for _, same in outcomes)
    print(
        f"{rounds} rounds: from the end of the on-delay to the synced fact median {statistics.median(delays):.0f} ms, "
        f"at most {max(delays):.0f} ms; after kill -9 {different} tickets or deadlines differ"
    )
    sys.exit(1 if different or max(delays) > LIMIT_MILLISECONDS else 0)


main()
