"""The customer's telephone: a page of the chat, over the chat's own socket, and what it may ask of the call."""

from typing import Any

from contactcenter.realtime import in_db
from interactions.adapters.voice.phone import Phone, leg_of_customer
from interactions.adapters.voice.plan import plan_of
from interactions.calls import line, talk
from interactions.models.call import CallLeg


class VisitorPhone(Phone):
    interaction_id: int | None = None

    async def heard(self, data: dict[str, Any]) -> None:
        match data:
            case {"type": "call.look"}:
                await self.look()
            case {"type": "call.mute", "on": bool(on)} if self.leg:
                await in_db(lambda: talk.mute(self._mine(), on))
            case {"type": "call.digits", "digits": str(digits)} if self.leg:
                await in_db(lambda: talk.press(self._mine(), digits))
            case {"type": "call.hang_up"}:
                await in_db(self._hang_up)
            case {"type": "call.to_chat"} if self.leg:
                await in_db(lambda: line.back_to_writing(self._mine().call, why="goes on in writing"))
            case _:
                await super().heard(data)

    async def look(self) -> None:
        """A page that takes no part is told that there is a call: it may be its own, from before it was loaded anew."""
        if self.leg or self.interaction_id is None:
            await super().look()
        elif (plan := await in_db(self._invitation, self.interaction_id)) and self.leg is None:  # it may have joined
            await self.send(plan)

    @staticmethod
    def _invitation(interaction_id: int) -> dict[str, Any] | None:
        leg = leg_of_customer(interaction_id)
        return plan_of(leg) | {"joined": False} if leg else None

    def _mine(self) -> CallLeg:
        assert self.leg
        return CallLeg.objects.select_related("call__interaction", "agent__person", "person").get(pk=self.leg.pk)

    def _hang_up(self) -> None:
        if self.interaction_id and (leg := leg_of_customer(self.interaction_id)):
            line.hang_up(leg)
