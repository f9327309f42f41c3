"""Home packs made from a model: healthy ones whose cells differ as real ones do, and ones of which a cell loses charge.

Real traces are few, and their packs are alike. Here every device has its own cells: resistances that differ by 5 %
(standard deviation, of 3 mOhm at 50 Ah), capacities by 0.7 %, charge by 0.1 %, offsets of up to 2 mV; and its own days
of sun, loads and evenings. Cells are full together, as a balancer leaves them. Voltages are whole mV with 0.5 mV of
noise, every 20 s.
"""

import numpy as np

STEP_SECONDS = 20.0
DAYS = 40
# A leak begins here.
LEAK_DAY = 8
LEAKING_CELL = 5
# % of the capacity a day.
LEAKS = (0.05, 0.1, 0.2)
CELLS = {"LFP": (16, 15), "NMC": (14, 28)}
CAPACITIES_AH = (50.0, 100.0, 280.0)
MILLIOHM_AMPERE_HOURS = 150.0
# Where charging ends, and where the battery gives no more.
FULL, EMPTY = 0.993, 0.12


def currents(rng: np.random.Generator, frames: int, capacity: float) -> np.ndarray:
    """A: sun around noon, another strength each day; a base load, kettles, an evening."""
    hours = np.arange(frames) * STEP_SECONDS / 3600 % 24
    day = np.arange(frames) * STEP_SECONDS // 86_400
    strength = rng.uniform(0.3, 1, DAYS + 1)[day.astype(int)]
    sun = np.clip(np.sin((hours - 7) / 11 * np.pi), 0, None) * ((hours > 7) & (hours < 18)) * strength * 0.45
    minutes = frames // 15 + 1
    kettles = (rng.uniform(0.2, 1, minutes) * (rng.random(minutes) < 0.15)).repeat(15)[:frames] * 0.3
    evening = 0.15 * ((hours > 18) & (hours < 22))
    return (sun - 0.05 - kettles - evening) * capacity


def charge(current: np.ndarray, capacity: float) -> np.ndarray:
    """State of charge, 0 to 1; where the battery is full or empty the current is set to 0."""
    step = STEP_SECONDS / 3600 / capacity
    state, states = 0.6, np.empty(len(current))
    for frame in range(len(current)):
        if (state >= FULL and current[frame] > 0) or (state <= EMPTY and current[frame] < 0):
            current[frame] = 0
        state += current[frame] * step
        states[frame] = state
    return states


def pack(lab, chemistry: str, number: int, rng: np.random.Generator, leak: float = 0) -> dict:
    """One device as faultlab's dictionary; `leak` in % of the capacity a day."""
    cells = CELLS[chemistry][number % 2]
    capacity = CAPACITIES_AH[number % 3]
    frames = int(DAYS * 86_400 / STEP_SECONDS)
    times = np.arange(frames) * STEP_SECONDS
    current = currents(rng, frames, capacity)
    state = charge(current, capacity)
    milliohms = MILLIOHM_AMPERE_HOURS / capacity * (1 + rng.normal(0, 0.05, cells))
    size = 1 + rng.normal(0, 0.007, cells)
    missing = rng.normal(0, 0.001, cells)
    lost = leak / 100 * np.clip(times / 86_400 - LEAK_DAY, 0, None)
    volts = np.empty((frames, cells))
    for cell in range(cells):
        own = 1 - (1 - state) / size[cell] - missing[cell] - (lost if cell + 1 == LEAKING_CELL else 0)
        volts[:, cell] = (lab.ocv_mv(chemistry, own) + current * milliohms[cell] + rng.normal(0, 0.5, frames)
                          + rng.uniform(-2, 2))
    return {"t": times, "V": np.round(volts), "I": np.round(current, 1), "soc": None, "T": None, "chem": chemistry,
            "q_ah": capacity}
