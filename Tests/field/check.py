"""Checks of the scoring itself, without data: `make field-check`. Plain asserts; it ends with how many there were."""

import io
import json
import sys

sys.dont_write_bytecode = True

import numpy as np  # noqa: E402

import cases  # noqa: E402
import csv_bytes  # noqa: E402
import judgement  # noqa: E402
import made_packs  # noqa: E402
import nuisances  # noqa: E402
import product  # noqa: E402
import scoring  # noqa: E402
import surrogate  # noqa: E402


def ticket(t_s, kind, cell=None, probe=None, routing="K2"):
    return {"t_s": t_s, "opens": "ticket", "class": kind, "cell": cell, "probe": probe, "routing": routing}


ISC = scoring.Truth("isc", 1000, frozenset({4}))


def a_case_without_a_ticket_is_missed():
    verdict = scoring.judge(ISC, [], [])
    assert not verdict.found and verdict.delay_s is None and verdict.place_right is False


def the_first_ticket_gives_delay_place_and_class():
    verdict = scoring.judge(ISC, [ticket(1600, "softShort", 4), ticket(9000, "resistance", 7)], [])
    assert verdict.found and verdict.class_right and verdict.place_right and verdict.delay_s == 600
    assert verdict.elsewhere == 1, "the later ticket sends somebody to another cell"


def a_ticket_before_the_start_is_false_and_finds_nothing():
    verdict = scoring.judge(ISC, [ticket(999, "softShort", 4)], [])
    assert not verdict.found and verdict.false_before == 1


def what_the_healthy_trace_opens_finds_nothing():
    verdict = scoring.judge(ISC, [ticket(1600, "softShort", 4)], [ticket(5000, "softShort", 4)])
    assert not verdict.found
    assert scoring.judge(ISC, [ticket(1600, "softShort", 5)], [ticket(5000, "softShort", 4)]).found


def a_wrong_class_is_found_but_not_named():
    verdict = scoring.judge(ISC, [ticket(1600, "stuckChannel", 4)], [])
    assert verdict.found and not verdict.class_right and verdict.place_right


def tickets_of_the_first_ten_minutes_belong_together():
    verdict = scoring.judge(ISC, [ticket(1000, "senseWire", 9), ticket(1600, "softShort", 4)], [])
    assert verdict.class_right and verdict.place_right and verdict.delay_s == 0
    late = scoring.judge(ISC, [ticket(1000, "senseWire", 9), ticket(1601, "softShort", 4)], [])
    assert not late.class_right and late.place_right is False


def a_pair_may_be_named_by_either_cell_and_a_probe_by_its_number():
    pair = scoring.Truth("sense_wire", 0, frozenset({3, 4}))
    assert all(scoring.judge(pair, [ticket(1, "senseWire", k)], []).place_right for k in (3, 4))
    probe = scoring.Truth("thermal", 0, frozenset(), frozenset({2}))
    assert scoring.judge(probe, [ticket(1, "thermal", probe=2)], []).place_right
    assert not scoring.judge(probe, [ticket(1, "thermal", cell=2)], []).place_right
    assert scoring.judge(scoring.Truth("soc_jump", 0), [ticket(1, "socJump")], []).place_right is None


def shares_and_delays_are_of_the_found_cases():
    verdicts = [scoring.judge(ISC, [ticket(1000 + 60 * m, "softShort", 4)], []) for m in (1, 2, 3)]
    total = scoring.summary(verdicts + [scoring.judge(ISC, [], [])])
    assert (total["recall"], total["place_right"], total["median_s"], total["p90_s"]) == (0.75, 1, 120, 180)
    assert scoring.percentile([], 0.5) is None


def every_injected_kind_has_classes_that_name_it():
    assert set(cases.SEVERITIES) | {"leak"} == set(scoring.NAMED_RIGHT) == set(cases.UNITS) | {"leak"}


def a_plan_is_balanced_and_a_name_rebuilds_its_case():
    full = {"V": 1, "I": 1, "T": 1, "soc": 1, "soc_model": 1}
    plan = cases.plan({"a": full, "b": {"V": 1}}, 240)
    counts = {kind: sum(c.kind == kind for c in plan) for kind in cases.SEVERITIES}
    assert min(counts.values()) >= 30 and len(plan) >= 240 and len({c.name for c in plan}) == len(plan)
    assert not any(c.trace == "b" and c.kind in ("thermal", "soc_jump", "resist") for c in plan)
    assert all(cases.Case.named(c.name) == c for c in plan)
    draws = [cases.generator(1, name).random() for name in ("a/isc/10/0", "a/isc/10/0", "a/isc/10/1")]
    assert draws[0] == draws[1] != draws[2]


def gaps_are_not_watched():
    assert cases.watched_seconds(np.array([0, 20, 40, 4000, 4020.0]), 20, 4020) == 20 + 120 + 20


