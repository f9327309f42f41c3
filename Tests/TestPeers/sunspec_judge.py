"""Register images of SunSpec devices, and what pysunspec2 reads in them.

Started with a seed. Every line of standard output is one device: {"title": .., "base": 40000, "words": [..],
"models": [[id, address, length], ..], "points": [[model, address, id, type, scale factor, value], ..]}.
A scale factor is false where the point has none, and null where the device does not implement it; a value is null
where pysunspec2 says "not implemented". The images are the device file of pysunspec2's own tests and devices with
random content, made of its model definitions: every model, every count of what repeats, and whole devices.
"""

import json
import math
import os
import random
import struct
import sys

import sunspec2
from sunspec2 import device, mb
from sunspec2.file.client import FileClientDevice
from sunspec2.modbus.client import SunSpecModbusClientDevice

BASE = 40000
# What says "not implemented", by type: as many registers as the type has.
ABSENT = {
    "int16": [0x8000], "uint16": [0xFFFF], "count": [0xFFFF], "acc16": [0], "enum16": [0xFFFF], "bitfield16": [0xFFFF],
    "int32": [0x8000, 0], "uint32": [0xFFFF] * 2, "acc32": [0] * 2, "bitfield32": [0xFFFF] * 2,
    "uint64": [0xFFFF] * 4, "acc64": [0] * 4, "float32": [0x7FC0, 0], "sunssf": [0x8000], "pad": [0x8000],
}


class Image(SunSpecModbusClientDevice):
    """A device whose registers are at hand."""

    def __init__(self, words):
        super().__init__()
        self.words = words

    def read(self, addr, count):
        words = self.words[int(addr) - BASE:int(addr) - BASE + int(count)]
        if addr < BASE or len(words) < count:
            raise ValueError("no such registers")
        return struct.pack(">%dH" % len(words), *words)


def random_words(point, chance):
    kind, size = point["type"], point["size"]
    if kind == "string":
        text = "".join(chance.choice("AZaz09 -.") for _ in range(chance.randrange(2 * size + 1)))
        data = text.encode().ljust(2 * size, b"\0")
        return list(struct.unpack(">%dH" % size, data))
    if chance.random() < 0.1:
        return ABSENT[kind]
    if kind == "sunssf":
        return [chance.choice([-3, -2, -1, 0, 1, 2, chance.randint(-10, 10), chance.randint(-12, 12)]) & 0xFFFF]
    if kind == "float32":
        number = chance.choice([chance.uniform(-1e3, 1e3), chance.uniform(-1e30, 1e30), math.inf, 0.0])
        return list(struct.unpack(">2H", struct.pack(">f", number)))
    if chance.random() < 0.1:
        return [chance.choice([0, 0x7FFF, 0x8000, 0xFFFF]) for _ in range(size)]
    return [chance.randrange(0x10000) for _ in range(size)]


def group_words(group, counts, chance):
    """The registers of a group and of what repeats in it."""
    words = []
    for point in group["points"]:
        count = counts.get(point["name"])
        words += [count] if count is not None else random_words(point, chance)
    for inner in group.get("groups", []):
        count = inner.get("count")
        if count is not None:
            count = counts["repeats"] if count == 0 else counts[count]
        for _ in range(1 if count is None else count):
            words += group_words(inner, counts, chance)
    return words


def model_words(number, counts, chance):
    definition = device.get_model_def(number)["group"]
    words = group_words(definition, {"ID": number, "L": 0, **counts}, chance)
    words[0:2] = [number, len(words) - 2]
    return words


def chain(models):
    return [0x5375, 0x6E53] + sum(models, []) + [0xFFFF, 0]


def readings(model, group, found):
    """What pysunspec2 makes of every point."""
    end = model.model_len + 2
    for name, point in group.points.items():
        kind = point.pdef["type"]
        if kind in ("pad", "sunssf") or (group is model and name in ("ID", "L")) or point.offset + point.len > end:
            continue
        factor = False
        value = point.cvalue
        if point.sf_required:
            place = model.points[point.pdef["sf"]]
            factor = place.value if place.offset < end else None
        if isinstance(value, float) and not math.isfinite(value):
            value = "infinite"
        found.append([model.model_id, model.model_addr + point.offset, name, kind, factor, value])
    for inner in group.groups.values():
        for one in inner if isinstance(inner, list) else [inner]:
            readings(model, one, found)


