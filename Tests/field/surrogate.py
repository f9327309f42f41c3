"""Device-years stitched from one healthy day, streamed as CSV: the formula of faultlab.surrogate, many days at once.

A device draws one donor, a permutation of its cells' deviations, static offsets of +-3 mV and a current scale of 0.6
to 1.4. Each day its deviations are scaled by 0.8 to 1.2; to every cell comes AR(1) noise (rho 0.8, innovation 0.6 mV,
so sd 1 mV) that starts at zero each day; a poll gap of 3 to 179 frames comes with p = 0.3; 2e-4 of the frames carry a
wild read.
"""

import numpy as np

import csv_bytes

DAY = 86_400.0
CHUNK_DAYS = 30


def donor_day(trace: dict) -> dict:
    """The first 24 h, without the frames in which a cell carries an error marker."""
    frames = int(np.searchsorted(trace["t"], trace["t"][0] + DAY))
    ok = (trace["V"][:frames] < 5000).all(axis=1)
    return {"t": trace["t"][:frames][ok] - trace["t"][0], "V": trace["V"][:frames][ok], "I": trace["I"][:frames][ok]}


def sense_noise(rng: np.random.Generator, frames: int, days: int, cells: int) -> np.ndarray:
    """AR(1) of every day and cell side by side: only the frames of one day are a loop."""
    noise = rng.standard_normal((frames, days, cells), dtype=np.float32) * np.float32(0.6)
    noise[0] = 0
    for j in range(1, frames):
        noise[j] += np.float32(0.8) * noise[j - 1]
    return noise


class Device:
    """One surrogate device and its endless days."""

    def __init__(self, donors: list[dict], rng: np.random.Generator):
        self.rng = rng
        self.day = donors[rng.integers(len(donors))]
        cells = self.day["V"].shape[1]
        self.offsets = rng.uniform(-3, 3, cells)
        self.median = np.median(self.day["V"], axis=1)
        self.deviation = (self.day["V"] - self.median[:, None])[:, rng.permutation(cells)].astype(np.float32)
        self.current = self.day["I"] * rng.uniform(0.6, 1.4)

    def days(self, first: int, count: int) -> dict:
        """`count` days from day `first` on, as one trace, without wild reads."""
        frames, cells = self.deviation.shape
        volts = sense_noise(self.rng, frames, count, cells)
        scale = self.rng.uniform(0.8, 1.2, count).astype(np.float32)
        volts += self.deviation[:, None, :] * scale[None, :, None]
        volts += (self.median[:, None] + self.offsets).astype(np.float32)[:, None, :]
        keep = np.ones((count, frames), bool)
        for day in np.flatnonzero(self.rng.random(count) < 0.3):
            gap = int(self.rng.integers(max(1, frames - 200)))
            keep[day, gap:gap + int(self.rng.integers(3, 180))] = False
        keep = keep.ravel()
        times = (self.day["t"][None, :] + (first + np.arange(count))[:, None] * DAY).ravel()
        rows = np.rint(volts.transpose(1, 0, 2).reshape(-1, cells)).astype(float)
        return {"t": times[keep], "V": rows[keep], "I": np.tile(self.current, count)[keep]}


def stream(lab, donors: list[dict], seed, days: int = 365):
    """The CSV of one device's days as blocks of bytes; wild reads are faultlab's own."""
    rng = np.random.default_rng(seed)
    device = Device(donors, rng)
    for first in range(0, days, CHUNK_DAYS):
        chunk = lab.n_glitch(device.days(first, min(CHUNK_DAYS, days - first)), rng)
        if first == 0:
            yield csv_bytes.header(chunk)
        yield from csv_bytes.blocks(chunk)


def statistics_of(trace: dict) -> dict:
    """What two makers of the same formula must share, for one device of any length."""
    cells = trace["V"]
    deviation = cells - np.median(cells, axis=1)[:, None]
    ok = (np.abs(deviation) < 200).all(axis=1)
    deviation = deviation[ok]
    noise = np.diff(deviation, axis=0)
    return {
        "frames": len(cells), "wild_share": float(1 - ok.mean()),
        "spread_mv": float(np.mean(np.ptp(cells[ok], axis=1))),
        "median_mv": float(np.median(cells[ok])), "step_sd_mv": float(noise.std()),
        "step_correlation": float((noise[1:] * noise[:-1]).mean() / (noise**2).mean()),
    }
