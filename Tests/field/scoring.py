"""What counts as found, and what as false. Pure: tickets in, verdicts out."""

import dataclasses
import math
import statistics

# Which classes name an injected kind right.
NAMED_RIGHT = {
    "isc": {"softShort", "hardShort", "baselineShift"},
    "resist": {"resistance", "baselineShift"},
    "fade": {"cellFade", "softShort"},
    "stuck": {"stuckChannel"},
    "drift": {"baselineShift"},
    "sense_wire": {"senseWire"},
    "thermal": {"thermal", "overTemperature", "hardShort"},
    "soc_jump": {"socJump"},
    "leak": {"softShort", "baselineShift"},
}
# Tickets this close to the first one belong to one finding.
FIRST_SECONDS = 600.0


@dataclasses.dataclass(frozen=True)
class Truth:
    """What was injected: kind, start, and the cells and probes (from 1) that may be named; none: any place is right."""
    kind: str
    start_s: float
    cells: frozenset = frozenset()
    probes: frozenset = frozenset()


@dataclasses.dataclass
class Verdict:
    """How one case ended. `place_right` is None for a kind that has no place."""
    found: bool
    class_right: bool = False
    place_right: bool | None = None
    delay_s: float | None = None
    first: list = dataclasses.field(default_factory=list)
    false_before: int = 0
    elsewhere: int = 0


def key(ticket: dict) -> tuple:
    return ticket.get("class"), ticket.get("cell"), ticket.get("probe")


def names_place(ticket: dict, truth: Truth) -> bool:
    return ticket.get("cell") in truth.cells or ticket.get("probe") in truth.probes


def judge(truth: Truth, tickets: list[dict], healthy: list[dict]) -> Verdict:
    """The verdict on one case; `healthy` are the tickets of the same trace without the fault: they prove nothing."""
    known = {key(ticket) for ticket in healthy}
    own = sorted((t for t in tickets if key(t) not in known), key=lambda t: t["t_s"])
    before = sum(t["t_s"] < truth.start_s for t in tickets)
    after = [t for t in own if t["t_s"] >= truth.start_s]
    placed = bool(truth.cells or truth.probes)
    if not after:
        return Verdict(False, place_right=False if placed else None, false_before=before)
    first = [t for t in after if t["t_s"] <= after[0]["t_s"] + FIRST_SECONDS]
    return Verdict(
        found=True,
        class_right=any(t.get("class") in NAMED_RIGHT[truth.kind] for t in first),
        place_right=any(names_place(t, truth) for t in first) if placed else None,
        delay_s=after[0]["t_s"] - truth.start_s,
        first=[dict(zip(("class", "cell", "probe"), key(t)), t_s=t["t_s"]) for t in first],
        false_before=before,
        # A second finding at a place that was not touched: a visit to the wrong cell.
        elsewhere=sum(not names_place(t, truth) for t in after) if placed else 0)


def share(flags: list) -> float | None:
    known = [bool(f) for f in flags if f is not None]
    return sum(known) / len(known) if known else None


def percentile(values: list[float], fraction: float) -> float | None:
    """Nearest rank, so that it is a delay that really occurred."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(fraction * len(ordered)) - 1)] if ordered else None


def summary(verdicts: list[Verdict]) -> dict:
    """The figures of a group of cases. Place and class are shares of the found ones; delays are of the found ones."""
    found = [v for v in verdicts if v.found]
    delays = [v.delay_s for v in found]
    return {
        "n": len(verdicts), "found": len(found), "recall": share([v.found for v in verdicts]),
        "place_right": share([v.place_right for v in found]), "class_right": share([v.class_right for v in found]),
        "median_s": statistics.median(delays) if delays else None, "p90_s": percentile(delays, 0.9),
        "false": sum(v.false_before for v in verdicts), "elsewhere": sum(v.elsewhere for v in verdicts),
    }
