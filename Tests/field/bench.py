"""The bench: everything a case needs, by the case's name. Worker processes inherit it by fork."""

import dataclasses
import pathlib

import cases
import made_packs
import nuisances
import product
import scoring
import surrogate
import traces

RATES = (1, 5, 20, 60)
RATE_HOSTS = ("m01", "m05", "car1")
YEAR_DAYS = 365
# Of each chemistry; leaking packs of each chemistry and leak.
PACKS, LEAKS_EACH = 12, 3
# At 1 s a year of 96 cells is 15 GB of CSV: the donor of surrogate cars is read every 20 s.
NMC_DONOR_STEP = 20
EXPECTED = {"m06-june": 13, "m06-july": 13, "car2": 82}
# Cells 27 to 29 of car 2 stand within 1 mV of each other for 37 days; then, from one drive to the next, 28 falls 12 mV
# behind, 16 mV two days later, and comes back over two months.
TRUE_BESIDE = {"car2": {28}}
SILENT = ("m01", "m05", "car1", "car2-before", "12v-week", "12v-discharge")


@dataclasses.dataclass
class Bench:
    """Where things are, and the traces in memory."""
    lab: object
    data: pathlib.Path
    runner: str
    seed: int
    probes: bool
    window: tuple[float, float]
    full: float
    days: int = YEAR_DAYS
    hosts: tuple[str, ...] = traces.HEALTHY
    loaded: dict = dataclasses.field(default_factory=dict)

    def trace(self, name: str) -> dict:
        """A trace by name; NAME@SECONDS is a copy at that rate, made from the one at 1 s."""
        if name not in self.loaded:
            base, _, rate = name.partition("@")
            if rate and rate != "1":
                self.loaded[name] = traces.part(self.trace(f"{base}@1"), slice(None, None, int(rate)))
            elif rate and base != "car1":
                self.loaded[name] = traces.every_second(self.trace(base))
            elif base == "12v-week":
                self.loaded[name] = traces.pack_12v(self.data, traces.PACK_12V[0])
            elif base == "12v-discharge":
                self.loaded[name] = traces.pack_12v(self.data, traces.PACK_12V[2])
            else:
                probes_seed = self.seed if self.probes else None
                self.loaded[name] = traces.load(self.lab, self.data, base, probes_seed, self.full)
        return self.loaded[name]

    def build(self, name: str):
        """(trace, truth or None, remarks) of a case; the same at every call and in every process."""
        case = cases.Case.named(name)
        if case.kind == "healthy":
            return self.trace(case.trace), None, {}
        if case.kind.startswith(("nuisance", "special")):
            trace = self.trace(case.trace)
            rng = cases.generator(self.seed, name)
            return nuisances.apply(self.lab, trace, case.kind, case.severity, rng), None, {}
        base, _, rate = case.trace.partition("@")
        if rate:
            case = dataclasses.replace(case, trace=f"{base}@1")
        made = cases.inject(self.lab, self.trace(case.trace), case, self.seed, self.window)
        trace = traces.part(made.trace, slice(None, None, int(rate))) if rate else made.trace
        return trace, made.truth, {"peak": made.peak, "redrawn": made.redrawn}

    def donors(self, chemistry: str) -> list[dict]:
        names = ("m01", "m05") if chemistry == "LFP" else ("car1",)
        step = 1 if chemistry == "LFP" else NMC_DONOR_STEP
        return [surrogate.donor_day(traces.part(self.trace(name), slice(None, None, step))) for name in names]

    def source(self, name: str):
        """(what to replay, chemistry, capacity, truth, remarks)."""
        host, kind, _, number = name.split("/")
        if kind == "file":
            file, chemistry, capacity = traces.FILES[host]
            return traces.path_of(self.data, file), chemistry, capacity, None, {}
        if kind == "year":
            capacity = self.trace("m01" if host == "LFP" else "car1")["q_ah"]
            seed = cases.generator(self.seed, name).integers(2**63)
            return surrogate.stream(self.lab, self.donors(host), int(seed), self.days), host, capacity, None, {}
        if kind in ("pack", "leak"):
            leak = float(name.split("/")[2])
            trace = made_packs.pack(self.lab, host, int(number_of(name)), cases.generator(self.seed, name), leak)
            truth = scoring.Truth("leak", made_packs.LEAK_DAY * 86_400.0, frozenset([made_packs.LEAKING_CELL]))
            return trace, host, trace["q_ah"], truth if leak else None, {}
        trace, truth, remarks = self.build(name)
        return trace, trace["chem"], trace["q_ah"], truth, remarks

    def perform(self, name: str) -> dict:
        """Replays one case; a failure of the program is a result too."""
        source, chemistry, capacity, truth, remarks = self.source(name)
        result = {"case": name, "truth": truth, **remarks}
        try:
            lines, summary = product.replay(self.runner, source, chemistry, capacity)
        except product.RunFailed as error:
            return result | {"error": str(error), "tickets": [], "others": []}
        tickets = product.tickets(lines)
        result |= {"tickets": tickets, "others": [x for x in lines if x not in tickets], "summary": summary}
        if truth is not None and isinstance(source, dict):
            result["watched"] = [cases.watched_seconds(source["t"], truth.start_s, t["t_s"]) for t in tickets]
        return result


def names(bench: Bench, parts: list[str], wanted: int, years: int) -> dict[str, list[str]]:
    """The cases of each part, by name."""
    healthy = {name: bench.trace(name) for name in bench.hosts}
    out = {"real": [f"{name}/file/0/0" for name in EXPECTED] + ["car1/file/0/0"] + [f"{n}/healthy/0/0" for n in SILENT]}
    out["faults"] = [case.name for case in cases.plan(healthy, wanted)]
    for part, special in (("nuisances", False), ("special", True)):
        out[part] = [f"{name}/{kind}/{severity:g}/{number}" for name, trace in healthy.items()
                     for kind, severity in nuisances.kinds(bench.lab, trace, special)
                     for number in range(2 if special else nuisances.SEEDS_EACH)]
    out["rates"] = [f"{host}@{rate}/{kind}/{worst(kind):g}/{number}" for host in RATE_HOSTS
                    for kind in cases.SEVERITIES if cases.possible(bench.trace(host), kind)
                    for number in range(2) for rate in RATES]
    out["years"] = [f"LFP/year/0/{k}" for k in range(years)] + [f"NMC/year/0/{k}" for k in range(years // 8)]
    out["packs"] = [f"{host}/pack/0/{k}" for host in made_packs.CELLS for k in range(PACKS)]
    out["leaks"] = [f"{host}/leak/{leak:g}/{k}" for host in made_packs.CELLS for leak in made_packs.LEAKS
                    for k in range(LEAKS_EACH)]
    return {part: out[part] for part in parts}


def number_of(name: str) -> str:
    return name.rsplit("/", 1)[1]


def worst(kind: str) -> float:
    return min(cases.SEVERITIES[kind]) if kind == "isc" else max(cases.SEVERITIES[kind])


def references(bench: Bench, parts: list[str]) -> list[str]:
    """The healthy runs that judging these parts needs."""
    out = [f"{name}/healthy/0/0" for name in bench.hosts]
    if "rates" in parts:
        out += [f"{host}@{rate}/healthy/0/0" for host in RATE_HOSTS for rate in RATES]
    return out if {"faults", "rates"} & set(parts) else []
