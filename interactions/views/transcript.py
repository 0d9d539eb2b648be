"""What was said in a conversation, read for the desk: its lines, and a few words of it for a list."""

from collections.abc import Sequence
from functools import cache
from typing import Any

from django.db.models import FETCH_RAISE, OuterRef, QuerySet, Subquery, Value, Window, prefetch_related_objects
from django.db.models.functions import Coalesce, Lag, Left

from agents.models import Agent, Channel
from contactcenter.prepared import Prepared
from interactions.models import Interaction, Message
from interactions.models.texting import TEXTS

LINES_AT_ONCE = 50
NO_LINE_AFTER = 2**31 - 1  # the highest number there can be
WORDS_SHOWN = 140


def words(of: str, order: str, *, public: bool = False) -> Any:
    """The first or last thing said, short enough for a list."""
    said = Message.objects.filter(interaction=OuterRef(of)).exclude(kind="system").exclude(text="")
    if public:
        said = said.public()
    return Coalesce(Subquery(said.order_by(order).values(short=Left("text", WORDS_SHOWN))[:1]), Value(""))


def lines(interaction: Interaction, *, after: int = 0, before: int = 0) -> Sequence[Message]:
    """Lines in order, each with the number of the one before it: the latest, those after, or the page before."""
    if after:
        found = [line for line in _since(interaction.channel).all(interaction.pk, after) if line.seq > after]
    else:
        found = _latest(interaction.channel).all(interaction.pk, before or NO_LINE_AFTER)[::-1]
    prefetch_related_objects(found, "attachments")
    return found


@cache
def _latest(channel: str) -> Prepared[Message]:
    return Prepared(lambda pk, before: _numbered(pk, channel).filter(seq__lt=before).order_by("-seq")[:LINES_AT_ONCE])


@cache
def _since(channel: str) -> Prepared[Message]:
    return Prepared(lambda pk, seq: _numbered(pk, channel).filter(seq__gte=seq).order_by("seq"))


def _numbered(interaction: Any, channel: str) -> QuerySet[Message]:
    """The lines of an interaction, with what its channel has to say about each."""
    numbered = (
        Message.objects.filter(interaction=interaction)
        .annotate(prev=Coalesce(Window(Lag("seq"), order_by="seq"), 0))
        .select_related("agent__person")
        .fetch_mode(FETCH_RAISE)
    )
    if channel == Channel.EMAIL:
        return numbered.select_related("email", "delivery").defer("email__text", "email__html")
    if channel in TEXTS:
        return numbered.select_related("short_message", "delivery")
    return numbered


def line(agent: Agent, pk: int) -> Message | None:
    """A line of this agent's work, as the list shows it."""
    said = Message.objects.filter(pk=pk, interaction__agent=agent).select_related("interaction__customer").first()
    if said is None:
        return None
    before = said.interaction.messages.filter(seq__lt=said.seq).order_by("-seq").values_list("seq", flat=True)
    found = _numbered(said.interaction, said.interaction.channel).prefetch_related("attachments").get(pk=pk)
    found.interaction, found.prev = said.interaction, before.first() or 0  # type: ignore[attr-defined]
    return found
