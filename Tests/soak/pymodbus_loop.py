"""Reads 8 blocks of 125 registers over and over with pymodbus: pymodbus_loop.py sync|async PORT SECONDS

Prints requests, seconds, and processor seconds.
"""

import asyncio
import sys
import time

from pymodbus.client import AsyncModbusTcpClient, ModbusTcpClient

KIND, PORT, SECONDS = sys.argv[1], int(sys.argv[2]), float(sys.argv[3])


def report(reads, start, processor):
    print(reads, time.monotonic() - start, time.process_time() - processor)


def run_sync():
    client = ModbusTcpClient("127.0.0.1", port=PORT)
    client.connect()
    reads, start, processor = 0, time.monotonic(), time.process_time()
    while time.monotonic() - start < SECONDS:
        for block in range(8):
            assert len(client.read_holding_registers(block * 125, count=125, slave=1).registers) == 125
            reads += 1
    report(reads, start, processor)


async def run_async():
    client = AsyncModbusTcpClient("127.0.0.1", port=PORT)
    await client.connect()
    reads, start, processor = 0, time.monotonic(), time.process_time()
    while time.monotonic() - start < SECONDS:
        for block in range(8):
            answer = await client.read_holding_registers(block * 125, count=125, slave=1)
            assert len(answer.registers) == 125
            reads += 1
    report(reads, start, processor)


if KIND == "sync":
    run_sync()
else:
    asyncio.run(run_async())
