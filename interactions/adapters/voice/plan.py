"""What one page is to carry and show now: whom it is joined to, whose voice it sends to whom, what it records."""

from typing import Any

from interactions.calls.audibility import Party, connected, hears, recorded, sources, waits_with_music
from interactions.models.call import Call, CallLeg, on_the_line


def plan_of(leg: CallLeg) -> dict[str, Any]:
    """The `call` frame for this leg's page. A page obeys; it decides nothing but how its own sound comes and goes."""
    call = leg.call
    if not call.live or leg.state == CallLeg.State.LEFT:
        return {"type": "call", "call": call.pk, "me": leg.peer, "over": True, "why": leg.why}
    legs = {other.peer: other for other in on_the_line(call.pk)}
    parties = {peer: other.as_party() for peer, other in legs.items() if other.state == CallLeg.State.JOINED}
    me = parties.get(leg.peer, leg.as_party())
    others = [party for party in parties.values() if party.peer != leg.peer and leg.peer in parties]
    everybody = list(parties.values())
    agent = next((legs[p.peer].name for p in everybody if p.role == "agent" and connected(me, p)), "")
    return {
        "type": "call",
        "call": call.pk,
        "me": leg.peer,
        "page": leg.page,
        "joined": leg.state == CallLeg.State.JOINED,
        "role": leg.role,
        "state": call.state,
        "since": call.answered_at.isoformat() if call.answered_at else None,
        "agent": agent,
        "muted": leg.muted,
        "held": leg.held,
        "music": waits_with_music(me, everybody),
        "recorded": recording_wanted(call) and not call.recording_paused,
        "peers": [_peer(me, other, legs[other.peer], everybody) for other in others if connected(me, other)],
        "record": recorded(me, everybody) if _records(leg) else None,
    }


def recording_wanted(call: Call) -> bool:
    """The customer agreed, and the queue keeps recordings at all."""
    return call.consented and call.interaction.queue.recordings_kept > 0


def _records(leg: CallLeg) -> bool:
    call = leg.call
    return leg.role == CallLeg.Role.AGENT and recording_wanted(call) and not call.recording_paused


def _peer(me: Party, other: Party, leg: CallLeg, everybody: list[Party]) -> dict[str, Any]:
    """Who came last calls, so that two never call each other at once."""
    return {
        "peer": other.peer,
        "page": leg.page,
        "role": other.role,
        "name": leg.name,
        "away": leg.back_by is not None,
        "initiates": (me.since, me.peer) > (other.since, other.peer),
        "send": sources(me, other, everybody),
        "hear": hears(me, other) or bool(sources(other, me, everybody)),
    }