def a_csv_says_what_the_trace_holds():
    trace = dict(t=np.array([0, 20.5]), V=np.array([[3300, np.nan], [65535, 0]]), I=np.array([-0.25, 12.0]), soc=None,
                 T=np.array([[25.1], [-3.0]]))
    out = io.BytesIO()
    csv_bytes.write(trace, out)
    assert out.getvalue().decode().splitlines() == [
        "t_s,i_a,v01_mv,v02_mv,t01_c", "0.000,-0.250,3300,,25.1", "20.500,12.000,65535,0,-3.0"]
    out = io.BytesIO()
    csv_bytes.write({"t": np.array([0.0, 20]), "V": np.array([[-12.0], [np.nan]])}, out)
    assert out.getvalue() == b"t_s,v01_mv\n0,-12\n20,\n"


def lines_are_told_from_the_summary_and_notices_from_tickets():
    lines, summary = product.parse('{"opens":"notice","t_s":1}\n{"opens":"ticket","t_s":2}\n{"summary":{"frames":9}}\n')
    assert len(lines) == 2 and [t["t_s"] for t in product.tickets(lines)] == [2] and summary == {"frames": 9}
    try:
        product.parse("reading...")
    except product.RunFailed:
        return
    raise AssertionError("text that is no JSON was taken")


def rates_agree_only_on_the_same_finding():
    def at(rate, cell, routing="K0"):
        truth = scoring.Truth("thermal", 0, frozenset(), frozenset({cell}))
        return {"case": f"a@{rate}/thermal/1/0", "truth": truth, "tickets": [ticket(60, "hardShort", None, 2, routing)]}
    healthy = {f"a@{rate}": [] for rate in (1, 5, 20, 60)}
    row = judgement.rates([at(rate, 2) for rate in (1, 5, 20, 60)], healthy)[0]
    assert row["same"] and row["right"] and all(row["k0"].values())
    row = judgement.rates([at(1, 2), at(5, 2), at(20, 2), at(60, 2, "K2")], healthy)[0]
    assert row["same"] and not row["k0"][60]
    missed = at(60, 2) | {"tickets": []}
    assert not judgement.rates([at(1, 2), at(5, 2), at(20, 2), missed], healthy)[0]["same"]


def either_cell_of_a_loose_wire_is_the_same_finding():
    def at(rate, cell):
        truth = scoring.Truth("sense_wire", 0, frozenset({3, 4}))
        return {"case": f"a@{rate}/sense_wire/40/0", "truth": truth, "tickets": [ticket(60, "senseWire", cell)]}
    healthy = {f"a@{rate}": [] for rate in (1, 5, 20, 60)}
    row = judgement.rates([at(1, 3), at(5, 4), at(20, 3), at(60, 3)], healthy)[0]
    assert row["same"] and row["right"]
    assert not judgement.rates([at(1, 3), at(5, 4), at(20, 5), at(60, 3)], healthy)[0]["same"]


def a_real_fault_with_a_second_cell_is_not_as_wanted():
    def row(cells):
        tickets = [ticket(1, "resistance", c) for c in cells]
        return judgement.real([{"case": "car2/file/0/0", "tickets": tickets, "others": []}])[0]
    assert row([82, 82])["ok"] and row([82, 28])["ok"]
    assert not row([])["ok"] and not row([28])["ok"] and not row([82, 5])["ok"]


def a_leak_is_named_alone_and_after_it_began():
    truth = scoring.Truth("leak", 100, frozenset([5]))

    def row(*tickets):
        return judgement.leaks([{"case": "LFP/leak/0.1/0", "truth": truth, "tickets": list(tickets)}])[0]["ok"]
    assert row(ticket(200, "softShort", 5)) and not row() and not row(ticket(200, "softShort", 6))
    assert not row(ticket(50, "softShort", 5)) and not row(ticket(200, "softShort", 5), ticket(900, "softShort", 6))


def a_made_pack_is_full_and_empty_within_its_limits():
    current = made_packs.currents(np.random.default_rng(1), 20_000, 50.0)
    state = made_packs.charge(current, 50.0)
    assert 0.1 < state.min() < 0.2 and 0.99 < state.max() < 1, (state.min(), state.max())


def noise_of_a_surrogate_is_the_documented_one():
    noise = surrogate.sense_noise(np.random.default_rng(5), 4000, 20, 15)[100:]
    assert abs(noise.std() - 1) < 0.02, "stationary sd: 0.6 / sqrt(1 - 0.64) = 1 mV"
    assert abs((noise[1:] * noise[:-1]).mean() - 0.8) < 0.02


def bytes_are_swapped_as_a_driver_does():
    assert nuisances._swapped(3300) == 0xE40C and nuisances._swapped(0xE40C) == 3300


CHECKS = [f for name, f in list(globals().items()) if callable(f) and getattr(f, "__module__", "") == "__main__"
          and f.__code__.co_argcount == 0]
for check in CHECKS:
    check()
print(json.dumps({"checks": len(CHECKS)}))
