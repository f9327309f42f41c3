"""The figures as Markdown and as JSON. Nothing in them depends on the day they were made."""

import dataclasses
import json

import cases
import scoring
from bench import RATES
from judgement import label

GOALS = ("Wanted: recall ≥ 97 %, no kind under 75 %, right place ≥ 93 %, class right ≥ 85 %, median delay ≤ 60 min, "
         "no false ticket.")


def percent(value) -> str:
    return "–" if value is None else f"{100 * value:.0f} %"


def minutes(value) -> str:
    return "–" if value is None else f"{value / 60:.0f}"


def table(head: list[str], rows: list[list]) -> list[str]:
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    return lines + ["| " + " | ".join(str(field) for field in row) + " |" for row in rows] + [""]


def figures(rows: list[dict]) -> list[str]:
    s = scoring.summary([row["verdict"] for row in rows])
    watched = [row["watched_s"] for row in rows if row["watched_s"] is not None]
    return [s["n"], percent(s["recall"]), percent(s["place_right"]), percent(s["class_right"]), minutes(s["median_s"]),
            minutes(s["p90_s"]), minutes(scoring.percentile(watched, 0.5)), s["false"], s["elsewhere"]]


FIGURES = ["n", "recall", "right place", "class right", "median min", "p90 min", "watched median", "false", "elsewhere"]


def faults(rows: list[dict], healthy: dict[str, list]) -> list[str]:
    out = ["## Injected faults", "", GOALS, "", "Recall counts any ticket after the start that the untouched trace "
           "does not open; place and class are those of the first tickets (10 min), as shares of the found cases. "
           "Watched minutes leave out gaps beyond 2 min. False: tickets before the start. Elsewhere: later tickets at "
           "places that were not touched. The untouched traces open "
           + ", ".join(f"{len(found)} ({name})" for name, found in healthy.items() if "@" not in name) + ".", ""]
    kinds = [k for k in cases.SEVERITIES if any(r["kind"] == k for r in rows)]
    body = [[kind, *figures([r for r in rows if r["kind"] == kind])] for kind in kinds]
    out += table(["kind", *FIGURES], body + [["**all**", *figures(rows)]])
    out += ["Delay of the kinds that grow, counted from the end of their ramp: "
            + ", ".join(f"{kind} {after_ramp(rows, kind)}" for kind in cases.RAMP_SECONDS) + ".", ""]
    groups = sorted({(kinds.index(r["kind"]), r["severity"], r["trace"]) for r in rows})
    body = [[f"{kinds[k]} {severity:g} {cases.UNITS[kinds[k]]}".strip(), trace,
             *figures([r for r in rows if (r["kind"], r["severity"], r["trace"]) == (kinds[k], severity, trace)])]
            for k, severity, trace in groups]
    out += table(["fault", "trace", *FIGURES], body)
    return out + wrong(rows)


def after_ramp(rows: list[dict], kind: str) -> str:
    delays = [max(0.0, r["verdict"].delay_s - cases.RAMP_SECONDS[kind])
              for r in rows if r["kind"] == kind and r["verdict"].found]
    return f"median {minutes(scoring.percentile(delays, 0.5))} min, p90 {minutes(scoring.percentile(delays, 0.9))} min"


def wrong(rows: list[dict]) -> list[str]:
    def lines(title, keep):
        picked = [r for r in rows if keep(r["verdict"])]
        if not picked:
            return [f"{title}: none.", ""]
        body = [[r["case"], f"{r['start_s']:.0f}", place(r), f"{r['peak']:.0f}", opened(r)] for r in picked]
        return [f"{title}: {len(picked)}.", ""] + table(["case", "start s", "place", "largest change", "opened"], body)

    return (lines("Missed", lambda v: not v.found) + lines("Wrong place", lambda v: v.found and v.place_right is False)
            + lines("Wrong class", lambda v: v.found and not v.class_right)
            + lines("False before the start", lambda v: v.false_before))


def place(row: dict) -> str:
    names = [f"cell {c}" for c in row["cells"]] + [f"probe {p}" for p in row["probes"]]
    return ", ".join(names) or "pack"


