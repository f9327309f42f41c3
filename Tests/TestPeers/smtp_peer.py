"""A mail server for tests, on 127.0.0.1: aiosmtpd, told over standard input how it behaves.

The first line of standard input: {"tls": "none", "starttls" or "implicit", "certificate": FILE, "users": {NAME: PASSWORD}};
all may be left out. It answers {"port": N}. Every further line is one command and gets one answer:
{"behave": "take", "busy", "refuse", "hang" or "mute"}   what it does with a mail (mute: takes it and says nothing)
{"reject": [ADDRESS, …], "later": [ADDRESS, …]}          recipients that get 550 and 450
{"down": true or false}                                  closes the port, or opens the same one again
{"mails": true}                                          every mail so far
"""

import asyncio
import email
import email.policy
import json
import logging
import socket
import ssl
import sys

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword

# Passwords that are refused are part of the game.
logging.disable(logging.CRITICAL)

behaviour = "take"
rejected = []
later = []
mails = []


class Handler:
    async def handle_RCPT(self, server, connection, envelope, address, options):
        if address in rejected:
            return "550 5.1.1 nobody here by that name"
        if address in later:
            return "450 4.2.0 come again later"
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 recipient ok"

    async def handle_DATA(self, server, connection, envelope):
        if behaviour == "hang":
            await asyncio.sleep(3600)
        if behaviour == "busy":
            return "451 4.3.0 too busy, come again"
        if behaviour == "refuse":
            return "554 5.7.1 this mail is not wanted"
        # Read by a reader that is not ours: what it finds wrong are its defects.
        read = email.message_from_bytes(envelope.content, policy=email.policy.default)
        mails.append({
            "from": envelope.mail_from, "to": envelope.rcpt_tos,
            "text": envelope.content.decode("utf-8", "replace"),
            "headers": [[name, str(value)] for name, value in read.items()], "body": read.get_content().replace("\r\n", "\n"),
            "defects": [str(defect) for value in read.values() for defect in value.defects]
            + [str(defect) for defect in read.defects],
            "encrypted": connection.ssl is not None or spec.get("tls") == "implicit",
            "user": connection.auth_data.login.decode() if connection.auth_data else None})
        if behaviour == "mute":
            await asyncio.sleep(3600)
        return f"250 2.0.0 taken as {len(mails)}"


def authenticate(server, connection, envelope, mechanism, data):
    known = isinstance(data, LoginPassword) and spec["users"].get(data.login.decode()) == data.password.decode()
    return AuthResult(success=known, handled=False, auth_data=data if known else None)


def controller(port):
    options = {}
    if spec.get("users"):
        options |= {"authenticator": authenticate, "auth_required": True,
                    "auth_require_tls": spec.get("tls") == "starttls"}
    context = None
    if spec.get("certificate"):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(spec["certificate"])
    if spec.get("tls") == "starttls":
        options["tls_context"] = context
    return Controller(
        Handler(), hostname="127.0.0.1", port=port, ready_timeout=10,
        ssl_context=context if spec.get("tls") == "implicit" else None, **options)


class Implicit(Controller):
    """Its own check of being ready uses the server's context as a client, which newer ones do not let happen."""

    def _trigger_server(self):
        context = ssl.create_default_context()
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        with socket.create_connection(("127.0.0.1", self.port), 5) as plain:
            with context.wrap_socket(plain) as connection:
                connection.recv(1024)


spec = json.loads(sys.stdin.readline())
if spec.get("tls") == "implicit":
    Controller = Implicit
with socket.socket() as probe:
    probe.bind(("127.0.0.1", 0))
    port = probe.getsockname()[1]
server = controller(port)
server.start()
print(json.dumps({"port": port}), flush=True)
for line in sys.stdin:
    command = json.loads(line)
    answer = {}
    if "behave" in command:
        behaviour = command["behave"]
    elif "reject" in command:
        rejected, later = command["reject"], command["later"]
    elif "down" in command:
        if command["down"] and server:
            server.stop()
            server = None
        elif not command["down"] and not server:
            server = controller(port)
            server.start()
    elif "mails" in command:
        answer = {"mails": mails}
    print(json.dumps(answer), flush=True)
