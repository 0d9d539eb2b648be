"""An open wallboard: joined to the one scope its person may see, and told what changes there."""

import asyncio
from contextlib import suppress

from django.db import Error

from agents.models import Person
from agents.watch import ASK_AGAIN, get_watch
from contactcenter.realtime import Screen, in_db
from interactions.board_publisher import board_group
from interactions.reports.board import scope_of

SIGNED_OUT, NO_ACCESS = 4401, 4403
BEAT = 10  # seconds; a browser that hears nothing for longer than 25 dials again


class WallboardConsumer(Screen):
    async def connect(self) -> None:
        person: Person = self.scope["user"]
        self._beat: asyncio.Task[None] | None = None
        if not person.is_authenticated:
            await self.refuse(SIGNED_OUT)
            return
        if not (person.is_supervisor or person.is_administrator):
            await self.refuse(NO_ACCESS)
            return
        await self.join(person.screen)
        self.seen = await in_db(scope_of, person)
        await self.join(board_group(self.seen, person.language))
        await self.accept()
        get_watch().add(self)
        self._beat = asyncio.create_task(self._keep_beating(person))

    async def resynced(self) -> None:
        await self.send(text_data='{"type": "resync"}')

    async def disconnect(self, code: int) -> None:
        get_watch().remove(self)
        if self._beat:
            self._beat.cancel()

    async def _keep_beating(self, person: Person) -> None:
        """The link is healthy even while no board comes: that one has stopped is said by its stamp."""
        while True:
            await asyncio.sleep(BEAT)
            self.show({"type": "websocket.send", "text": '{"type": "beat"}'})
            with suppress(Error):
                if await in_db(scope_of, person) != self.seen:  # other teams now, and the push was lost
                    self.drop(ASK_AGAIN)
