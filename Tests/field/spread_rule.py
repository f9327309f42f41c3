"""A plain rule to measure against, with the command line of the product: a ticket when cells stand 50 mV apart.

    Tests/field/spread_rule.py FILE.csv|- CHEMISTRY CAPACITY_AH

Three frames in a row in which the largest and the smallest cell differ by more than 50 mV: a ticket names the cell that
is farthest from the median. Once a day at most.
"""

import gzip
import json
import sys

LIMIT_MV, READS, QUIET_SECONDS = 50, 3, 86_400


def frames(name: str):
    stream = sys.stdin if name == "-" else (gzip.open(name, "rt") if name.endswith(".gz") else open(name))
    with stream:
        names = stream.readline().strip().split(",")
        cells = [i for i, n in enumerate(names) if n.startswith("v") and n.endswith("_mv")]
        for line in stream:
            fields = line.rstrip("\n").split(",")
            yield float(fields[0]), [float(fields[i]) if fields[i] else None for i in cells]


def main() -> None:
    above, last, opened, count = 0, None, 0, 0
    for seconds, cells in frames(sys.argv[1]):
        known = sorted(c for c in cells if c is not None)
        count += 1
        above = above + 1 if known and known[-1] - known[0] > LIMIT_MV else 0
        if above < READS or (last is not None and seconds - last < QUIET_SECONDS):
            continue
        median, last, opened = known[len(known) // 2], seconds, opened + 1
        worst = max((abs(c - median), k + 1) for k, c in enumerate(cells) if c is not None)[1]
        print(json.dumps({"t_s": seconds, "opens": "ticket", "class": "baselineShift", "routing": "K2", "cell": worst,
                          "probe": None}))
    print(json.dumps({"summary": {"frames": count, "tickets": opened}}))


main()
