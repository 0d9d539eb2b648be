"""What a provider tells, each thing once: at least once and out of order is how it comes."""

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from interactions.models.call import Call, CallEvent, CallLeg

MEASURED_EVERY = 10  # seconds, at most, of one leg
LEVELS = {
    "good": gettext_lazy("good"),
    "fair": gettext_lazy("fair"),
    "poor": gettext_lazy("poor"),
    "bad": gettext_lazy("bad"),
}


def first_told(call: Call, what: str, key: str, *, number: int | None = None, why: str = "", **about: Any) -> bool:
    """Whether this is news: the row is the proof, so two processes that are told at once do not both act. Call it
    within the transaction of the move that follows from it; if that fails, it is news again."""
    event = CallEvent(call=call, what=what, provider=call.provider, key=key, number=number, why=why[:300], **about)
    CallEvent.objects.bulk_create([event], ignore_conflicts=True)
    told = CallEvent.objects.filter(provider=call.provider, key=key).values_list("at", flat=True).get()
    return bool(told == event.at)


def measured(leg: CallLeg, level: str, rtt: float, jitter: float, loss: float) -> bool:
    """How good the line of this leg sounds to its page, written down at most so often. Times in ms, loss in %."""
    key = f"quality-{leg.peer}-{int(timezone.now().timestamp()) // MEASURED_EVERY}"
    why = f"{level} {rtt:.0f} {jitter:.0f} {loss:.1f}"
    return first_told(leg.call, CallEvent.What.QUALITY, key, leg=leg, why=why)


def in_words(measurement: CallEvent) -> str:
    """What was measured, in the reader's language."""
    level, rtt, jitter, loss = measurement.why.split()
    return _("%(level)s: %(rtt)s ms, jitter %(jitter)s ms, loss %(loss)s %%") % {
        "level": LEVELS[level],
        "rtt": rtt,
        "jitter": jitter,
        "loss": loss,
    }
