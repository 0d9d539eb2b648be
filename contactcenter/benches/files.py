"""The limit the mail bench is held against: aiosmtpd whose handler writes a file and makes it durable, nothing else."""

import asyncio
import os
import socket
import sys
from pathlib import Path
from uuid import uuid4

from aiosmtpd.smtp import SMTP, Envelope, Session


class Files:
    def __init__(self, folder: Path) -> None:
        self.folder = folder

    async def handle_DATA(self, _: SMTP, _session: Session, envelope: Envelope) -> str:
        with (self.folder / uuid4().hex).open("xb") as file:
            file.write(envelope.original_content or b"")
            file.flush()
            os.fsync(file.fileno())
        return "250 OK"


async def main(fd: int, folder: Path) -> None:
    door, loop = Files(folder), asyncio.get_running_loop()
    server = await loop.create_server(lambda: SMTP(door, loop=loop), sock=socket.socket(fileno=fd))
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), Path(sys.argv[2])))
