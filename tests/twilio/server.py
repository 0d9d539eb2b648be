"""The simulator at an address of this machine."""

from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

from tests.twilio.simulator import Twilio


class Door(ThreadingHTTPServer):
    daemon_threads = True
    twilio: Twilio

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class Handler(BaseHTTPRequestHandler):
    server: Door
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
        answer = self.server.twilio.answer(self.command, self.path, body, dict(self.headers))
        if answer.lost:
            self.close_connection = True
            return
        self.send_response(answer.status)
        for name, value in ({"Content-Length": str(len(answer.body))} | answer.headers).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(answer.body)

    do_POST = do_DELETE = do_GET

    def log_message(self, *args: Any) -> None:
        pass


@contextmanager
def open_door() -> Iterator[Door]:
    with Door(("127.0.0.1", 0), Handler) as door:
        Thread(target=door.serve_forever, args=(0.05,), daemon=True).start()
        yield door
        door.shutdown()
