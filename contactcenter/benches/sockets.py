"""Browsers by the hundred: a websocket client that does no more than count, so that the server is what is measured."""

import asyncio
import os
import resource
import socket
from typing import Any

HANDSHAKE = (
    "GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
)
PING, PONG, CLOSE = 0x9, 0xA, 0x8
NUMBER = 8  # every message begins with its number in so many digits


class Crowd:
    """Counts what all of its sockets receive."""

    def __init__(self) -> None:
        self.received = self.doubled = self.disordered = self.closed = 0
        self._goal = 0
        self._reached = asyncio.Event()

    def count(self, amount: int) -> None:
        self.received += amount
        if self.received >= self._goal:
            self._reached.set()

    async def reaches(self, goal: int, timeout: float = 60) -> bool:
        """Wait until `goal` messages were received by all of them together."""
        self._goal = goal
        self._reached.clear()
        if self.received < goal:
            try:
                async with asyncio.timeout(timeout):
                    await self._reached.wait()
            except TimeoutError:
                return False
        return True

    async def connect(self, amount: int, port: int, path: str = "/") -> list["Browser"]:
        allow_files(amount + 200)
        browsers: list[Browser] = []
        for _ in range(0, amount, 50):
            batch = [self._open(port, path) for _ in range(min(50, amount - len(browsers)))]
            browsers += await asyncio.gather(*batch)
        return browsers

    async def _open(self, port: int, path: str) -> "Browser":
        loop = asyncio.get_running_loop()
        _, browser = await loop.create_connection(lambda: Browser(self, path), "127.0.0.1", port)
        async with asyncio.timeout(30):
            await browser.open
        return browser


class Browser(asyncio.Protocol):
    def __init__(self, crowd: Crowd, path: str) -> None:
        self.crowd = crowd
        self.path = path
        self.open: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.last = -1
        self._buffer = bytearray()

    def connection_made(self, transport: Any) -> None:
        self.transport = transport
        transport.write(HANDSHAKE.format(path=self.path).encode())

    def connection_lost(self, error: Exception | None) -> None:
        self.crowd.closed += 1
        if not self.open.done():
            self.open.set_exception(error or ConnectionError("closed in the handshake"))

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        if not self.open.done():
            head, end, rest = self._buffer.partition(b"\r\n\r\n")
            if not end:
                return
            if not head.startswith(b"HTTP/1.1 101"):
                self.open.set_exception(ConnectionError(head[:60].decode(errors="replace")))
                return
            self.open.set_result(None)
            self._buffer = rest
        self._read_frames()

    def _read_frames(self) -> None:
        buffer, position, messages = self._buffer, 0, 0
        while len(buffer) - position >= 2:
            opcode, size, start = buffer[position] & 0x0F, buffer[position + 1], position + 2
            if size > 125:
                width = 2 if size == 126 else 8
                size, start = int.from_bytes(buffer[start : start + width]), start + width
            if start + size > len(buffer):
                break
            if opcode == PING:
                self._pong(bytes(buffer[start : start + size]))
            elif opcode != CLOSE:
                number = int(buffer[start : start + NUMBER])
                self.crowd.doubled += number == self.last
                self.crowd.disordered += number < self.last
                self.last = number
                messages += 1
            position = start + size
        del buffer[:position]
        self.crowd.count(messages)

    def _pong(self, payload: bytes) -> None:
        mask = os.urandom(4)
        masked = bytes(byte ^ mask[i % 4] for i, byte in enumerate(payload))
        self.transport.write(bytes([0x80 | PONG, 0x80 | len(payload)]) + mask + masked)


async def connect_and_never_read(port: int, path: str = "/") -> socket.socket:
    """A browser that opens its socket and then leaves it alone."""
    stalled = socket.socket()
    stalled.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    stalled.setblocking(False)
    loop = asyncio.get_running_loop()
    await loop.sock_connect(stalled, ("127.0.0.1", port))
    await loop.sock_sendall(stalled, HANDSHAKE.format(path=path).encode())
    await loop.sock_recv(stalled, 4096)
    return stalled


def allow_files(amount: int) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft < amount:
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(amount, hard) if hard > 0 else amount, hard))
