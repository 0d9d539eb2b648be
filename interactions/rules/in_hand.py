"""What agents have in hand right now stands against some changes of what they can do at once."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from agents.attention import Place, most_in_use
from agents.channels import FULL
from agents.models import Agent, Capacity

type Held = dict[str, Capacity]  # channel: its place


def locked(agents: Collection[int]) -> dict[int, Held]:
    """The places of these agents, held until the transaction ends: first the agents, then the capacities, by id."""
    list(Agent.objects.select_for_update(no_key=True, of=("self",)).filter(pk__in=agents).order_by("pk"))
    held: dict[int, Held] = defaultdict(dict)
    for capacity in Capacity.objects.select_for_update().filter(agent__in=agents).order_by("pk"):
        held[capacity.agent_id][capacity.channel] = capacity
    return held


def reason_against(name: str, held: Held, wanted: Mapping[str, Mapping[str, Any]]) -> str:
    """Why these capacities (maximum, units, interrupted_by per channel) do not hold what is in hand; "": they do."""
    for channel, capacity in held.items():
        if capacity.load > wanted.get(channel, {}).get("maximum", 0):
            text = ngettext(
                "%(name)s has %(load)d in hand on %(channel)s right now: wait for its end or hand it on.",
                "%(name)s has %(load)d in hand on %(channel)s right now: wait for their end or hand some on.",
                capacity.load,
            )
            return text % {"name": name, "load": capacity.load, "channel": capacity.get_channel_display()}
    places = {
        channel: Place.of(
            channel, row["maximum"], held[channel].load if channel in held else 0, row["units"], row["interrupted_by"]
        )
        for channel, row in wanted.items()
    }
    if most_in_use(places) > FULL:
        return _("With these units %s would have more in hand right now than fits: wait for its end.") % name
    return ""
