"""A line that misbehaves, for tests: bytes as they come from bad wiring.

The first line of standard input says what it is:
{"kind": "serial" or "tcp", "units": [1, 2], "speed": 19200, "twins": [3], "damaged": [4], "asks": 5,
 "says": "text", "framing": "rtu" or "tcp"}
All but kind may be left out. It answers {"path": P} or {"port": N} when it is ready.

A serial line is a pseudo terminal of its own making: it sees to which speed the other end is set, and answers with
garbage at any other than its own. Units refuse every register (exception 2). Of twins two answers come for one question;
of damaged units the checksum is wrong. `asks` makes another master that asks this unit all the time. Over TCP `says` is
what it says to everything, and without units it says nothing at all.
"""

import json
import os
import select
import socket
import sys
import termios
import threading

SPEEDS = {2400: termios.B2400, 4800: termios.B4800, 9600: termios.B9600, 19200: termios.B19200,
          38400: termios.B38400, 57600: termios.B57600, 115200: termios.B115200}


def crc(data):
    value = 0xFFFF
    for byte in data:
        value ^= byte
        for _ in range(8):
            value = value >> 1 ^ 0xA001 if value & 1 else value >> 1
    return bytes([value & 0xFF, value >> 8])


def framed(data):
    return data + crc(data)


def refusal(unit, function):
    return framed(bytes([unit, function | 0x80, 2]))


class Serial:
    def __init__(self, spec):
        self.spec = spec
        self.near, self.far = os.openpty()
        settings = termios.tcgetattr(self.far)
        settings[3] &= ~(termios.ECHO | termios.ICANON | termios.ISIG)
        settings[1] &= ~termios.OPOST
        termios.tcsetattr(self.far, termios.TCSANOW, settings)
        self.input = b""

    def fits(self):
        # A pseudo terminal keeps the speed it is set to; a parity it forgets.
        return termios.tcgetattr(self.near)[4] == SPEEDS[self.spec.get("speed", 9600)]

    def run(self):
        asked = self.spec.get("asks")
        while True:
            ready, _, _ = select.select([self.near], [], [], 0.1 if asked else None)
            if ready:
                self.input += os.read(self.near, 512)
                while len(self.input) >= 8:
                    question, self.input = self.input[:8], self.input[8:]
                    self.answer(question)
            elif asked:
                frame = framed(bytes([asked, 3, 0, 0, 0, 2]))
                os.write(self.near, frame if self.fits() else bytes([0xF8, 0x80, 0x78]))

    def answer(self, question):
        unit, function = question[0], question[1]
        if unit not in self.spec.get("units", []):
            return
        if not self.fits():
            os.write(self.near, bytes([0x00, 0xE6, 0x18, 0xFE, 0x80]))
        elif unit in self.spec.get("twins", []):
            os.write(self.near, refusal(unit, function) + framed(bytes([unit, function, 2, 0, 7])))
        elif unit in self.spec.get("damaged", []):
            os.write(self.near, bytes([unit, function | 0x80, 2, 0x55, 0x55]))
        else:
            os.write(self.near, refusal(unit, function))


class Tcp:
    def __init__(self, spec):
        self.spec = spec
        self.server = socket.create_server(("127.0.0.1", 0))

    def run(self):
        while True:
            connection, _ = self.server.accept()
            threading.Thread(target=self.serve, args=[connection], daemon=True).start()

    def serve(self, connection):
        try:
            while data := connection.recv(512):
                connection.sendall(self.answer(data))
        except OSError:
            pass

    def answer(self, data):
        if "says" in self.spec:
            return self.spec["says"].encode()
        if self.spec.get("framing") == "rtu":
            isQuestion = len(data) == 8 and data == framed(data[:6]) and data[0] in self.spec.get("units", [])
            return refusal(data[0], data[1]) if isQuestion else b""
        isQuestion = len(data) == 12 and data[2:6] == bytes([0, 0, 0, 6]) and data[6] in self.spec.get("units", [])
        return data[:4] + bytes([0, 3, data[6], data[7] | 0x80, 2]) if isQuestion else b""


spec = json.loads(sys.stdin.readline())
if spec["kind"] == "serial":
    peer = Serial(spec)
    place = {"path": os.ttyname(peer.far)}
else:
    peer = Tcp(spec)
    place = {"port": peer.server.getsockname()[1]}
threading.Thread(target=peer.run, daemon=True).start()
print(json.dumps(place), flush=True)
sys.stdin.read()
