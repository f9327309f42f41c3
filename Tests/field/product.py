"""The product, as its user sees it: `aftercare replay` reads a CSV and prints one JSON line per ticket."""

import contextlib
import json
import pathlib
import shlex
import subprocess
import tempfile
import threading

import csv_bytes

REPLAY = "{binary} replay {{file}} --chemistry {{chem}} --capacity-ah {{ah}} --json"
# A year of 96 cells takes minutes; what takes longer than this hangs.
LIMIT_SECONDS = 1800


class RunFailed(Exception):
    """The program did not end well, or printed what is no JSON line."""


def template(binary: str, runner: str | None) -> str:
    return runner or REPLAY.format(binary=shlex.quote(binary))


def command(runner: str, file: str, chemistry: str, capacity_ah: float) -> list[str]:
    return [word.format(file=file, chem=chemistry, ah=f"{capacity_ah:g}") for word in shlex.split(runner)]


def parse(text: str) -> tuple[list[dict], dict]:
    """The lines in order, tickets and notices alike, and the summary (empty when there was none)."""
    lines, summary = [], {}
    for line in filter(None, map(str.strip, text.splitlines())):
        try:
            found = json.loads(line)
        except json.JSONDecodeError as error:
            raise RunFailed(f"no JSON: {line[:200]} ({error})") from error
        if "summary" in found:
            summary = found["summary"]
        else:
            lines.append(found)
    return lines, summary


def replay(runner: str, source, chemistry: str, capacity_ah: float) -> tuple[list[dict], dict]:
    """Replays a file (a path), a trace (a dictionary) or blocks of CSV (an iterator of bytes)."""
    on_disk = isinstance(source, (str, pathlib.Path))
    words = command(runner, str(source) if on_disk else "-", chemistry, capacity_ah)
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as errors:
        stdin = subprocess.DEVNULL if on_disk else subprocess.PIPE
        with subprocess.Popen(words, stdin=stdin, stdout=out, stderr=errors) as process:
            limit = threading.Timer(LIMIT_SECONDS, process.kill)
            limit.start()
            try:
                if not on_disk:
                    feed(process.stdin, source)
                status = process.wait()
            finally:
                limit.cancel()
        out.seek(0)
        errors.seek(0)
        if status:
            raise RunFailed(f"{shlex.join(words)} ended with {status}: {errors.read().decode(errors='replace')[-500:]}")
        return parse(out.read().decode())


def feed(pipe, source) -> None:
    try:
        if isinstance(source, dict):
            csv_bytes.write(source, pipe)
        else:
            for block in source:
                pipe.write(block)
        pipe.close()
    except BrokenPipeError:
        # The program ended before it read all: its exit status and its words say more than this. Closing tries once
        # more to write what is left.
        with contextlib.suppress(BrokenPipeError):
            pipe.close()


def tickets(lines: list[dict]) -> list[dict]:
    """Only what opens a ticket; notices and logged lines are wanted or at least harmless."""
    return [line for line in lines if line.get("opens") == "ticket"]
