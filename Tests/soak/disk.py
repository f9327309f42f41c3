"""A sick disk, a full one, one that cannot be written, and a damaged ledger: what the daemon does then.

    Tests/soak/disk.py [AFTERCARE] [STRIDE]

1. Injected errors, as SQLite tests itself: the N-th system call of one kind on the ledger's files fails in each thread,
   for N = 1, 2, 3 … until nothing was hit any more; once, and from then on. STRIDE leaves writes out: 1 takes each one.
   Each time a pack gets hot and its ticket is worked on until it is closed. The daemon says what it cannot do and goes
   on, or ends with a reason and status 1 or 2; then the ledger verifies, what was said to be done is on record, and
   after a clean start the ticket exists once and is brought to its end.
2. A disk of 24 MB that fills up and gets room again; a disk that is mounted read-only; a damaged page and a ledger that
   is cut short, and a backup restored; a second daemon, and a ledger of a newer version. Needs root, or a kernel that
   lets users make namespaces.

Needs strace. Run it with the Python of `make peers`. Exit status 1 when anything differs.
"""

import collections
import concurrent.futures
import json
import os
import pathlib
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time

from box import ROOT, Box, Device, Failed, Told, check_log, event, facts

KEY = "home-1/pack-1/overTemperature"
# The calls by which SQLite writes, and the one by which it reads.
KINDS = {
    "openat": ("EIO", "ENOSPC"), "pwrite64": ("EIO", "ENOSPC"), "fdatasync": ("EIO",), "fsync": ("EIO",),
    "ftruncate": ("EIO",), "pread64": ("EIO",), "unlink": ("EIO",),
}
# A disk that went read-only while files are open on it.
LASTING = {"pwrite64": ("EIO", "ENOSPC", "EROFS"), "fdatasync": ("EIO",), "openat": ("EROFS",)}
STEPS = (
    {"respond": {"channel": "phone"}}, {"remote": {"outcome": "solved", "verified": "user"}},
    {"report": {"contentHash": "ab" * 32, "channel": "mail"}}, {"close": {}},
)


class Ticket:
    """One ticket from the hot pack to its end, told to a daemon that may not be able to write it down."""

    def __init__(self, box):
        self.box = box
        self.answered = []
        self.steps = list(STEPS)
        # Names of those who tried the present step and were not told that it is done.
        self.tried = []

    def found(self):
        """The open ticket's number, once there is one."""
        answer = self.box.ask({"tickets": {}})
        tickets = answer["tickets"]["_0"]["tickets"] if answer and "tickets" in answer else []
        return next((ticket for ticket in tickets if ticket.get("key") == KEY), None)

    def is_cold(self):
        ticket = self.found()
        return ticket is not None and ticket["selfCleared"]

    def run(self, seconds):
        """Whether it came to its end in this time."""
        end = time.monotonic() + seconds
        device = self.box.device
        if self.steps == list(STEPS):
            device.hot[1] = True
            if not self.until(self.found, end):
                return False
        device.hot[1] = False
        if not self.until(self.is_cold, end):
            return False
        while self.steps:
            if not self.until(self.step, end):
                return False
        return True

    def until(self, what, end):
        while time.monotonic() < end and self.box.daemon.poll() is None:
            if what():
                return True
            time.sleep(0.05)
        return False

    def step(self):
        """The next thing that a person does; whether the daemon says that it is on record."""
        ticket = self.found()
        if ticket is None:
            return False
        name = f"Ana {len(self.answered)}.{len(self.tried)}"
        self.tried.append(name)
        answer = self.box.ask({"act": {"_0": {"ticket": ticket["id"], "action": self.steps[0], "author": name}}})
        if answer and "acted" in answer:
            self.done(name)
            return True
        if answer and "ledger" not in answer["refused"]["message"]:
            raise Failed(f"refused for a wrong reason: {answer}")
        return False

    def done(self, name):
        self.answered.append(name)
        self.tried = []
        self.steps.pop(0)