def opened(row: dict) -> str:
    if row["error"]:
        return row["error"].replace("\n", " ").replace("|", "/")[:120]
    return "; ".join(label((f["class"], f["cell"], f["probe"])) for f in row["verdict"].first) or "–"


def tickets_of(row: dict) -> str:
    if row["error"]:
        return row["error"].replace("\n", " ").replace("|", "/")[:160]
    shown = [f"{label(scoring.key(t))} at {t['t_s']:.0f} s" for t in row["tickets"][:6]]
    more = [f"and {len(row['tickets']) - 6} more"] if len(row["tickets"]) > 6 else []
    return "; ".join(shown + more) or "–"


def real(rows: list[dict]) -> list[str]:
    body = [[r["case"], f"cell {r['expected']}" if r["expected"] else "silence", "yes" if r["ok"] else "**no**",
             len(r["tickets"]), r["notices"], tickets_of(r)] for r in rows]
    return ["## Real traces", ""] + table(["trace", "wanted", "as wanted", "tickets", "notices", "opened"], body)


def silent(title: str, rows: list[dict]) -> list[str]:
    groups: dict[str, list[dict]] = {}
    for row in rows:
        trace, kind, severity, _ = row["case"].split("/")
        groups.setdefault(f"{kind} {severity}".removesuffix(" 0") + f" | {trace}", []).append(row)
    body = [[name, len(group), sum(bool(r["tickets"]) for r in group), sum(len(r["tickets"]) for r in group),
             sum(r["notices"] for r in group)] for name, group in groups.items()]
    out = [f"## {title}", "", f"{len(rows)} runs, {sum(len(r['tickets']) for r in rows)} tickets (none is wanted).", ""]
    out += table(["what", "trace", "runs", "runs with tickets", "tickets", "notices"], body)
    bad = [[r["case"], tickets_of(r)] for r in rows if not r["ok"]]
    return out + (table(["not silent", "opened"], bad) if bad else [])


def leaks(rows: list[dict]) -> list[str]:
    out = []
    for row in rows:
        chemistry, _, leak, _ = row["case"].split("/")
        days = row["verdict"].delay_s / 86_400 if row["verdict"].found else None
        out.append([row["case"], leak, "yes" if row["ok"] else "**no**",
                    ", ".join(f"{f['class']} cell {f['cell']}" for f in row["verdict"].first) or "–",
                    "–" if days is None else f"{days:.1f}", "–" if days is None else f"{days * float(leak):.2f}"])
    head = ["pack", "% a day", "named, and no other", "first", "after days", "lost by then, %"]
    return ["## A cell that loses charge", "", *table(head, out)]


def rates(rows: list[dict]) -> list[str]:
    body = [[r["case"], *("; ".join(r["first"][rate]) or "–" for rate in RATES), "yes" if r["same"] else "**no**",
             "yes" if r["right"] else "**no**",
             "–" if r["k0"] is None else ("yes" if all(r["k0"].values()) else f"**no** {r['k0']}")] for r in rows]
    same, heated = sum(r["same"] for r in rows), [r for r in rows if r["k0"] is not None]
    return ["## Sampling rates", "", "Each fault is injected at 1 s; the slower copies take every 5th, 20th and 60th "
            "frame. The LFP traces are interpolated from 20 s to 1 s (linear, 1 mV). "
            f"Same first finding at all rates: {same} of {len(rows)}; runaways of 1 °C/s that are K0 at all rates: "
            f"{sum(all(r['k0'].values()) for r in heated)} of {len(heated)}.", ""] + table(
        ["fault", *(f"{r} s" for r in RATES), "same", "right place", "K0"], body)


def write(path: str, head: list[str], sections: list[list[str]], data: dict) -> None:
    text = "\n".join(["# Detection results", "", *head, "", *(line for section in sections for line in section)])
    with open(path, "w") as file:
        file.write(text.rstrip() + "\n")
    with open(path.removesuffix(".md") + ".json", "w") as file:
        json.dump(data, file, indent=1, default=plain)
        file.write("\n")


def plain(value):
    if dataclasses.is_dataclass(value):
        return {f.name: getattr(value, f.name) for f in dataclasses.fields(value)}
    return sorted(value) if isinstance(value, (set, frozenset)) else float(value)
