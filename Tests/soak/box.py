"""A box under test: the real daemon, a device, and everybody who is told. For crash.py and disk.py.

Everything listens on 127.0.0.1 and ends with the script. Run with the Python of `make peers`.
"""

import hashlib
import http.server
import json
import pathlib
import random
import shutil
import socket
import sqlite3
import struct
import subprocess
import tempfile
import threading
import time

from aiosmtpd.controller import Controller

ROOT = pathlib.Path(__file__).resolve().parents[2]
UNITS = (1, 2, 3)
PROBES = 4
HOT, COLD = 655, 251
GENESIS = {source: hashlib.sha256(f"aftercare ledger {source} 1".encode()).digest() for source in ("gateway", "desk")}

PROFILE = f"""profile: crash
title: Four probes
status: simulated
chemistry: LFP
sources: {{box: Tests/soak/box.py}}
limits: {{registers: 125, readable: [{{function: 3, from: 0, to: {PROBES - 1}}}]}}
points:
  - source: box
    function: 3
    rows:
      - {{name: cell.#.temperature, address: 0, type: u16, scale: 0.1, unit: °C, repeat: {{count: {PROBES}, stride: 1}}}}
"""


class Failed(Exception):
    """Something that was promised did not hold."""


class Device:
    """A Modbus TCP server whose units are hot or not. Knows when it was first asked since `asked_at` was emptied."""

    def __init__(self):
        self.hot = dict.fromkeys(UNITS, False)
        self.asked_at = None
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.port = self.listener.getsockname()[1]
        self.thread = threading.Thread(target=self.accept, daemon=True)
        self.thread.start()

    def close(self):
        """Ends the wait first: a number that is free belongs to the next socket."""
        self.listener.shutdown(socket.SHUT_RDWR)
        self.thread.join()
        self.listener.close()

    def accept(self):
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self.serve, args=(connection,), daemon=True).start()

    def serve(self, connection):
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        try:
            with connection:
                while head := connection.recv(7, socket.MSG_WAITALL):
                    number, _, length, unit = struct.unpack(">HHHB", head)
                    request = connection.recv(length - 1, socket.MSG_WAITALL)
                    self.asked_at = self.asked_at or time.monotonic()
                    connection.sendall(self.answer(number, unit, request))
        except (OSError, struct.error):
            # The daemon was killed.
            pass

    def answer(self, number, unit, request):
        function, address, count = struct.unpack(">BHH", request)
        if function != 3 or unit not in self.hot or address + count > PROBES:
            body = struct.pack(">BB", function | 0x80, 2)
        else:
            values = [HOT if self.hot[unit] else COLD] * count
            body = struct.pack(f">BB{count}H", 3, 2 * count, *values)
        return struct.pack(">HHHB", number, 0, len(body) + 1, unit) + body


class Told:
    """A webhook and a mailbox: what ids reached them, in order, and what each message was about."""

    def __init__(self, slowest=0.0):
        self.ids = {"desk": [], "owner": []}
        self.about = {}
        self.slowest = slowest
        told = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                told.take("desk", body["id"], self.headers["Idempotency-Key"] == body["id"])
                time.sleep(random.uniform(0, told.slowest))
                try:
                    self.send_response(200)
                    self.send_header("Content-Length", "0")
                    self.end_headers()
                except OSError:
                    pass

            def log_message(self, *arguments):
                pass

        class Mailbox:
            async def handle_DATA(self, server, connection, envelope):
                headers = envelope.content.decode("utf-8", "replace").split("\r\n\r\n")[0].replace("\r\n ", " ")
                ids = [line for line in headers.split("\r\n") if line.lower().startswith("message-id:")]
                told.take("owner", ids[0].split("<")[1].split("@")[0] if ids else "?", len(ids) == 1)
                return "250 2.0.0 taken"

        self.web = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.web.daemon_threads = True
        threading.Thread(target=self.web.serve_forever, daemon=True).start()
        with socket.create_server(("127.0.0.1", 0)) as probe:
            self.mail_port = probe.getsockname()[1]
        self.mail = Controller(Mailbox(), hostname="127.0.0.1", port=self.mail_port, ready_timeout=10)
        self.mail.start()

    def take(self, channel, name, is_right):
        self.ids[channel].append(name.removeprefix("home-1/") if is_right else f"not one id: {name}")

    @property
    def web_port(self):
        return self.web.server_address[1]