def injected(program, told, kind, error, number, lasting, is_new):
    """One run with a fault, on a ledger that is there or on none. None where nothing was hit any more, else what the
    daemon did."""
    device = Device()
    box = Box(program, device, told)
    if not is_new:
        box.start()
        box.wait("the daemon", lambda: box.ask({"lines": {}}))
        stop(box)
    ticket = Ticket(box)
    trace = box.folder / "trace"
    paths = [str(box.data), *(f"{box.ledger}{suffix}" for suffix in ("", "-wal", "-shm", "-journal"))]
    places = [argument for path in paths for argument in ("-P", path)]
    when = f"{number}+" if lasting else f"{number}"
    try:
        box.start([
            "strace", "-f", "-qq", "--seccomp-bpf", "-o", str(trace), *places, "-e", f"trace={kind}",
            "-e", f"inject={kind}:error={error}:when={when}", "--"])
        is_done = ticket.run(6 if lasting else 20)
        outcome = "went on" if is_done else "said it could not"
        status = box.daemon.poll()
        if status is None:
            stop(box)
        elif status not in (1, 2):
            raise Failed(f"it ended with status {status}: {box.said()[-400:]}")
        else:
            outcome = f"ended with {status}"
        hits = trace.read_text(errors="replace").count("(INJECTED)") if trace.exists() else 0
        if not hits:
            return None
        said = box.said()
        if not is_done and "ledger" not in said.replace("ledger read", ""):
            raise Failed(f"it said nothing of the ledger: {said[-400:]}")
        if not is_done and status is None and not lasting:
            raise Failed(f"one error, and it never went on: {said[-600:]}")
        again(box, ticket, look(box, ticket))
        return outcome
    except Failed as failed:
        raise Failed(f"{kind} {error} at {when}{' of a new ledger' if is_new else ''}: {failed}\nthe box is left in {box.folder}") from None
    finally:
        if box.daemon.poll() is None:
            stop(box)
        device.close()
        if not sys.exc_info()[0]:
            shutil.rmtree(box.folder, ignore_errors=True)


def stop(box):
    """Ends the daemon behind strace at once, as a power cut would."""
    children = subprocess.run(["pgrep", "-P", str(box.daemon.pid)], capture_output=True, text=True).stdout.split()
    for child in children or [str(box.daemon.pid)]:
        os.kill(int(child), 9)
    box.daemon.wait()


def look(box, ticket, most_tickets=1):
    """What lies on the disk holds, and all of it that was said to be done is there."""
    copy = box.copy(box.folder / "copy")
    file = copy / "data/ledger.sqlite"
    now = facts(file, is_copy=True) if file.exists() else []
    check_log([], now)
    if now:
        verified = box.run("verify", config=copy / "gateway.yaml")
        if verified.returncode != 0:
            raise Failed(f"verify: {verified.stdout}{verified.stderr}")
    authors = [event(row).get("author") for row in now]
    for name in ticket.answered:
        if authors.count(name) != 1:
            raise Failed(f"{name} was told that it is done; it is on record {authors.count(name)} times")
    opened = {json.loads(row[4])["subject"] for row in now if row[3] == "FaultOpened"}
    if len(opened) > most_tickets:
        raise Failed(f"one fault, and these tickets: {opened}")
    return now


def again(box, ticket, before):
    """A start without faults: the ticket is there once, and comes to its end."""
    box.start()
    # What the daemon could not confirm may be on record all the same: the disk had it, and only its answer was wrong.
    known = {event(row).get("author") for row in before}
    for name in [name for name in ticket.tried if name in known]:
        ticket.done(name)
    if not ticket.run(20):
        raise Failed(f"after a clean start the ticket does not come to its end: {box.said()[-400:]}")
    stop(box)
    now = look(box, ticket)
    check_log(before, now)


def all_injections(program, stride):
    """Every kind, error and place; how often the daemon did what."""
    told = Told()
    counts = collections.Counter()
    # While a ledger is made, its own thread never comes to write: so that is a case by itself.
    for is_new, lasting, kinds in ((True, False, KINDS), (False, False, KINDS), (False, True, LASTING)):
        for kind, errors in kinds.items():
            for error in errors:
                number, misses, runs = 1, 0, collections.Counter()
                with concurrent.futures.ThreadPoolExecutor(4) as pool:
                    while misses == 0:
                        step = stride if kind == "pwrite64" else 1
                        batch = [number + index * step for index in range(4)]
                        number = batch[-1] + step
                        for outcome in pool.map(
                            lambda at: injected(program, told, kind, error, at, lasting, is_new), batch):
                            if outcome is None:
                                misses += 1
                            else:
                                runs[outcome] += 1
                words = ", ".join(f"{count} times it {outcome}" for outcome, count in sorted(runs.items()))
                case = (" from then on" if lasting else "") + (", a new ledger" if is_new else "")
                print(f"{kind} {error}{case}: {words or 'never called'}", flush=True)
                counts += runs
    return counts


