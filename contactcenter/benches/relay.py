"""The limit the chat bench is held against: bare `websockets`, each line handed to the other side."""

import asyncio
import socket
import sys

from websockets.asyncio.server import ServerConnection, serve


async def main(fd: int) -> None:
    chats: dict[str, dict[str, ServerConnection]] = {}

    async def handler(connection: ServerConnection) -> None:
        assert connection.request
        _, chat, side = connection.request.path.split("/")
        sides = chats.setdefault(chat, {})
        sides[side] = connection
        other = "agent" if side == "visitor" else "visitor"
        async for line in connection:
            await sides[other].send(line)

    async with serve(handler, sock=socket.socket(fileno=fd), compression=None) as server:
        await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1])))