class Box:
    """A site's directory and its daemon."""

    def __init__(self, program, device, told, folder=None, data=None):
        self.program = str(program)
        self.device = device
        self.folder = pathlib.Path(folder or tempfile.mkdtemp(prefix="aftercare-crash-"))
        self.data = pathlib.Path(data or self.folder / "data")
        self.daemon = None
        (self.folder / "profiles").mkdir()
        (self.folder / "profiles/crash.yaml").write_text(PROFILE)
        shutil.copytree(ROOT / "config/detection", self.folder / "detection")
        # Gone as soon as the device is cold: facts are written all the time.
        rules = self.folder / "detection/lfp.yaml"
        rules.write_text(rules.read_text().replace("offDelay: 30s", "offDelay: 0"))
        shutil.copy(ROOT / "config/policy.yaml", self.folder)
        self.configuration(self.folder, self.data, told)

    def configuration(self, folder, data, told):
        devices = "".join(
            f"      - {{name: pack-{unit}, unit: {unit}, profile: crash, interval: 100ms}}\n" for unit in UNITS)
        (folder / "gateway.yaml").write_text(
            "site: {id: home-1, zone: Europe/Berlin, standingAuthorisation: 2026-05-04}\n"
            f"dataDirectory: {data}\ncontrolSocket: {folder}/control.sock\n"
            "notification:\n"
            f"  - {{name: desk, channel: webhook, url: \"http://127.0.0.1:{told.web_port}/\"}}\n"
            f"  - {{name: owner, channel: mail, to: ana@example.net, server: \"smtp://127.0.0.1:{told.mail_port}\",\n"
            "     audience: [user]}\n"
            f"lines:\n  - name: line\n    url: tcp://127.0.0.1:{self.device.port}\n    devices:\n{devices}")

    @property
    def config(self):
        return str(self.folder / "gateway.yaml")

    @property
    def ledger(self):
        return self.data / "ledger.sqlite"

    def start(self, before=()):
        """Starts the daemon; `before` is a command that runs it, such as strace with its options."""
        self.device.asked_at = None
        self.log = open(self.folder / "log", "a+b")
        command = [*before, self.program, "gateway", "--config", self.config]
        self.started_at = time.monotonic()
        self.daemon = subprocess.Popen(command, stderr=self.log, stdout=self.log)

    def said(self):
        return (self.folder / "log").read_text(errors="replace")

    def run(self, *arguments, config=None, timeout=60):
        command = [self.program, *arguments, "--config", config or self.config]
        return subprocess.run(command, capture_output=True, text=True, timeout=timeout)

    def ask(self, request, timeout=5):
        """The daemon's answer over the control socket; None where none listens or it ends before it answers."""
        try:
            with socket.socket(socket.AF_UNIX) as connection:
                connection.settimeout(timeout)
                connection.connect(str(self.folder / "control.sock"))
                connection.sendall(json.dumps(request).encode() + b"\n")
                answer = b""
                while not answer.endswith(b"\n"):
                    if not (piece := connection.recv(65536)):
                        return None
                    answer += piece
                return json.loads(answer)
        except OSError:
            return None

    def wait(self, what, condition, seconds=20):
        """Until the condition holds; whether it came to hold."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if condition():
                return True
            time.sleep(0.02)
        return False

    def copy(self, folder):
        """What the disk has now, as a home of its own that no daemon runs."""
        shutil.rmtree(folder, ignore_errors=True)
        (folder / "data").mkdir(parents=True)
        for suffix in ("", "-wal", "-journal"):
            part = pathlib.Path(f"{self.ledger}{suffix}")
            if part.exists():
                shutil.copyfile(part, folder / "data" / part.name)
        for name in ("profiles", "detection", "policy.yaml"):
            (folder / name).symlink_to(self.folder / name)
        text = (self.folder / "gateway.yaml").read_text()
        text = text.replace(f"dataDirectory: {self.data}", f"dataDirectory: {folder}/data")
        (folder / "gateway.yaml").write_text(text.replace(f"{self.folder}/control.sock", f"{folder}/control.sock"))
        return folder


def facts(ledger, is_copy=False):
    """Every row of the log, read by SQLite itself: source, epoch, sequence, name, canonical text, hash, step id.

    A copy may be written: what a kill left half done in it is first taken back, as the daemon's start would.
    """
    database = sqlite3.connect(f"file:{ledger}?mode={'rw' if is_copy else 'ro'}", uri=True)
    try:
        if not database.execute("SELECT 1 FROM sqlite_master WHERE name = 'fact'").fetchone():
            return []
        return database.execute(
            "SELECT source, epoch, sequence, name, canonical, hash, stepID FROM fact ORDER BY rowid").fetchall()
    finally:
        database.close()


def check_log(before, now):
    """What was on record is there unchanged, the chains go on from it, and nothing is there twice."""
    if now[: len(before)] != before:
        place = next((i for i, (a, b) in enumerate(zip(before, now)) if a != b), len(now))
        raise Failed(f"fact {place + 1} of {len(before)} that were on record is gone or changed")
    heads = {source: (0, hash) for source, hash in GENESIS.items()}
    for source, _, sequence, _, _, hash, _ in before:
        heads[source] = (sequence, hash)
    for source, epoch, sequence, _, canonical, hash, _ in now[len(before):]:
        number, head = heads[source]
        if epoch != 1 or sequence != number + 1 or hashlib.sha256(head + canonical).digest() != hash:
            raise Failed(f"{source} fact {sequence} does not follow from {number}")
        heads[source] = (sequence, hash)
    for what, ids in (("step id", [row[6] for row in now if row[6]]), ("call", calls(now))):
        if len(ids) != len(set(ids)):
            twice = next(id for id in ids if ids.count(id) > 1)
            raise Failed(f"{what} {twice} is on record twice")


def event(row):
    return json.loads(row[4])["event"]


def messages(log):
    """Every message by its id, the first of the calls that it answers: what stands in its fact."""
    due = [event(row) for row in log if row[3] == "NotificationDue"]
    return {message["calls"][0]: message for message in due}


def calls(log):
    """The ids of everything that some message tells."""
    return [call for row in log if row[3] == "NotificationDue" for call in event(row)["calls"]]
