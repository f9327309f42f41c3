"""Traces as CSV bytes, fast: whole blocks of frames are rendered digit by digit, without a Python loop over frames.

A field is rendered into a fixed width of bytes in which NUL means "nothing here"; one pass at the end drops the NULs.
A missing value (NaN) is thus an empty field, and no number carries leading blanks or zeros.
"""

import numpy as np

BLOCK_FRAMES = 20_000
LARGEST_IN_TABLE = 99_999  # car markers are 66535
COMMA, NEWLINE, MINUS, POINT, ZERO = (ord(c) for c in ",\n-.0")


def _digits(value: np.ndarray, width: int, keep: int) -> np.ndarray:
    """`value` (not negative) as `width` ASCII digits; leading zeros are NUL, but the last `keep` digits stay."""
    out = np.empty((*value.shape, width), np.uint8)
    rest = value.astype(np.int64)
    for place in range(width - 1, -1, -1):
        shown = (rest > 0) | (place >= width - keep)
        rest, digit = np.divmod(rest, 10)
        out[..., place] = np.where(shown, digit + ZERO, 0)
    return out


TABLE = np.vstack([_digits(np.arange(LARGEST_IN_TABLE + 1), 5, 1), np.zeros((1, 5), np.uint8)])


def whole(values: np.ndarray) -> np.ndarray:
    """Frames x columns of whole numbers from 0 to 99999 or NaN, each field led by its comma."""
    missing = np.isnan(values)
    index = np.where(missing, LARGEST_IN_TABLE + 1, np.clip(values, 0, LARGEST_IN_TABLE)).astype(np.int32)
    out = np.empty((*values.shape, 6), np.uint8)
    out[..., 0] = COMMA
    np.take(TABLE, index, axis=0, out=out[..., 1:])
    return out.reshape(len(values), -1)


def decimal(values: np.ndarray, places: int, comma: bool = True) -> np.ndarray:
    """Frames x columns of signed numbers with `places` decimals (none when all are whole)."""
    missing = np.isnan(values)
    scaled = np.rint(np.where(missing, 0, values) * 10**places).astype(np.int64)
    if places and not (scaled % 10**places).any():
        scaled, places = scaled // 10**places, 0
    size = np.abs(scaled)
    integer = _digits(size // 10**places, len(str(int(size.max(initial=1)))), 1)
    parts = [np.where(scaled < 0, MINUS, 0).astype(np.uint8)[..., None], integer]
    if places:
        parts += [np.full((*values.shape, 1), POINT, np.uint8), _digits(size % 10**places, places, places)]
    fields = np.concatenate(parts, axis=-1)
    fields[missing] = 0
    if comma:
        fields = np.concatenate([np.full((*values.shape, 1), COMMA, np.uint8), fields], axis=-1)
    return fields.reshape(len(values), -1)


def header(trace: dict) -> bytes:
    names = ["t_s"]
    names += ["i_a"] if trace.get("I") is not None else []
    names += ["soc_pct"] if trace.get("soc") is not None else []
    names += [f"v{k + 1:02}_mv" for k in range(trace["V"].shape[1])]
    if trace.get("T") is not None:
        names += [f"t{k + 1:02}_c" for k in range(trace["T"].shape[1])]
    return (",".join(names) + "\n").encode()


def blocks(trace: dict):
    """The rows of a trace, as bytes of at most BLOCK_FRAMES frames; the header is apart."""
    for start in range(0, len(trace["t"]), BLOCK_FRAMES):
        part = slice(start, start + BLOCK_FRAMES)
        columns = [decimal(trace["t"][part, None], 3, comma=False)]
        if trace.get("I") is not None:
            columns.append(decimal(trace["I"][part, None], 3))
        if trace.get("soc") is not None:
            columns.append(decimal(trace["soc"][part, None], 1))
        volts = trace["V"][part]
        # An injected resistance can push a cell of a car below zero: the program has to bear that, so it is written.
        columns.append(decimal(volts, 0) if np.nanmin(volts, initial=0) < 0 else whole(volts))
        if trace.get("T") is not None:
            columns.append(decimal(trace["T"][part], 1))
        columns.append(np.full((len(columns[0]), 1), NEWLINE, np.uint8))
        flat = np.concatenate(columns, axis=1).ravel()
        yield flat[flat != 0].tobytes()


def write(trace: dict, stream) -> None:
    stream.write(header(trace))
    for block in blocks(trace):
        stream.write(block)
