"""Whose screens change with a call: of everybody on the line, and of who has just left it."""

from collections.abc import Iterable

from contactcenter.realtime import push
from interactions import broadcasts
from interactions.models.call import Call, CallLeg


def show(call: Call, legs: Iterable[CallLeg]) -> None:
    """Once the move is in, every page of the call asks what it is to carry and show now."""
    push(broadcasts.visitor_screen(call.interaction_id), {"type": "screen.refresh", "what": "call", "id": call.pk})
    legs = list(legs)
    for leg in legs:
        push(leg.screen, {"type": "screen.refresh", "what": "call", "id": call.pk})
    people = {leg.agent or leg.person for leg in legs}
    for screen in {somebody.screen for somebody in people if somebody}:
        push(screen, {"type": "screen.refresh", "what": "phone", "id": call.pk})


def tell(leg: CallLeg, frame: dict[str, object]) -> None:
    """To the one page that carries this leg."""
    push(leg.screen, {"type": "screen.json", "data": frame})
