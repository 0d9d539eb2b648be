"""The limit the push bench is held against: bare `websockets`, one Redis subscription, `broadcast()`; no Django."""

import asyncio
import os
import socket
import sys

from redis import asyncio as redis
from websockets.asyncio.server import ServerConnection, broadcast, serve


async def main(fd: int, channel: str) -> None:
    members: set[ServerConnection] = set()

    async def handler(connection: ServerConnection) -> None:
        members.add(connection)
        try:
            await connection.wait_closed()
        finally:
            members.discard(connection)

    async with serve(handler, sock=socket.socket(fileno=fd), compression=None):
        subscription = redis.from_url(os.environ["REDIS_URL"], decode_responses=True).pubsub()
        await subscription.subscribe(channel)
        async for message in subscription.listen():
            if message["type"] == "message":
                broadcast(members, message["data"])


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), sys.argv[2]))
