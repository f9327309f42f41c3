"""From what the program printed to what is said about it, part by part. Pure."""

import cases
import scoring
from bench import EXPECTED, RATES, TRUE_BESIDE


def faults(results: list[dict], healthy: dict[str, list]) -> list[dict]:
    """One row per injected case."""
    rows = []
    for result in results:
        case = cases.Case.named(result["case"])
        verdict = scoring.judge(result["truth"], result["tickets"], healthy[case.trace])
        watched = None
        if verdict.found:
            index = next(i for i, t in enumerate(result["tickets"]) if t["t_s"] == verdict.first[0]["t_s"])
            watched = result["watched"][index]
        rows.append({"case": case.name, "trace": case.trace, "kind": case.kind, "severity": case.severity,
                     "start_s": result["truth"].start_s, "cells": sorted(result["truth"].cells),
                     "probes": sorted(result["truth"].probes), "peak": result["peak"], "redrawn": result["redrawn"],
                     "watched_s": watched, "error": result.get("error"), "verdict": verdict})
    return rows


def silent(results: list[dict]) -> list[dict]:
    """One row per case that must open no ticket."""
    return [{"case": r["case"], "tickets": r["tickets"], "notices": len(r["others"]), "error": r.get("error"),
             "ok": not r["tickets"] and "error" not in r} for r in results]


def real(results: list[dict]) -> list[dict]:
    """The real faults: the cell is named, and no other that shows nothing. The rest is silent."""
    rows = []
    for row in silent(results):
        host, kind, _, _ = row["case"].split("/")
        cell = EXPECTED.get(host) if kind == "file" else None
        row["expected"] = cell
        if cell is not None:
            named = {t.get("cell") for t in row["tickets"]} - {None}
            row["ok"] = {cell} <= named <= {cell} | TRUE_BESIDE.get(host, set()) and row["error"] is None
        rows.append(row)
    return rows


def leaks(results: list[dict]) -> list[dict]:
    """One row per made pack of which a cell loses charge: named, and no other cell is."""
    rows = []
    for result in results:
        verdict = scoring.judge(result["truth"], result["tickets"], [])
        ok = verdict.found and bool(verdict.place_right) and not verdict.false_before and not verdict.elsewhere
        rows.append({"case": result["case"], "verdict": verdict, "error": result.get("error"), "ok": ok})
    return rows


def rates(results: list[dict], healthy: dict[str, list]) -> list[dict]:
    """One row per fault: the first finding at each rate, and whether they are one and the same."""
    grouped: dict[str, dict[int, dict]] = {}
    for result in results:
        host, rate = result["case"].split("/")[0].split("@")
        name = "/".join([host, *result["case"].split("/")[1:]])
        grouped.setdefault(name, {})[int(rate)] = result
    rows = []
    for name, at in grouped.items():
        host = name.split("/")[0]
        verdicts = {rate: scoring.judge(at[rate]["truth"], at[rate]["tickets"], healthy[f"{host}@{rate}"])
                    for rate in RATES}
        keys = {rate: {(f["class"], f["cell"], f["probe"]) for f in v.first} for rate, v in verdicts.items()}
        truth = at[RATES[0]]["truth"]
        shared = set.intersection(*({one_place(key, truth) for key in found} for found in keys.values()))
        right = any(cell in truth.cells or probe in truth.probes for _, cell, probe in shared)
        row = {"case": name, "first": {r: sorted(map(label, k)) for r, k in keys.items()}, "same": bool(shared),
               "right": right if truth.cells or truth.probes else bool(shared), "k0": None,
               "delay_s": {r: v.delay_s for r, v in verdicts.items()},
               "error": next((at[r]["error"] for r in RATES if "error" in at[r]), None)}
        if name.split("/")[1] == "thermal":
            row["k0"] = {r: any(t.get("routing") == "K0" and t.get("probe") in truth.probes
                                and t["t_s"] >= truth.start_s for t in at[r]["tickets"]) for r in RATES}
        rows.append(row)
    return rows


def one_place(key: tuple, truth: scoring.Truth) -> tuple:
    """Either cell of a loose wire is right, so naming one or the other is the same finding."""
    kind, cell, probe = key
    return (kind, min(truth.cells), probe) if cell in truth.cells else key


def label(key: tuple) -> str:
    kind, cell, probe = key
    return f"{kind}" + (f" cell {cell}" if cell is not None else "") + (f" probe {probe}" if probe is not None else "")


def healthy_tickets(results: list[dict]) -> dict[str, list]:
    """The tickets of the untouched traces, by trace; a run that failed cannot serve as a reference."""
    for result in results:
        if "error" in result:
            raise SystemExit(f"{result['case']}: {result['error']}")
    return {result["case"].split("/")[0]: result["tickets"] for result in results}
