"""A customer of the bench: the widget's protocol, with every line noted as it comes in and reported as read."""

import asyncio
from collections.abc import Callable

from interactions.customers.client import Frame, VisitorClient


class Visitor(VisitorClient):
    def __init__(self, base_url: str, entry: str, on_line: Callable[[str], None] = lambda text: None) -> None:
        super().__init__(base_url, entry)
        self.on_line = on_line
        self.answered = asyncio.Event()

    @property
    def interaction(self) -> int:
        return int(self.state["interaction"])

    async def _hear(self, frame: Frame) -> None:
        shown = len(self.messages)
        await super()._hear(frame)
        for message in self.messages[shown:]:
            if message["kind"] == "outbound":
                self.on_line(message["text"])
                await self.read()
        if self.state.get("state") == "active":
            self.answered.set()
