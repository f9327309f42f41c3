"""kill -9 at random instants under load, a thousand times, and what is on record afterwards.

    Tests/soak/crash.py [AFTERCARE] [CYCLES] [SEED]

Each cycle starts the gateway on the ledger that the former one left, with devices that are hot and cold in turns, a
webhook and a mailbox that take messages, and a person who works on tickets through the control socket. After 0 to 2 s
comes SIGKILL. Then a copy of the files, as they lie there, is read and verified: what was on record is unchanged, every
command that was answered is on record once, what reached people was on record before, and nothing is there twice.
At the end one more run delivers what waits. Run it with the Python of `make peers`. A failure names seed and cycle.
Exit status 1 when anything differs, or when a first request took longer than a second from the start.
"""

import json
import pathlib
import random
import shutil
import signal
import statistics
import subprocess
import sys
import threading
import time

from box import ROOT, UNITS, Box, Device, Failed, Told, check_log, event, facts, messages

LIMIT_SECONDS = 1.0
LONGEST_LIFE_SECONDS = 2.0


class Person:
    """Receives reports and works on tickets as long as a daemon answers; remembers what it was told is done."""

    STEPS = (
        {"respond": {"channel": "phone"}}, {"remote": {"outcome": "solved", "verified": "user"}},
        {"report": {"contentHash": "ab" * 32, "channel": "mail"}}, {"close": {}},
    )

    def __init__(self, box, seed):
        self.box = box
        self.chance = random.Random(seed)
        self.number = 0
        self.answered = []
        self.total = 0
        self.work = []
        self.trouble = None

    def live(self, is_over):
        while not is_over.is_set() and not self.trouble:
            if not self.act():
                time.sleep(0.01)

    def act(self):
        """One command; whether the daemon answered it."""
        self.number += 1
        name = f"Ana {self.number}."
        if not self.work or self.chance.random() < 0.05:
            request, step = {"enter": {"entry": report(name), "isNow": True}}, 0
        else:
            ticket, step = self.work.pop(self.chance.randrange(len(self.work)))
            request = {"act": {"_0": {"ticket": ticket, "action": self.STEPS[step], "author": name}}}
            step += 1
        answer = self.box.ask(request)
        if answer is None:
            return False
        if "acted" not in answer:
            self.trouble = f"the daemon refused {request}: {str(answer)[:300]}"
            return False
        self.answered.append(name)
        self.total += 1
        if step < len(self.STEPS):
            self.work.append((answer["acted"]["_0"]["id"], step))
        time.sleep(self.chance.uniform(0, 0.15))
        return True


def report(name):
    """What somebody told on the phone, as `tickets receive` sends it."""
    nobody = {"boot": "0" * 32, "boottimeNs": 0, "trust": "unset", "wallMs": 0}
    told = {"author": name, "channel": "phone", "receivedAt": int(time.time() * 1000), "words": "it hums"}
    fact = {"at": 0, "event": told, "fact": "UserReported", "recordedAt": 0, "stamp": nobody, "subject": "ticket/",
            "writer": "desk"}
    return json.dumps(fact, sort_keys=True, separators=(",", ":"))


def weather(device, seed, is_over):
    """Each pack is hot and cold in turns."""
    chance = random.Random(seed)
    while not is_over.is_set():
        unit = chance.choice(UNITS)
        device.hot[unit] = not device.hot[unit]
        time.sleep(chance.uniform(0.05, 0.4))


