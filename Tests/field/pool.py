"""Runs cases in processes and says how far it is and how long it will take."""

import multiprocessing
import sys
import time

_perform = None


def _numbered(item):
    index, name = item
    return index, _perform(name)


class Progress:
    """A bar on a terminal; elsewhere a line for every tenth of the way."""

    def __init__(self, label: str, total: int):
        self.label, self.total, self.done, self.begin, self.tenth = label, total, 0, time.monotonic(), 0

    def step(self) -> None:
        self.done += 1
        left = (time.monotonic() - self.begin) / self.done * (self.total - self.done)
        text = f"{self.label} {self.done}/{self.total}, {int(left // 60)} min {int(left % 60)} s left"
        if sys.stderr.isatty():
            filled = 30 * self.done // self.total
            end = "\n" if self.done == self.total else ""
            sys.stderr.write(f"\r[{'#' * filled}{'.' * (30 - filled)}] {text}   {end}")
        elif 10 * self.done // self.total > self.tenth:
            self.tenth = 10 * self.done // self.total
            sys.stderr.write(text + "\n")
        sys.stderr.flush()


def run(label: str, names: list[str], perform, processes: int = 2) -> list[dict]:
    """The results in the order of the names."""
    global _perform
    _perform = perform
    results, progress = [None] * len(names), Progress(label, len(names))
    if not names:
        return results
    with multiprocessing.get_context("fork").Pool(processes) as workers:
        for index, result in workers.imap_unordered(_numbered, list(enumerate(names))):
            results[index] = result
            progress.step()
    return results
