"""Makes a room of Twilio's what its call is: who is held, muted, coached, gone. Denied comes before allowed.

The call in our database is the truth. What Twilio is known to do is kept on each leg (`carried`) and only what differs
is asked for, so asking twice is asking once, and a job that was lost is made up for by the next.
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from django.db.models import Q
from django.utils import timezone

from interactions.adapters.twilio import dialling, recording, twiml
from interactions.adapters.twilio.client import Busy, Refused, Unsure, asking, client
from interactions.calls.audibility import waits_with_music
from interactions.models import Call, CallLeg, Interaction
from interactions.models.states import State

log = logging.getLogger(__name__)
RECENT = timedelta(hours=4)  # Twilio's longest call
OVER = (20404, 21220)  # it is not there, or not any more
MOST_ROUNDS = 4


def carry_out(call_id: int) -> None:
    """Until nothing is left to change: two at once end with what is true at the end."""
    for _round in range(MOST_ROUNDS):
        call = Call.objects.select_related("interaction", "number").get(pk=call_id)
        if call.provider != Call.Provider.TWILIO or not _changed(call):
            return


def _changed(call: Call) -> bool:
    """One round of changes; whether any was made. What fails is tried again by the sweep."""
    if leg := dialling.to_dial(call):
        dialling.ring(call, leg)
    legs = list(call.legs.exclude(sid="").select_related("via").order_by("pk"))
    changed = False
    for leg in sorted(legs, key=lambda leg: wanted(leg, legs).get("hold", True) is False):
        try:
            with asking():
                changed |= _carry_out(call, leg, wanted(leg, legs))
        except Refused as refusal:
            if refusal.code not in OVER:
                log.warning("a room could not be changed", extra={"call": call.pk, "why": str(refusal)})
            elif leg.state == CallLeg.State.LEFT:
                _carried(leg, gone=True)
        except (Busy, Unsure) as later:
            log.warning("a room is changed later", extra={"call": call.pk, "why": str(later)})
    with asking_quietly(call):
        recording.pause(call)
    return changed


@contextmanager
def asking_quietly(call: Call) -> Iterator[None]:
    try:
        with asking():
            yield
    except (Refused, Busy, Unsure) as error:
        log.warning("a recording could not be paused or continued", extra={"call": call.pk, "why": str(error)})


def sweep() -> None:
    """Rooms whose job was lost or whose change failed."""
    recent = Call.objects.filter(provider=Call.Provider.TWILIO, began_at__gt=timezone.now() - RECENT)
    for pk in recent.filter(Q(ended_at=None) | Q(ended_at__gt=timezone.now() - timedelta(minutes=5))).values_list(
        "pk", flat=True
    ):
        carry_out(pk)


def wanted(leg: CallLeg, legs: list[CallLeg]) -> dict[str, Any]:
    """What Twilio is to do with a leg."""
    if leg.state == CallLeg.State.LEFT:
        return {"gone": True}
    there = [other.as_party() for other in legs if other.state == CallLeg.State.JOINED and other.back_by is None]
    if leg.role == CallLeg.Role.SUPERVISOR:
        return {
            "muted": leg.mode == CallLeg.Mode.MONITOR,
            "coaching": leg.mode != CallLeg.Mode.BARGE,
            "coached": leg.via.sid if leg.via else "",
        }
    return {"muted": leg.muted, "hold": leg.held or waits_with_music(leg.as_party(), there)}


def _carry_out(call: Call, leg: CallLeg, wanted: dict[str, Any]) -> bool:
    """Ask for what differs; whether anything did."""
    if leg.carried.get("gone") or all(leg.carried.get(name, False) == value for name, value in wanted.items()):
        return leg.state == CallLeg.State.JOINED and _fetched_from_line(call, leg)
    if wanted.get("gone"):
        if leg.role == CallLeg.Role.CUSTOMER and call.number and _waits_as_message(call.interaction):
            client().calls(leg.sid).update(url=twiml.address("twilio-instead", call.pk), method="POST")
        else:
            client().calls(leg.sid).update(status="completed")
        _carried(leg, gone=True)
        return True
    if leg.state != CallLeg.State.JOINED:
        return False
    if _fetched_from_line(call, leg):
        return True
    if not call.room or not call.answered_at:
        return False  # nobody has come yet, and the room itself plays music
    participant = client().conferences(call.room).participants(leg.sid)
    if "coaching" in wanted:
        participant.update(coaching=wanted["coaching"], call_sid_to_coach=wanted["coached"], muted=wanted["muted"])
    else:
        participant.update(hold=wanted["hold"], hold_url=twiml.address("twilio-hold"), muted=wanted["muted"])
    _carried(leg, **wanted)
    return True


def _waits_as_message(interaction: Interaction) -> bool:
    """Its line let nobody wait on the telephone any longer."""
    return interaction.state in (State.QUEUED, State.OFFERED) and not interaction.live


def _carried(leg: CallLeg, **done: Any) -> None:
    leg.carried = leg.carried | done
    CallLeg.objects.filter(pk=leg.pk).update(carried=leg.carried)


def _fetched_from_line(call: Call, leg: CallLeg) -> bool:
    """Somebody has taken the call: the caller comes from the line with keys into the room, once. One whom we called was
    never in line."""
    if leg.role != CallLeg.Role.CUSTOMER or not call.sid or call.number is None or not call.number.has_keys:
        return False
    if leg.carried.get("fetched") or call.interaction.state != State.ACTIVE:
        return False
    client().calls(leg.sid).update(url=twiml.address("twilio-join", call.pk), method="POST")
    _carried(leg, fetched=True)
    return True
