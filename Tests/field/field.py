"""Scores `aftercare replay` on real traces, injected faults, nuisances and surrogate years.

    make field DATA=directory FAULTLAB=directory/faultlab.py
    python Tests/field/field.py --data D --faultlab F [--parts real,faults] [--seed 7] [--cases 320] [--out results.md]
    python Tests/field/field.py --data D --faultlab F --seed 7 --case m05/isc/50/2 [--write case.csv]

Exit status: 0 when all is as wanted; 1 when something is missed, misplaced or false; 2 when something is not there.
"""

import argparse
import json
import pathlib
import subprocess
import sys

sys.dont_write_bytecode = True

import bench  # noqa: E402
import csv_bytes  # noqa: E402
import judgement  # noqa: E402
import pool  # noqa: E402
import product  # noqa: E402
import report  # noqa: E402
import scoring  # noqa: E402
import traces  # noqa: E402

ROOT = pathlib.Path(__file__).resolve().parents[2]
PARTS = ("real", "faults", "nuisances", "special", "rates", "years", "packs", "leaks")


def arguments() -> argparse.Namespace:
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--data", default="", help="directory of the real traces")
    p.add_argument("--faultlab", default="", help="path of faultlab.py")
    p.add_argument("--binary", default=str(ROOT / ".build/release/aftercare"), help="the program (%(default)s)")
    p.add_argument("--runner", help="another command, with {file} {chem} {ah}; {file} is - for standard input")
    p.add_argument("--parts", default=",".join(PARTS), help="which parts, by comma (%(default)s)")
    p.add_argument("--seed", type=int, default=1, help="of everything random (%(default)s)")
    p.add_argument("--cases", type=int, default=320, help="injected faults, at least (%(default)s)")
    p.add_argument("--years", type=int, default=32,
                   help="surrogate LFP years; an eighth as many of a car (%(default)s)")
    p.add_argument("--days", type=int, default=bench.YEAR_DAYS, help="days of a surrogate year (%(default)s)")
    p.add_argument("--window", default="0.15,0.50", help="where faults start, as fractions of the trace (%(default)s)")
    p.add_argument("--hosts", nargs="+", default=list(traces.HEALTHY),
                   choices=[*traces.HEALTHY, *traces.BEFORE_A_FAULT],
                   help="traces that faults and nuisances are added to (%(default)s)")
    p.add_argument("--full", type=float, default=1.0,
                   help="state of charge, 0 to 1, at the fullest frame of a trace that reports none (%(default)s)")
    p.add_argument("--no-synthetic-probes", action="store_true",
                   help="leave LFP traces without temperatures and state of charge, as they are")
    p.add_argument("--processes", type=int, default=2)
    p.add_argument("--out", help="results as FILE.md, and FILE.json beside it; else Markdown on standard output")
    p.add_argument("--case", help="replay this one case and print all its lines")
    p.add_argument("--write", help="with --case: its CSV into this file instead of replaying it")
    return p.parse_args()


def commit() -> str:
    def git(*words):
        ran = subprocess.run(["git", "-C", str(ROOT), *words], capture_output=True, text=True)
        return ran.stdout.strip() if ran.returncode == 0 else ""
    changed = " with changes" if git("status", "--porcelain") else ""
    return (git("rev-parse", "--short", "HEAD") or "unknown") + changed


def one_case(made: bench.Bench, name: str, write: str | None) -> None:
    try:
        source, chemistry, capacity, truth, remarks = made.source(name)
    except (KeyError, ValueError) as error:
        form = "TRACE/KIND/SEVERITY/NUMBER, as the results say"
        raise traces.Missing(f"no case is called {name} ({error}): {form}") from error
    said = report.plain(truth) if truth else {}
    print(json.dumps({"case": name, "chemistry": chemistry, "capacity_ah": capacity, "truth": said, **remarks},
                     default=report.plain), file=sys.stderr)
    if write:
        with open(write, "wb") as file:
            if isinstance(source, dict):
                csv_bytes.write(source, file)
            else:
                file.writelines([source.read_bytes()] if isinstance(source, pathlib.Path) else source)
        return
    lines, summary = product.replay(made.runner, source, chemistry, capacity)
    for line in [*lines, {"summary": summary}]:
        print(json.dumps(line, ensure_ascii=False))