def tell(title, words, is_cut=False):
    image = Image(words)
    image.scan()
    points = []
    for model in image.model_list:
        if model.error_info and not is_cut:
            raise ValueError(title + ": " + model.error_info)
        readings(model, model, points)
    models = [[model.model_id, model.model_addr, model.model_len] for model in image.model_list]
    print(json.dumps({"title": title, "base": BASE, "words": words, "models": models, "points": points}))


def file_words(path):
    """The registers of a device file. What it leaves out is not implemented."""
    client = FileClientDevice(path)
    client.scan()
    models = []
    for model in client.model_list:
        data = model.get_mb()
        words = list(struct.unpack(">%dH" % (len(data) // 2), data))
        words[1] = len(words) - 2
        models.append(words)
    return chain(models)


def counts_to_try():
    """Every model with every count of what repeats in it, as far as anybody builds it."""
    for number in [1, 101, 102, 103, 111, 112, 113, 120, 121, 122, 123, 124, 201, 202, 203, 204, 211, 212, 213, 214,
                   701, 702, 703, 704, 713, 801, 802]:
        for turn in range(3):
            yield number, {"turn": turn}
    for number, name, most in [(160, "N", 12), (711, "NCtl", 8), (714, "NPrt", 12), (803, "NStr", 20),
                               (804, "NMod", 32), (805, "NCell", 48)]:
        for count in range(most + 1):
            yield number, {name: count, "repeats": count}
    for number, name in [(160, "N"), (805, "NCell")]:
        yield number, {name: 0xFFFF, "repeats": 5}
    # pysunspec2 takes a curve without points for a model without a count: at least one.
    for number, name in [(705, "NCrv"), (706, "NCrv"), (712, "NCrv"), (707, "NCrvSet"), (708, "NCrvSet"),
                         (709, "NCrvSet"), (710, "NCrvSet")]:
        for curves in range(5):
            for points in (1, 2, 5, 10):
                yield number, {name: curves, "NPt": points}


def cut_models(chance):
    """Older revisions: models that end early."""
    for number in [101, 111, 120, 121, 122, 124, 203, 213, 701, 702, 802]:
        words = model_words(number, {}, chance)
        length = chance.randrange(4, len(words))
        # pysunspec2 reads on behind the end; what it makes of that is not looked at.
        yield "model %d cut to %d" % (number, length), chain([[number, length - 2] + words[2:length]]) + [0xFFFF] * 200


def whole_device(chance):
    """A house: inverter, two meters, and a bank of strings and modules that differ."""
    strings = chance.randint(1, 8)
    numbers = [(1, {}), (chance.choice([101, 102, 103]), {}), (120, {}), (121, {}), (122, {}), (123, {}), (124, {}),
               (160, {"N": chance.randint(0, 6)}), (1, {}), (203, {}), (1, {}), (213, {}), (701, {}), (713, {}),
               (714, {"NPrt": chance.randint(0, 5)}), (802, {}), (803, {"NStr": strings})]
    for string in range(1, strings + 1):
        modules = chance.randint(0, 3)
        numbers.append((804, {"Idx": string, "NMod": modules}))
        for module in range(1, modules + 1):
            numbers.append((805, {"StrIdx": string, "ModIdx": module, "NCell": chance.randint(0, 16)}))
    for _, counts in numbers:
        counts["repeats"] = counts.get("N", counts.get("NCell", 0))
    return chain([model_words(number, counts, chance) for number, counts in numbers])


def main():
    seed = int(sys.argv[1])
    chance = random.Random(seed)
    folder = os.path.join(os.path.dirname(sunspec2.__file__), "tests", "test_data")
    for name in ("device_1547.json", "inverter_123.json"):
        tell(name, file_words(os.path.join(folder, name)))
    for number, counts in counts_to_try():
        title = "model %d %s" % (number, json.dumps(counts))
        tell(title, chain([model_words(number, counts, chance)]))
    for title, words in cut_models(chance):
        tell(title, words, is_cut=True)
    for turn in range(10):
        tell("device %d" % turn, whole_device(chance))


main()