class Run:
    """All cycles on one ledger."""

    def __init__(self, program, seed):
        self.seed = seed
        self.chance = random.Random(seed)
        self.device = Device()
        self.told = Told(slowest=1.5)
        self.box = Box(program, self.device, self.told)
        self.person = Person(self.box, seed)
        self.log = []
        self.first_requests = []
        # Ctrl-C ends with what there is until then.
        self.is_interrupted = False
        signal.signal(signal.SIGINT, self.interrupt)

    def interrupt(self, *_):
        self.is_interrupted = True

    def life(self, number, seconds):
        """A start, some time under load, and the end by SIGKILL."""
        is_over = threading.Event()
        load = [
            threading.Thread(target=self.person.live, args=(is_over,)),
            threading.Thread(target=weather, args=(self.device, f"{self.seed}/{number}", is_over)),
        ]
        self.box.start()
        for thread in load:
            thread.start()
        try:
            self.box.daemon.wait(timeout=seconds)
            raise Failed(f"the daemon ended by itself: {self.box.said()[-500:]}")
        except subprocess.TimeoutExpired:
            self.box.daemon.kill()
            self.box.daemon.wait()
        finally:
            is_over.set()
            for thread in load:
                thread.join()
        if self.device.asked_at:
            self.first_requests.append(self.device.asked_at - self.box.started_at)
        if self.person.trouble:
            raise Failed(self.person.trouble)

    def look(self):
        """Reads and verifies a copy of what lies there. The files themselves are left to the next start."""
        copy = self.box.copy(self.box.folder / "copy")
        if not (copy / "data/ledger.sqlite").exists():
            return
        now = facts(copy / "data/ledger.sqlite", is_copy=True)
        check_log(self.log, now)
        new = now[len(self.log):]
        names = {event(row).get("author") for row in new}
        missing = [name for name in self.person.answered if name not in names]
        if missing:
            raise Failed(f"the daemon said that it is done, and it is not on record: {missing}")
        self.person.answered.clear()
        known = messages(now)
        for channel, ids in self.told.ids.items():
            strange = [id for id in ids if id not in known]
            if strange:
                raise Failed(f"{channel} was told what is not on record: {strange}")
        # Killed before it had made the ledger, it left none.
        verified = self.box.run("verify", config=copy / "gateway.yaml") if now else None
        if verified and verified.returncode != 0:
            raise Failed(f"verify: {verified.stdout}{verified.stderr}")
        self.log = now

    def end(self):
        """What waits is delivered, and the daemon stops as it should."""
        self.box.start()

        def waiting():
            log = facts(self.box.ledger)
            closed = {json.loads(row[4])["subject"].removeprefix("ticket/") for row in log if row[3] == "Closed"}
            return [id for id, message in messages(log).items()
                    if id not in self.told.ids["desk"] and not closed.issuperset(message["tickets"])]

        if not self.box.wait("the daemon", lambda: self.box.ask({"lines": {}})):
            raise Failed(f"it does not start: {self.box.said()[-500:]}")
        # Where the kill took the newest try with it, the next one comes at once; failures that were told wait.
        if not self.box.wait("messages", lambda: not waiting(), 60):
            raise Failed(f"support was not told: {waiting()}")
        self.box.daemon.terminate()
        if self.box.daemon.wait(timeout=40) != 0:
            raise Failed(f"it did not stop in order: {self.box.said()[-500:]}")
        self.look()

    def summary(self, cycles):
        repeats = {channel: len(ids) - len(set(ids)) for channel, ids in self.told.ids.items()}
        slowest = max(self.first_requests)
        print(
            f"{cycles} times kill -9 (seed {self.seed}): {len(self.log)} facts, none lost, changed, reordered or doubled; "
            f"{self.person.total} commands that were answered; {len(messages(self.log))} messages, "
            f"{repeats['desk']} posts and {repeats['owner']} mails came again under their ids")
        print(
            f"from the start to the first request: median {statistics.median(self.first_requests) * 1000:.0f} ms, "
            f"at most {slowest * 1000:.0f} ms, {len(self.first_requests)} starts")
        return slowest <= LIMIT_SECONDS


def main():
    program = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else ROOT / ".build/release/aftercare").resolve()
    cycles = int(sys.argv[2]) if len(sys.argv) > 2 else 1000
    seed = int(sys.argv[3]) if len(sys.argv) > 3 else int(time.time())
    run = Run(program, seed)
    done = 0
    try:
        while done < cycles and not run.is_interrupted:
            run.life(done + 1, run.chance.uniform(0, LONGEST_LIFE_SECONDS))
            run.look()
            done += 1
            if sys.stdout.isatty():
                print(f"\r{done} of {cycles}, {len(run.log)} facts", end="", flush=True)
        if sys.stdout.isatty():
            print("\r" + " " * 40 + "\r", end="")
        run.end()
    except Failed as failed:
        print(f"seed {seed}, cycle {done + 1}: {failed}\nthe box is left in {run.box.folder}", file=sys.stderr)
        sys.exit(1)
    finally:
        if run.box.daemon and run.box.daemon.poll() is None:
            run.box.daemon.kill()
    is_fast = run.summary(done)
    shutil.rmtree(run.box.folder)
    sys.exit(0 if is_fast else 1)


main()
