"""What daphne lacks: an end to what it keeps for a browser, and to what a request may bring."""

import asyncio
import socket

import pytest
from django.conf import settings

from contactcenter.benches.servers import daphne
from contactcenter.benches.sockets import Crowd, connect_and_never_read
from contactcenter.realtime import push
from tests.contactcenter.realtime.viewer import patch

# in_db looks after the connections of its threads, which earlier tests may have left open.
pytestmark = pytest.mark.django_db


async def read_all(line: socket.socket) -> None:
    while await asyncio.get_running_loop().sock_recv(line, 65536):
        pass


async def test_daphne_drops_a_browser_that_does_not_read_and_forgets_what_it_was_owed(group: str) -> None:
    with daphne("contactcenter.benches.screens:application") as server:
        crowd = Crowd()
        await crowd.connect(1, server.port, f"/{group}")
        stalled = await connect_and_never_read(server.port, f"/{group}")
        for number in range(1, 81):  # 20 MB, one by one
            push(group, patch(f"{number:08d}".ljust(256 * 1024)))
            assert await crowd.reaches(number)
        with stalled, pytest.raises(ConnectionResetError):
            await read_all(stalled)


@pytest.mark.parametrize("chunked", [False, True])
async def test_daphne_refuses_a_body_without_end_before_anybody_reads_it(chunked: bool) -> None:
    with daphne("contactcenter.benches.screens:application") as server:
        reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
        size = b"Transfer-Encoding: chunked" if chunked else b"Content-Length: %d" % (settings.REQUEST_MAX_BYTES + 1)
        writer.write(b"POST /healthz HTTP/1.1\r\nHost: localhost\r\n" + size + b"\r\n\r\n")
        megabyte = 1024 * 1024
        whole, rest = divmod(settings.REQUEST_MAX_BYTES, megabyte)
        # One byte too many and no more: what the server leaves unread would reset the connection under its answer.
        for length in [megabyte] * whole + [rest + 1] if chunked else []:
            writer.write(b"%x\r\n" % length + bytes(length) + b"\r\n")
            await writer.drain()
        assert (await reader.readline()).startswith(b"HTTP/1.1 413")
        writer.close()
