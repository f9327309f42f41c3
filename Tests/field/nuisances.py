"""What must open no ticket: faultlab's five nuisances, and what buses and drivers do to good data."""

import numpy as np

import traces

SEEDS_EACH = 5
# Zeros right after a start are read for this many frames (a driver is given ten to settle).
BOOT_FRAMES = (1, 3, 10)
ZERO_CELSIUS_SECONDS = 189.0
FROZEN_SECONDS = (1200.0, 7200.0)


def _all_zero(trace: dict, frames: slice) -> None:
    for column in ("V", "I", "soc", "T"):
        if trace.get(column) is not None:
            trace[column][frames] = 0


def _gap(trace: dict, seconds: float, rng) -> dict:
    start = rng.uniform(trace["t"][0], max(trace["t"][0], trace["t"][-1] - seconds))
    return traces.part(trace, (trace["t"] < start) | (trace["t"] >= start + seconds))


def comm_loss(trace, hours, rng):
    """Three silences of so many hours, and one of the same length in which frames come but hold nothing."""
    for _ in range(3):
        trace = _gap(trace, hours * 3600, rng)
    start = rng.uniform(trace["t"][0], trace["t"][-1])
    empty = (trace["t"] >= start) & (trace["t"] < start + hours * 3600)
    for column in ("V", "I", "soc", "T"):
        if trace.get(column) is not None:
            trace[column][empty] = np.nan
    return trace


def boot_zeros(trace, frames, rng):
    """The first frames are all zero, and so are those after a restart in the middle that took 90 s."""
    _all_zero(trace, slice(0, int(frames)))
    middle = int(rng.uniform(0.3, 0.7) * len(trace["t"]))
    gone = (trace["t"] >= trace["t"][middle]) & (trace["t"] < trace["t"][middle] + 90)
    trace = traces.part(trace, ~gone)
    _all_zero(trace, slice(middle, middle + int(frames)))
    return trace


def _swapped(value: float) -> int:
    word = int(np.nan_to_num(value, nan=3300)) & 0xFFFF
    return word >> 8 | (word & 0xFF) << 8


def wild_reads(trace, each, rng):
    """One frame in `each` is wild: one or all cells 0, 65535, 53 V or byte-swapped; or the state of charge is 0."""
    cells = trace["V"].shape[1]
    # Never two wild frames side by side: two agreeing reads are no single wild read any more.
    for j in np.flatnonzero(rng.random(len(trace["t"]) // 2) < 2 / each) * 2:
        where = rng.choice([-1, int(rng.integers(cells))])
        hit = slice(None) if where < 0 else where
        kind = rng.integers(5)
        if kind == 4 and trace.get("soc") is not None:
            trace["soc"][j] = 0
        elif kind >= 3:
            old = np.atleast_1d(trace["V"][j, hit])
            trace["V"][j, hit] = [_swapped(v) for v in old] if where < 0 else _swapped(old[0])
        else:
            trace["V"][j, hit] = (0, 65535, 53000)[kind]
    return trace


def zero_celsius(trace, times, rng):
    """For 189 s all temperatures read 0 degC; everything else is true."""
    for _ in range(int(times)):
        start = rng.uniform(trace["t"][0], trace["t"][-1])
        trace["T"][(trace["t"] >= start) & (trace["t"] < start + ZERO_CELSIUS_SECONDS)] = 0
    return trace


def frozen(trace, seconds, rng):
    """The whole frame stands still for so long, from a frame with current on, while time runs."""
    flowing = np.flatnonzero(np.abs(np.nan_to_num(trace["I"])) > 0.2)
    for _ in range(2):
        j = int(rng.choice(flowing))
        end = int(np.searchsorted(trace["t"], trace["t"][j] + seconds))
        for column in ("V", "I", "soc", "T"):
            if trace.get(column) is not None:
                trace[column][j:end] = trace[column][j]
    return trace


SPECIAL = {
    "comm-loss": (comm_loss, (0.2, 2, 12)), "boot-zeros": (boot_zeros, BOOT_FRAMES),
    "wild-reads": (wild_reads, (1000, 100)),
    "zero-celsius": (zero_celsius, (3,)), "frozen": (frozen, FROZEN_SECONDS),
}


def apply(lab, trace: dict, kind: str, severity: float, rng) -> dict:
    """`kind` is nuisance-NAME (faultlab's) or special-NAME (above)."""
    family, name = kind.split("-", 1)
    if family == "nuisance":
        return lab.NUISANCE[name](trace, rng)
    return SPECIAL[name][0](lab.copy(trace), severity, rng)


def kinds(lab, trace: dict, special: bool):
    """(kind, severity) of every nuisance that the trace has the columns for."""
    if not special:
        return [(f"nuisance-{name}", 0) for name in lab.NUISANCE]
    needed = {"zero-celsius": "T", "frozen": "I"}
    return [(f"special-{name}", severity) for name, (_, severities) in SPECIAL.items()
            if name not in needed or trace.get(needed[name]) is not None for severity in severities]
