"""Twenty minutes at fifty times the load of a home: does memory grow, or the number of open descriptors?

    Tests/soak/load.py [AFTERCARE] [SECONDS] [WARM_UP_SECONDS]

A home has four devices of fifty points that are read once a second, a page that somebody looks at, and now and then a
question at the terminal. Here twenty devices on four lines are read ten times a second, a connection is dropped every
five seconds, pages are loaded and questions asked fifty times as often, and three live pages stay open. Private_Dirty
and open descriptors are looked at every second. In the warm-up a pack gets hot and cold in turns; then nothing new
happens, since what is on record stays in memory by design, some 2 kB a fact.

Prints the slope of both with its 95 % interval, from the means of single minutes, since neighbouring looks are no two
looks. Exit status 1 when an interval lies above 0, or the daemon ended. Run it with the Python of `make peers`.
"""

import itertools
import math
import os
import pathlib
import random
import re
import shutil
import statistics
import struct
import sys
import threading
import time
import urllib.error
import urllib.request

from box import ROOT, Box, Device, Failed, Told, facts

POINTS = 50
LINES = 4
DEVICES_A_LINE = 5
INTERVAL = "100ms"
HOT, COLD = 655, 251
# As often as fifty people would.
PAGES_A_SECOND = 5
QUESTIONS_A_SECOND = 5
LIVE_PAGES = 3
DROP_EVERY_SECONDS = 5
WEATHER_SECONDS = 40
BLOCK_SECONDS = 60

PROFILE = f"""profile: load
title: Fifty moving values
status: simulated
chemistry: LFP
sources: {{load: Tests/soak/load.py}}
limits: {{registers: 125, readable: [{{function: 3, from: 0, to: {POINTS - 1}}}]}}
points:
  - source: load
    function: 3
    rows:
      - {{name: cell.#.voltage, address: 0, type: u16, scale: 0.001, unit: V, repeat: {{count: 16, stride: 1}}}}
      - {{name: cell.#.temperature, address: 16, type: u16, scale: 0.1, unit: °C, repeat: {{count: 4, stride: 1}}}}
      - {{name: value.#, address: 20, type: u16, scale: 0.1, unit: V, repeat: {{count: {POINTS - 20}, stride: 1}}}}
"""


class Line(Device):
    """Five devices whose values move; drops a connection when told to."""

    def __init__(self):
        self.beats = itertools.count()
        self.asked = 0
        self.is_hot = False
        self.drops = False
        super().__init__()

    def answer(self, number, unit, request):
        if self.drops:
            self.drops = False
            raise OSError("dropped")
        self.asked += 1
        function, address, count = struct.unpack(">BHH", request)
        if function != 3 or not 1 <= unit <= DEVICES_A_LINE or address + count > POINTS:
            body = struct.pack(">BB", function | 0x80, 2)
        else:
            beat = next(self.beats)
            values = [3300 + (beat + cell) % 5 for cell in range(16)]
            values += [HOT if self.is_hot and unit == 1 else COLD + beat % 3] * 4
            values += [(1000 + beat + value) % 2000 for value in range(POINTS - 20)]
            body = struct.pack(f">BB{count}H", 3, 2 * count, *values[address:address + count])
        return struct.pack(">HHHB", number, 0, len(body) + 1, unit) + body


class Home(Box):
    """The box with all its lines and a page."""

    def __init__(self, program, lines, told):
        self.lines = lines
        super().__init__(program, lines[0], told)

    def configuration(self, folder, data, told):
        (folder / "profiles/crash.yaml").unlink()
        (folder / "profiles/load.yaml").write_text(PROFILE)
        lines = ""
        for place, line in enumerate(self.lines):
            lines += f"  - name: line-{place}\n    url: tcp://127.0.0.1:{line.port}\n    devices:\n"
            for unit in range(1, DEVICES_A_LINE + 1):
                lines += (f"      - {{name: pack-{place}-{unit}, unit: {unit}, profile: load, "
                          f"interval: {INTERVAL}}}\n")
        (folder / "gateway.yaml").write_text(
            "site: {id: home-1, zone: Europe/Berlin, standingAuthorisation: 2026-05-04}\n"
            f"dataDirectory: {data}\ncontrolSocket: {folder}/control.sock\n"
            'web: {listen: "127.0.0.1:0"}\n'
            "notification:\n"
            f"  - {{name: desk, channel: webhook, url: \"http://127.0.0.1:{told.web_port}/\"}}\n"
            f"lines:\n{lines}")

    def page(self):
        """Where the page is, as the log says."""
        found = re.search(r"page is served url=(\S+)/", self.said())
        return found and found.group(1)

    def private_kilobytes(self):
        text = pathlib.Path(f"/proc/{self.daemon.pid}/smaps_rollup").read_text()
        return next(int(line.split()[1]) for line in text.splitlines() if line.startswith("Private_Dirty"))

    def descriptors(self):
        return len(os.listdir(f"/proc/{self.daemon.pid}/fd"))