def score(made: bench.Bench, options: argparse.Namespace) -> tuple[list, dict, bool]:
    parts = options.parts.split(",")
    if unknown := set(parts) - set(PARTS):
        raise traces.Missing(f"no part is called {', '.join(sorted(unknown))}; there are {', '.join(PARTS)}")
    named = bench.names(made, parts, options.cases, options.years)
    # Workers inherit what is loaded here, instead of each loading it again.
    for name in {n.split("/")[0] for part in named.values() for n in part if n.split("/")[1] not in ("file", "year", "pack", "leak")}:
        made.trace(name)
    run = lambda label, names: pool.run(label, names, made.perform, options.processes)  # noqa: E731
    healthy = judgement.healthy_tickets(run("untouched", bench.references(made, parts)))
    sections, data, good = [], {}, not any(healthy.values())
    for part, names in named.items():
        results = run(part, names)
        if part == "real":
            rows, write = judgement.real(results), report.real
        elif part == "faults":
            rows = judgement.faults(results, healthy)
            write = lambda rows: report.faults(rows, healthy)  # noqa: E731
        elif part == "rates":
            rows, write = judgement.rates(results, healthy), report.rates
        elif part == "leaks":
            rows, write = judgement.leaks(results), report.leaks
        else:
            title = {"nuisances": "Nuisances", "special": "Bus and driver", "years": "Surrogate device-years",
                     "packs": "Healthy packs made from a model, 40 days each"}[part]
            rows, write = judgement.silent(results), lambda rows, title=title: report.silent(title, rows)
        data[part], good = rows, good and as_wanted(part, rows)
        sections.append(write(rows))
    return sections, data, good


def as_wanted(part: str, rows: list[dict]) -> bool:
    if any(row["error"] for row in rows):
        return False
    if part == "rates":
        return all(r["same"] and r["right"] and (r["k0"] is None or all(r["k0"].values())) for r in rows)
    if part != "faults":
        return all(row["ok"] for row in rows)
    total = scoring.summary([r["verdict"] for r in rows])
    kinds = [scoring.summary([r["verdict"] for r in rows if r["kind"] == k]) for k in {r["kind"] for r in rows}]
    return (total["recall"] >= 0.97 and total["found"] > 0 and total["place_right"] >= 0.93
            and total["class_right"] >= 0.85 and total["median_s"] <= 3600 and total["false"] == 0
            and min(k["recall"] for k in kinds) >= 0.75)


def main() -> int:
    options = arguments()
    window = tuple(map(float, options.window.split(",")))
    runner = product.template(options.binary, options.runner)
    if not options.runner and not pathlib.Path(options.binary).is_file():
        raise traces.Missing(f"{options.binary} is not there: run make release, or name another with --binary")
    made = bench.Bench(traces.faultlab(options.faultlab), traces.data_folder(options.data), runner, options.seed,
                       not options.no_synthetic_probes, window, options.full, options.days, tuple(options.hosts))
    if options.case:
        one_case(made, options.case, options.write)
        return 0
    sections, data, good = score(made, options)
    probes = ("Modules 1 and 5 have no temperatures and no state of charge of their own: four synthetic probes "
              "(constant with 0.1 K of noise) and a coulomb-counted state were added.")
    head = [f"Commit {commit()}, seed {options.seed}; "
            + ", ".join(f"{part} {len(rows)}" for part, rows in data.items()) + ".",
            "" if options.no_synthetic_probes else probes,
            f"Faults start between {window[0]:.0%} and {window[1]:.0%} of the frames. A case is replayed alone with "
            f"`--seed {options.seed} --case NAME`.",
            "Car 1 does not sample voltage and current together; its capacity (115 Ah) and car 2's (132 Ah) are "
            f"reckoned from their own counters. Faults are added to {', '.join(options.hosts)}."]
    facts = {"commit": commit(), "seed": options.seed, "window": window, "full": options.full,
             "synthetic_probes": not options.no_synthetic_probes, "days": options.days}
    if options.out:
        report.write(options.out, head, sections, facts | {"parts": data})
    else:
        print("\n".join(["", *head, "", *(line for s in sections for line in s)]))
    return 0 if good else 1


if __name__ == "__main__":
    try:
        sys.exit(main())
    except traces.Missing as error:
        print(f"field: {error}", file=sys.stderr)
        sys.exit(2)
    except product.RunFailed as error:
        sys.exit(f"field: {error}")
