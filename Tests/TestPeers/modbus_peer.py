"""A Modbus server for tests, made of pymodbus.

The first line of standard input is its image: {"serial": PATH or null, "units": {"1": {"3": {"10": [1, 2]}}}}.
It answers {"port": N} when it listens. Later lines are commands, each answered by one line:
{"unit": 1, "function": 3, "address": 10, "values": [..]} changes registers (new ones, too);
{"silence": 1} and {"speak": 1} make a unit mute and let it answer again;
{"count": true} tells {"writes": N, "reads": N}: requests received by the kind of their function code;
{"unit": 1, "select": 32, "show": 68, "pages": {"0": [1, 2]}} makes holding register 32 choose what stands from 68 on;
{"written": true} tells {"written": [[function, address, value], ..]} of all writes of one register, the oldest first.
{"touched": 10, "function": 3} tells {"requests": N}: those that asked for this register, alone or with others.
With "step": 2 in the first line addresses count bytes: the register behind 10 is 12.
Addresses that the image does not hold are answered with exception 2; units that it does not hold are mute.
"""

import asyncio
import json
import sys
from collections import Counter

from pymodbus.datastore import ModbusBaseSlaveContext, ModbusServerContext
from pymodbus.framer import FramerType
from pymodbus.server import ModbusSerialServer, ModbusTcpServer

WRITES = {5, 6, 15, 16, 21, 22, 23}


class Unit(ModbusBaseSlaveContext):
    """The registers of one unit: (function, address) to value."""

    def __init__(self, image, step=1):
        self.step = step
        self.values = {}
        self.select = None
        self.show = None
        self.pages = {}
        for function, blocks in image.items():
            for address, values in blocks.items():
                self.change(int(function), int(address), values)

    def change(self, function, address, values):
        for offset, value in enumerate(values):
            self.values[(function, address + offset * self.step)] = value

    # Functions 6 and 16 write what function 3 reads.
    def validate(self, function, address, count=1):
        function = 3 if function in (6, 16) else function
        return all((function, address + offset * self.step) in self.values for offset in range(count))

    def setValues(self, function, address, values):
        self.change(3 if function in (6, 16) else function, address, values)
        if address == self.select and str(values[0]) in self.pages:
            self.change(3, self.show, self.pages[str(values[0])])

    def getValues(self, function, address, count=1):
        function = 3 if function in (6, 16) else function
        return [self.values[(function, address + offset * self.step)] for offset in range(count)]


class Peer:
    """One server and its counters."""

    def __init__(self, image):
        self.units = {int(number): Unit(unit, image.get("step", 1)) for number, unit in image["units"].items()}
        self.context = ModbusServerContext(slaves=dict(self.units), single=False)
        self.serial = image.get("serial")
        self.writes = 0
        self.reads = 0
        self.asked = Counter()
        self.written = []

    def count(self, sending, pdu):
        if not sending:
            if pdu.function_code in WRITES:
                self.writes += 1
                self.written.append([pdu.function_code, pdu.address, (pdu.registers or [0])[0]])
            else:
                self.reads += 1
                self.asked[(pdu.function_code, pdu.address, pdu.count)] += 1
        return pdu

    async def listen(self):
        common = {"ignore_missing_slaves": True, "trace_pdu": self.count}
        if self.serial:
            self.server = ModbusSerialServer(
                self.context, framer=FramerType.RTU, port=self.serial, baudrate=19200, **common)
            await self.server.listen()
            return None
        self.server = ModbusTcpServer(self.context, address=("127.0.0.1", 0), **common)
        await self.server.listen()
        return self.server.transport.sockets[0].getsockname()[1]

    def obey(self, command):
        if "silence" in command:
            del self.context[command["silence"]]
        elif "speak" in command:
            self.context[command["speak"]] = self.units[command["speak"]]
        elif "touched" in command:
            return {"requests": sum(
                number for (function, address, count), number in self.asked.items()
                if function == command["function"] and address <= command["touched"] < address + count)}
        elif "count" in command:
            return {"writes": self.writes, "reads": self.reads}
        elif "written" in command:
            return {"written": self.written}
        elif "select" in command:
            unit = self.units[command["unit"]]
            unit.select, unit.show, unit.pages = command["select"], command["show"], command["pages"]
        else:
            self.units[command["unit"]].change(command["function"], command["address"], command["values"])
        return {"done": True}


def say(answer):
    print(json.dumps(answer), flush=True)


async def main():
    loop = asyncio.get_running_loop()
    lines = asyncio.StreamReader()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(lines), sys.stdin)
    peer = Peer(json.loads(await lines.readline()))
    say({"port": await peer.listen()})
    while line := await lines.readline():
        say(peer.obey(json.loads(line)))


asyncio.run(main())
