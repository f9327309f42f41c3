"""The real traces, as faultlab's dictionaries: which file, which chemistry and capacity, which part is healthy."""

import importlib.util
import pathlib

import numpy as np
import pandas as pd

ORIGINS = """The data and the injector are third parties' and lie outside this repository. Origins:
  pylontech_*   github.com/GPollakDiener/Pylontech-Battery-Investigation @819c868 (CC BY-NC 4.0)
  baticm_*      github.com/BatICM/unsupervised-battery-faults @57bb1c0 (MIT)
  ups_lfp12v_*  github.com/wkcollis1-eng/DIY-LiFePO4-UPS @99ab039 (MIT)
brought to the columns t_s, vNN_mv, tNN_c, i_a, soc_pct. faultlab.py is the project's injector of faults and nuisances.
Say where they are: make field DATA=directory FAULTLAB=directory/faultlab.py"""

DAY = 86_400.0
# Car 2's cell 82 leaves its usual -20 to -30 mV from the middle of June on; the file starts in the middle of April.
# On its 39th day another, cell 28, falls 8 to 11 mV below the cells that behaved like it, and stays there for weeks.
CAR2_HEALTHY_SECONDS = 38 * DAY
# Capacities of the cars: coulombs over the state of charge they report, drive by drive (97 to 126 Ah; 131 to 138 Ah).
CAR1_AH, CAR2_AH = 115.0, 132.0
FILES = {
    "m01": ("pylontech_m01_june", "LFP", 74.0),
    "m05": ("pylontech_m05_june", "LFP", 50.0),
    "m06-june": ("pylontech_m06_june", "LFP", 74.0),
    "m06-july": ("pylontech_m06_july", "LFP", 74.0),
    "car1": ("baticm_car1", "NMC", CAR1_AH),
    "car2": ("baticm_car2", "NMC", CAR2_AH),
}
HEALTHY = ("m01", "m05", "car1")
# Car 2 has a real fault and its BMS tells alarms all summer, so it is no healthy trace; faults are added to its first
# weeks only where it is asked for.
BEFORE_A_FAULT = ("car2-before",)
PACK_12V = ("ups_lfp12v_voltage", "ups_lfp12v_temperature_f", "ups_lfp12v_discharge_test")
PACK_12V_AH = 100.0


class Missing(Exception):
    """Something that was to be given was not, or is not where it was said to be."""


def path_of(data: pathlib.Path, name: str) -> pathlib.Path:
    for ending in (".csv.gz", ".csv"):
        if (path := data / (name + ending)).exists():
            return path
    raise Missing(f"{data} has no {name}.csv.gz.\n{ORIGINS}")


def faultlab(path: str):
    """The injector as a module."""
    if not path or not pathlib.Path(path).is_file():
        raise Missing(f"FAULTLAB={path or '(not given)'} is no file.\n{ORIGINS}")
    spec = importlib.util.spec_from_file_location("faultlab", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def data_folder(path: str) -> pathlib.Path:
    if not path or not pathlib.Path(path).is_dir():
        raise Missing(f"DATA={path or '(not given)'} is no directory.\n{ORIGINS}")
    return pathlib.Path(path)


def _full_charge(path: pathlib.Path, current: str, fraction: float) -> tuple[int, float]:
    """The frame at which most charge is in the pack, held in the knee above 3.4 V: there the state is `fraction`."""
    table = pd.read_csv(path)
    charge = np.cumsum(table[current].to_numpy(float) * np.r_[0, np.diff(table.t_s)])
    frame = int(np.argmax(charge))
    cells = table[[c for c in table if c.endswith("_mv")]].to_numpy(float)
    if np.median(cells[frame]) < 3400:
        raise Missing(f"{path}: the pack is not full where most charge is in it")
    return frame, fraction


def synthetic_probes(trace: dict, seed: int) -> dict:
    """Four probes of constant temperature with noise, and the coulomb-counted state of charge, for a trace without."""
    rng = np.random.default_rng([seed, len(trace["t"])])
    frames = len(trace["t"])
    probes = 25 + rng.uniform(-0.6, 0.6, 4) + rng.normal(0, 0.1, (frames, 4))
    return trace | {"T": np.round(probes, 1), "soc": np.round(100 * trace["soc_model"])}


def part(trace: dict, keep) -> dict:
    """The frames that `keep` names: a mask, a slice or indices."""
    return {k: (v[keep] if isinstance(v, np.ndarray) else v) for k, v in trace.items()}


def load(lab, data: pathlib.Path, name: str, probes_seed: int | None = 0, full: float = 1.0) -> dict:
    """One trace by its short name; `probes_seed` None leaves out the synthetic probes of a trace without any.

    `full` is the state of charge (0 to 1) given to the fullest frame of a trace that reports none.
    """
    file, chemistry, capacity = FILES[name.removesuffix("-before")]
    path = path_of(data, file)
    if name in ("m01", "m05"):
        anchor = _full_charge(path, "i_sibling_a", full)
        trace = lab.load(path, chemistry, capacity, current="i_sibling_a", soc_anchor=anchor)
        return trace if probes_seed is None else synthetic_probes(trace, probes_seed)
    trace = lab.load(path, chemistry, capacity)
    return part(trace, trace["t"] < CAR2_HEALTHY_SECONDS) if name == "car2-before" else trace


def _series(path: pathlib.Path, grid: np.ndarray) -> np.ndarray:
    """A series that is written on change, held until the next change; NaN while it was unavailable."""
    table = pd.read_csv(path)
    value = pd.to_numeric(table.value, errors="coerce").to_numpy(float)
    place = np.searchsorted(table.t_s.to_numpy(float), grid, side="right") - 1
    return np.where(place < 0, np.nan, value[np.maximum(place, 0)])


def pack_12v(data: pathlib.Path, voltage: str, step_seconds: float = 10.0) -> dict:
    """The 12 V bank every 10 s. Its four cells are not measured: each gets a quarter of the pack's voltage."""
    path = path_of(data, voltage)
    times = pd.read_csv(path).t_s
    grid = np.arange(times.iloc[0], times.iloc[-1], step_seconds)
    volts = _series(path, grid)
    fahrenheit = _series(path_of(data, PACK_12V[1]), grid)
    trace = dict(t=grid, V=np.repeat(np.round(volts * 250)[:, None], 4, axis=1), I=None, soc=None,
                 T=np.round((fahrenheit - 32) / 1.8, 1)[:, None], chem="LFP", q_ah=PACK_12V_AH)
    return part(trace, ~np.isnan(volts))


def every_second(trace: dict) -> dict:
    """A slower trace interpolated to 1 s: linear, voltages rounded to 1 mV; everything else linear too."""
    grid = np.arange(trace["t"][0], trace["t"][-1] + 1)

    def line(values):
        if values.ndim == 1:
            return np.interp(grid, trace["t"], values)
        return np.column_stack([np.interp(grid, trace["t"], column) for column in values.T])

    out = {k: (line(v) if isinstance(v, np.ndarray) else v) for k, v in trace.items()}
    out["V"] = np.round(out["V"])
    if out.get("T") is not None:
        out["T"] = np.round(out["T"], 1)
    if out.get("soc") is not None:
        out["soc"] = np.round(out["soc"])
    return out