class Load:
    """Everybody who wants something of the box, until it is over."""

    def __init__(self, box):
        self.box = box
        self.is_over = threading.Event()
        self.is_calm = False
        self.trouble = None
        self.done = dict.fromkeys(("pages", "questions", "events", "drops"), 0)
        page = box.page()
        self.work = [
            threading.Thread(target=self.every, args=(1 / PAGES_A_SECOND, self.look, page)),
            threading.Thread(target=self.every, args=(1 / QUESTIONS_A_SECOND, self.ask)),
            threading.Thread(target=self.every, args=(DROP_EVERY_SECONDS, self.drop)),
            threading.Thread(target=self.every, args=(WEATHER_SECONDS, self.turn)),
            *(threading.Thread(target=self.watch, args=(page,), daemon=True) for _ in range(LIVE_PAGES)),
        ]
        for thread in self.work:
            thread.start()

    def every(self, seconds, work, *arguments):
        while not self.is_over.wait(seconds):
            work(*arguments)

    def look(self, page):
        try:
            with urllib.request.urlopen(f"{page}/", timeout=10) as answer:
                answer.read()
            self.done["pages"] += 1
        except OSError as failure:
            self.trouble = f"the page: {failure}"

    def ask(self):
        if self.box.ask(random.choice(({"tickets": {}}, {"lines": {}}))) is not None:
            self.done["questions"] += 1

    def drop(self):
        random.choice(self.box.lines).drops = True
        self.done["drops"] += 1

    def turn(self):
        self.box.lines[0].is_hot = not self.box.lines[0].is_hot and not self.is_calm

    def watch(self, page):
        """A page that stays open."""
        try:
            with urllib.request.urlopen(f"{page}/api/events", timeout=60) as events:
                for line in events:
                    self.done["events"] += line.startswith(b"data")
                    if self.is_over.is_set():
                        return
        except urllib.error.HTTPError as refusal:
            self.trouble = f"a live page: {refusal}"
        except OSError:
            # The daemon has ended.
            pass

    def end(self):
        self.is_over.set()
        for thread in self.work[:4]:
            thread.join()


def slope(values):
    """A straight line through values of consecutive blocks: its rise a block, and half of its 95 % interval."""
    count = len(values)
    middle, mean = (count - 1) / 2, statistics.fmean(values)
    squares = sum((place - middle) ** 2 for place in range(count))
    rise = sum((place - middle) * (value - mean) for place, value in enumerate(values)) / squares
    rest = sum((value - mean - rise * (place - middle)) ** 2 for place, value in enumerate(values))
    # Student's t for 95 %, good to 1 % from 8 degrees of freedom on.
    freedom = count - 2
    quantile = 1.96 + 2.4 / freedom + 3 / freedom ** 2
    return rise, quantile * math.sqrt(rest / freedom / squares)


def told_slope(name, unit, looks):
    """Prints how something moved; whether it does not rise for sure."""
    blocks = [statistics.fmean(looks[start:start + BLOCK_SECONDS])
              for start in range(0, len(looks) - BLOCK_SECONDS + 1, BLOCK_SECONDS)]
    if len(blocks) < 10:
        raise Failed(f"{len(blocks)} minutes tell no slope: at least 10 are needed")
    rise, half = slope(blocks)
    hourly, interval = rise * 3600 / BLOCK_SECONDS, half * 3600 / BLOCK_SECONDS
    print(f"{name}: median {statistics.median(looks):.0f}{unit}, first minute {blocks[0]:.1f}, last minute "
          f"{blocks[-1]:.1f}, slope {hourly:+.1f} ± {interval:.1f}{unit} an hour")
    return hourly - interval <= 0


def main():
    program = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else ROOT / ".build/release/aftercare").resolve()
    seconds = int(sys.argv[2]) if len(sys.argv) > 2 else 1200
    warm_up = int(sys.argv[3]) if len(sys.argv) > 3 else 300
    # As the unit sets it.
    os.environ["MALLOC_ARENA_MAX"] = "1"
    lines = [Line() for _ in range(LINES)]
    told = Told()
    box = Home(program, lines, told)
    box.start()
    load = None
    try:
        if not box.wait("the page", box.page) or not box.wait("the daemon", lambda: box.ask({"lines": {}})):
            raise Failed(f"it does not start: {box.said()[-800:]}")
        load = Load(box)
        memory, descriptors = [], []
        begun, asked = time.monotonic(), 0
        for second in range(warm_up + seconds):
            time.sleep(max(0, begun + second - time.monotonic()))
            if box.daemon.poll() is not None:
                raise Failed(f"the daemon ended: {box.said()[-800:]}")
            if load.trouble:
                raise Failed(f"{load.trouble}: {box.said()[-400:]}")
            load.is_calm = second > warm_up / 2
            if second == warm_up:
                before = len(facts(box.ledger))
                asked = sum(line.asked for line in lines)
            if second >= warm_up:
                memory.append(box.private_kilobytes())
                descriptors.append(box.descriptors())
            if sys.stdout.isatty():
                print(f"\r{second - warm_up:+d} s of {seconds}: {box.private_kilobytes()} kB ", end="", flush=True)
        rate = (sum(line.asked for line in lines) - asked) / seconds
        print(f"{rate:.0f} readings a second of {POINTS} points over {seconds} s, behind {warm_up} s; {load.done}; "
              f"{before} facts before, {len(facts(box.ledger)) - before} meanwhile")
        holds = [told_slope("private memory", " kB", memory), told_slope("open descriptors", "", descriptors)]
    except Failed as failed:
        print(failed, file=sys.stderr)
        sys.exit(1)
    finally:
        if load:
            load.end()
        box.daemon.terminate()
        box.daemon.wait()
    if rate < 0.9 * LINES * DEVICES_A_LINE * 10:
        print("the load was not reached: this machine is too slow, or too busy", file=sys.stderr)
        sys.exit(1)
    if not all(holds):
        print(f"it grows; the box is left in {box.folder}", file=sys.stderr)
        sys.exit(1)
    shutil.rmtree(box.folder, ignore_errors=True)
    print("neither grows")


main()
