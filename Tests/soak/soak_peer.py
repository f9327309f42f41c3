"""Four devices of fifty points each on one Modbus TCP server, every value moving. For measure.sh.

Prints its port. Ends when its input ends.
"""

import asyncio
import itertools
import sys

from pymodbus.datastore import ModbusSequentialDataBlock, ModbusServerContext, ModbusSlaveContext
from pymodbus.server import ModbusTcpServer

POINTS = 50
UNITS = (1, 2, 3, 4)


async def main() -> None:
    blocks = {unit: ModbusSequentialDataBlock(1, [1000 + unit] * POINTS) for unit in UNITS}
    context = ModbusServerContext({unit: ModbusSlaveContext(hr=block) for unit, block in blocks.items()}, single=False)
    server = ModbusTcpServer(context, address=("127.0.0.1", int(sys.argv[1])))
    await server.serve_forever(background=True)
    print("ready", flush=True)
    ended = asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)
    for beat in itertools.count():
        for unit, block in blocks.items():
            block.setValues(1, [(1000 + unit * 50 + beat + point) % 2000 for point in range(POINTS)])
        done, _ = await asyncio.wait([ended], timeout=0.5)
        if done:
            break
    await server.shutdown()


asyncio.run(main())
