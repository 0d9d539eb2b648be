"""Whose screens change with a call: of everybody on the line, and of who has just left it."""

from collections.abc import Iterable
from contextlib import suppress
from functools import partial

import django_rq
from django.db import transaction
from redis.exceptions import RedisError

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
    if call.provider == Call.Provider.TWILIO and not (call.live and len(legs) == 1):  # who is alone waits as they are
        transaction.on_commit(partial(carried_out, call.pk), robust=True)


def carried_out(call_id: int) -> None:
    """Have a worker make the provider's room what the call is now; if nobody can be told, the next sweep does it."""
    with suppress(RedisError):
        django_rq.get_queue("default").enqueue("interactions.jobs.carry_out", call_id, result_ttl=0)


def tell(leg: CallLeg, frame: dict[str, object]) -> None:
    """To the one page that carries this leg."""
    push(leg.screen, {"type": "screen.json", "data": frame})