class Disk:
    """A small file system of its own, in a namespace that only this program sees."""

    def __init__(self, mebibytes):
        self.path = pathlib.Path(tempfile.mkdtemp(prefix="aftercare-disk-"))
        subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={mebibytes}m", "tmpfs", self.path], check=True)

    def remount(self, option):
        subprocess.run(["mount", "-o", f"remount,{option}", self.path], check=True)

    def fill(self):
        """Leaves no room. What is written goes through no cache."""
        with open(self.path / "filler", "ab", buffering=0) as file:
            for size in (65536, 4096, 1):
                try:
                    while True:
                        file.write(b"x" * size)
                except OSError:
                    pass

    def empty(self):
        (self.path / "filler").unlink()

    def end(self):
        subprocess.run(["umount", "-l", self.path], check=True)
        self.path.rmdir()


def expect(holds, what, box):
    if not holds:
        raise Failed(f"{what}: {box.said()[-800:]}\nthe box is left in {box.folder}")


def alarms(box):
    """What is on record of the alarm of a full disk."""
    return [row[3] for row in facts(box.ledger) if row[3].startswith("Alarm") and b"boxDiskFull" in row[4]]


def full(program, told):
    """The disk fills up: the reserve carries a ticket and the alarm of the box itself, then commands are refused; with
    room again all goes on, and the alarm ends."""
    disk, device = Disk(24), Device()
    box = Box(program, device, told, data=disk.path / "data")
    reserve = disk.path / "data/reserve"
    try:
        box.start()
        expect(box.wait("the reserve", reserve.exists), "no room is kept", box)
        disk.fill()
        ticket = Ticket(box)
        expect(ticket.run(20), "on a full disk no ticket came to its end", box)
        expect(not reserve.exists() and "the disk is full: the ledger writes into the room" in box.said(),
               "the reserve was not needed, or nobody was told", box)
        disk.fill()
        refusal = None
        for number in range(200):
            answer = box.ask({"act": {"_0": {
                "ticket": "home-1.1", "action": {"respond": {"channel": "phone"}}, "author": f"Li {number}."}}})
            if answer and "refused" in answer:
                refusal = answer["refused"]["message"]
                break
        expect(refusal and "the disk is full" in refusal, f"no refusal on a full disk: {refusal}", box)
        written = len(facts(box.ledger))
        device.hot[2] = True
        time.sleep(2)
        expect(box.daemon.poll() is None and len(facts(box.ledger)) == written, "it ended, or wrote nowhere", box)
        disk.empty()
        expect(box.wait("the ledger", lambda: "the ledger can be written again" in box.said()),
               "with room again it does not go on", box)
        expect(box.wait("the reserve", reserve.exists, 30), "with room again none is kept", box)
        expect(box.wait("the end of the alarm", lambda: alarms(box) == ["AlarmRaised", "AlarmCleared"], 30),
               f"the alarm of the box itself: {alarms(box)}", box)
        opened = [json.loads(row[4])["subject"] for row in facts(box.ledger) if row[3] == "FaultOpened"]
        expect(len(opened) == len(set(opened)) == 2, f"two faults, and {opened}", box)
        verified = box.run("verify")
        expect(verified.returncode == 0, verified.stdout + verified.stderr, box)
        stop(box)
        look(box, ticket, most_tickets=2)
        print("a full disk: the reserve carried a ticket to its end; then it refused, and went on with room again")
    finally:
        if box.daemon.poll() is None:
            stop(box)
        disk.end()
    shutil.rmtree(box.folder)


def read_only(program, told):
    """Mounted read-only: a reason, and the status after which nobody starts it again and again."""
    disk, device = Disk(24), Device()
    box = Box(program, device, told, data=disk.path / "data")
    try:
        box.start()
        expect(Ticket(box).run(20), "no ticket came to its end", box)
        stop(box)
        disk.remount("ro")
        box.start()
        status = box.daemon.wait(timeout=20)
        expect(status == 2 and "Read-only file system" in box.said(), f"ended with {status}", box)
        print("a read-only disk: it ends with 2 and says so")
    finally:
        if box.daemon.poll() is None:
            stop(box)
        disk.end()
    shutil.rmtree(box.folder)


