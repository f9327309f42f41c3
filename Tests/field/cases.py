"""The injected cases: which fault of which severity on which trace; what is random comes from seed and name."""

import dataclasses
import zlib

import numpy as np

import scoring

SEVERITIES = {
    "isc": (10, 50, 100), "resist": (10, 20, 40), "fade": (0.10, 0.20), "stuck": (0,), "drift": (10, 20, 40),
    "sense_wire": (10, 20, 40), "thermal": (0.02, 0.1, 1.0), "soc_jump": (8, 15),
}
UNITS = {"isc": "Ω", "resist": "mΩ", "fade": "", "stuck": "", "drift": "mV", "sense_wire": "mV", "thermal": "°C/s",
         "soc_jump": "%"}
# A ramp's full size is reached this long after its start.
RAMP_SECONDS = {"resist": 3600.0, "drift": 7200.0}
# A step to the ends, where a pack recalibrates, is no fault; nor is what clipping leaves of a step below 5 %.
SMALLEST_JUMP, LOW_END, HIGH_END = 5.0, 3.0, 97.0


@dataclasses.dataclass(frozen=True)
class Case:
    """One injected case. Its name alone, with the seed, rebuilds it: trace/kind/severity/number."""
    trace: str
    kind: str
    severity: float
    number: int

    @property
    def name(self) -> str:
        return f"{self.trace}/{self.kind}/{self.severity:g}/{self.number}"

    @classmethod
    def named(cls, name: str) -> "Case":
        trace, kind, severity, number = name.split("/")
        return cls(trace, kind, float(severity), int(number))


def generator(seed: int, name: str) -> np.random.Generator:
    return np.random.default_rng([seed, zlib.crc32(name.encode())])


def possible(trace: dict, kind: str) -> bool:
    """Whether the trace has the columns that the fault changes."""
    needed = {"resist": "I", "thermal": "T", "soc_jump": "soc", "isc": "soc_model", "fade": "soc_model"}.get(kind, "V")
    return trace.get(needed) is not None


def plan(traces: dict[str, dict], wanted: int) -> list[Case]:
    """At least `wanted` cases, each kind equally often, its severities and traces in equal parts."""
    per_kind = -(-wanted // len(SEVERITIES))
    cases = []
    for kind, severities in SEVERITIES.items():
        hosts = [name for name, trace in traces.items() if possible(trace, kind)]
        if not hosts:
            continue
        repeats = -(-per_kind // (len(hosts) * len(severities)))
        cases += [Case(host, kind, severity, number)
                  for host in hosts for severity in severities for number in range(repeats)]
    return cases


@dataclasses.dataclass
class Injected:
    """The trace with its fault, the truth about it, and how far the fault moves what it touches at most."""
    trace: dict
    truth: scoring.Truth
    peak: float
    redrawn: int


def _visible(kind: str, healthy: dict, faulty: dict, start_s: float) -> bool:
    """False for a jump of the state of charge that clipping has taken away."""
    if kind != "soc_jump":
        return True
    frame = int(np.searchsorted(healthy["t"], start_s))
    step = faulty["soc"][frame] - healthy["soc"][frame]
    return abs(step) > SMALLEST_JUMP and LOW_END <= faulty["soc"][frame] <= HIGH_END


def _peak(kind: str, healthy: dict, faulty: dict, cells, probes) -> float:
    """Largest change on the first touched channel, in its own unit; for a stuck channel, of its value."""
    if kind == "soc_jump":
        return float(np.nanmax(np.abs(faulty["soc"] - healthy["soc"])))
    column, touched = ("T", probes) if probes else ("V", cells)
    k = touched[0] - 1
    change = np.abs(faulty[column][:, k] - healthy[column][:, k])
    # Markers of unreadable cells would be the largest change of all.
    return float(np.nanmax(np.where(change < 5000, change, np.nan)))


def inject(lab, trace: dict, case: Case, seed: int, window=(0.15, 0.50)) -> Injected:
    """Cell and start are drawn; the start is the time of a frame between these fractions of all frames."""
    rng = generator(seed, case.name)
    frames, cells = trace["V"].shape
    for redrawn in range(1000):
        cell = int(rng.integers(cells))
        start = float(trace["t"][int(rng.uniform(*window) * frames)])
        faulty = lab.FAULTS[case.kind](trace, cell, start, case.severity, rng)
        if _visible(case.kind, trace, faulty, start):
            break
    else:
        raise ValueError(f"{case.name}: no start in the window shows the jump")
    named, probes = [cell + 1], []
    if case.kind == "sense_wire":
        named.append(cell + 2 if cell + 1 < cells else cell)
    elif case.kind == "thermal":
        named, probes = [], [cell % trace["T"].shape[1] + 1]
    elif case.kind == "soc_jump":
        named = []
    truth = scoring.Truth(case.kind, start, frozenset(named), frozenset(probes))
    return Injected(faulty, truth, _peak(case.kind, trace, faulty, named, probes), redrawn)


def watched_seconds(times: np.ndarray, start: float, end: float) -> float:
    """Seconds from start to end in which frames came: a gap counts as 120 s at most."""
    inside = times[(times >= start) & (times <= end)]
    return float(np.clip(np.diff(inside), 0, 120).sum())
