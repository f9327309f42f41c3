"""An HTTP server for tests, on 127.0.0.1, told over standard input how it behaves. It checks signatures by itself.

The first line of standard input: {"certificate": FILE, "secret": TEXT}; both may be left out. It answers {"port": N}.
Every further line is one command and gets one answer:
{"status": N}                             what it answers from now on
{"behave": "answer", "hang", "drip", "endless" or "close"}
{"down": true or false}                   closes the port, or opens the same one again
{"requests": true}                        every request so far
"""

import hashlib
import hmac
import http.server
import json
import ssl
import sys
import threading
import time

status = 200
behaviour = "answer"
requests = []


def is_signed(headers, body):
    sent = headers.get("X-Aftercare-Signature", "")
    text = headers.get("X-Aftercare-Timestamp", "").encode() + b"." + body
    code = hmac.new(spec.get("secret", "").encode(), text, hashlib.sha256).hexdigest()
    return hmac.compare_digest(sent, f"sha256={code}")


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        requests.append({"path": self.path, "method": "GET"})
        self.send_error(404)

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        requests.append({
            "method": "POST", "path": self.path, "key": self.headers.get("Idempotency-Key"),
            "type": self.headers.get("Content-Type"), "timestamp": self.headers.get("X-Aftercare-Timestamp"),
            "isSigned": is_signed(self.headers, body), "hasSignature": "X-Aftercare-Signature" in self.headers,
            "body": body.decode(), "status": status})
        if behaviour == "hang":
            time.sleep(3600)
        if behaviour == "close":
            self.close_connection = True
            return
        self.send_response(status)
        if status in (301, 302, 307, 308):
            self.send_header("Location", f"http://127.0.0.1:{port}/elsewhere")
        if behaviour == "answer":
            self.send_header("Content-Length", "2")
            self.end_headers()
            self.wfile.write(b"ok")
            return
        self.end_headers()
        self.close_connection = True
        try:
            while True:
                self.wfile.write(b"x" * (1 if behaviour == "drip" else 65_536))
                self.wfile.flush()
                if behaviour == "drip":
                    time.sleep(0.2)
        except OSError:
            pass

    def log_message(self, *arguments):
        pass


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True
    allow_reuse_address = True

    def handle_error(self, request, address):
        pass


def listening(port):
    server = Server(("127.0.0.1", port), Handler)
    if spec.get("certificate"):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(spec["certificate"])
        server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    return server


spec = json.loads(sys.stdin.readline())
server = listening(0)
port = server.server_address[1]
print(json.dumps({"port": port}), flush=True)
for line in sys.stdin:
    command = json.loads(line)
    answer = {}
    if "status" in command:
        status = command["status"]
    elif "behave" in command:
        behaviour = command["behave"]
    elif "down" in command:
        if command["down"] and server:
            server.shutdown()
            server.server_close()
            server = None
        elif not command["down"] and not server:
            server = listening(port)
    elif "requests" in command:
        answer = {"requests": requests}
    print(json.dumps(answer), flush=True)