def not_its_own(program, told):
    """A second daemon on the same data, and a ledger that a newer program wrote: neither is touched."""
    device = Device()
    box = Box(program, device, told)
    box.start()
    expect(Ticket(box).run(20), "no ticket came to its end", box)
    second = box.run("gateway")
    expect(second.returncode == 2 and "in use by another aftercare process" in second.stderr, second.stderr, box)
    expect(box.ask({"lines": {}}) is not None, "the first one was disturbed", box)
    stop(box)
    database = sqlite3.connect(box.ledger)
    with database:
        database.execute("INSERT INTO grdb_migrations (identifier) VALUES ('of tomorrow')")
    database.close()
    before = box.ledger.read_bytes()
    box.start()
    status = box.daemon.wait(timeout=20)
    expect(status == 2 and "by a newer version" in box.said(), f"a newer ledger: ended with {status}", box)
    expect(box.ledger.read_bytes() == before, "a newer ledger was changed", box)
    shutil.rmtree(box.folder)
    print("a second daemon, and a ledger of a newer version: it ends with 2 and touches nothing")


def root_page(ledger):
    """Where the table of facts begins, in pages from 1; what stood in the log beside the file is in it afterwards."""
    database = sqlite3.connect(ledger)
    database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    (page,) = database.execute("SELECT rootpage FROM sqlite_master WHERE name = 'fact'").fetchone()
    database.close()
    return page


def damaged(program, told):
    """A damaged page and a ledger that is cut short are left as they are; a backup brings the history back."""
    for what, damage in (
        ("a damaged page", lambda bytes, page: bytes[: page * 4096 - 4096] + b"\xa5" * 4096 + bytes[page * 4096:]),
        ("a ledger that is cut short", lambda bytes, page: bytes[: page * 4096 - 2048]),
    ):
        device = Device()
        box = Box(program, device, told)
        backup = box.folder / "backup"
        box.start()
        expect(Ticket(box).run(20), "no ticket came to its end", box)
        saved = box.run("backup", str(backup), "--json")
        expect(saved.returncode == 0, f"backup: {saved.stderr}", box)
        box.daemon.terminate()
        box.daemon.wait()
        page = root_page(box.ledger)
        broken = damage(box.ledger.read_bytes(), page)
        box.ledger.write_bytes(broken)
        box.start()
        status = box.daemon.wait(timeout=20)
        expect(status == 2 and "It was left as it is" in box.said(), f"{what}: ended with {status}", box)
        expect(box.ledger.read_bytes() == broken, f"{what}: the file was changed", box)
        restored = box.run("restore", str(backup), "--json")
        expect(restored.returncode == 0, f"restore: {restored.stderr}", box)
        report, wanted = json.loads(restored.stdout), json.loads(saved.stdout)
        expect(report["ledger"] == wanted["ledger"], f"other heads than at the backup: {report} {wanted}", box)
        expect(pathlib.Path(report["setAside"]).read_bytes() == broken, "what was set aside is another", box)
        box.start()
        expect(box.wait("the daemon", lambda: box.ask({"tickets": {}})), "it does not start", box)
        expect(Ticket(box).found() is not None, "the ticket is gone", box)
        stop(box)
        shutil.rmtree(box.folder)
        print(f"{what}: it ends with 2 and leaves the file as it is; a backup brings every fact of its time back")


def main():
    program = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else ROOT / ".build/release/aftercare").resolve()
    if "AFTERCARE_DISK_NAMESPACE" not in os.environ:
        # Mounts that end with this program and that nobody else sees.
        as_root = [] if os.geteuid() == 0 else ["--map-root-user"]
        os.environ["AFTERCARE_DISK_NAMESPACE"] = "own"
        os.execvp("unshare", ["unshare", "--mount", *as_root, sys.executable, *sys.argv])
    stride = int(sys.argv[2]) if len(sys.argv) > 2 else 1
    begun = time.monotonic()
    try:
        told = Told()
        for scene in (damaged, full, read_only, not_its_own):
            scene(program, told)
        counts = all_injections(program, stride)
    except Failed as failed:
        print(failed, file=sys.stderr)
        sys.exit(1)
    words = ", ".join(f"{count} times it {outcome}" for outcome, count in sorted(counts.items()))
    print(f"{sum(counts.values())} injected errors in {time.monotonic() - begun:.0f} s: {words}; "
          "nothing lost, doubled or believed that was not on record")


main()
