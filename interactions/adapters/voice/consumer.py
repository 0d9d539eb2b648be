"""The telephone of somebody signed in: open for as long as they take part in a call, beside their desk's own socket."""

import json
from typing import Any

from agents.models import Person
from contactcenter.realtime import Screen
from interactions.adapters.voice.phone import Phone, leg_of_person

SIGNED_OUT = 4401


class PhoneConsumer(Screen):
    phone: Phone | None = None

    async def connect(self) -> None:
        person: Person = self.scope["user"]
        if not person.is_authenticated:
            await self.refuse(SIGNED_OUT)
            return
        await self.join(person.screen)  # where a sign-out closes it
        self.phone = Phone(self, self._answer, lambda peer: leg_of_person(person.pk, peer))
        await self.accept()

    async def disconnect(self, code: int) -> None:
        if self.phone:
            await self.phone.close()

    async def receive_json(self, data: dict[str, Any]) -> None:
        if data.get("type") == "ping":
            await self._answer({"type": "pong"})
        elif self.phone:
            await self.phone.heard(data)

    async def refresh(self, event: dict[str, Any]) -> None:
        if self.phone and event["what"] == "call":
            await self.phone.look()

    async def resynced(self) -> None:
        if self.phone:
            await self.phone.look()

    async def _answer(self, data: dict[str, Any]) -> None:
        await self.send(text_data=json.dumps(data))
