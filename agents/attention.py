"""How much an agent can do at once, over all channels: 100 units of attention, of which each piece of work takes some.

Pure functions over the places of one agent (channel: Place). Work fits when its channel has a place left and its units
beside all work that it may not interrupt are no more than 100. Since what may be interrupted is counted by everything
else, ending any work never leaves more than 100 units in use.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import combinations

from agents.channels import FULL, INTERRUPTED_BY, UNITS, Channel


@dataclass(slots=True)
class Place:
    """One channel of an agent: at most so many at once, so many now, of so many units each."""

    maximum: int
    load: int
    units: int
    interrupted_by: Sequence[str] = ()
    unfit: "Lack | None" = None  # nothing is offered here, whatever room there is

    @classmethod
    def of(
        cls,
        channel: str,
        maximum: int,
        load: int,
        units: int | None,
        interrupted_by: Sequence[str] | None,
        phone_passed: bool | None = True,
    ) -> "Place":
        """As a row of Capacity says, with what is usual for the channel where it says nothing. Who does not read what
        the last check of the phone said does not ask for it."""
        known = Channel(channel)
        usual = INTERRUPTED_BY.get(known, ())
        unfit = None if known != Channel.VOICE or phone_passed else PHONE[phone_passed]
        return cls(maximum, load, units or UNITS[known], usual if interrupted_by is None else interrupted_by, unfit)


type Places = Mapping[str, Place]


class Lack(StrEnum):
    """What is missing for one more."""

    CHANNEL = "channel"  # they do not do that at all
    UNCHECKED = "unchecked"  # nobody knows whether they would hear and be heard
    PHONE = "phone"  # its check failed
    PLACE = "place"  # as many as they can do at once
    ATTENTION = "attention"  # a place is left, but too much other work is in hand


PHONE = {None: Lack.UNCHECKED, False: Lack.PHONE}


def lack(places: Places, channel: str) -> Lack | None:
    """What one more of this channel would fail on; None: it fits."""
    place = places.get(channel)
    if place is None or not place.maximum:
        return Lack.CHANNEL
    if place.unfit:
        return place.unfit
    if place.load >= place.maximum:
        return Lack.PLACE
    return None if units_beside(places, channel) + place.units <= FULL else Lack.ATTENTION


def fits(places: Places, channel: str) -> bool:
    place = places.get(channel)
    if place is None or place.unfit or place.load >= place.maximum:
        return False
    return units_beside(places, channel) + place.units <= FULL


def room(places: Places, channel: str) -> int:
    """How many more of this channel would fit, nothing else added."""
    place = places.get(channel)
    if place is None or place.unfit or place.load >= place.maximum:
        return 0
    return max(0, min(place.maximum - place.load, (FULL - units_beside(places, channel)) // place.units))


def units_beside(places: Places, channel: str) -> int:
    """Units of all that work of this channel may not interrupt."""
    beside = 0
    for place in places.values():
        if place.load and channel not in place.interrupted_by:
            beside += place.load * place.units
    return beside


def units_in_use(places: Places) -> int:
    """What is being worked on counts; what something else in hand has interrupted does not."""
    in_hand = {channel for channel, place in places.items() if place.load}
    units = 0
    for channel in in_hand:
        place = places[channel]
        if in_hand.isdisjoint(place.interrupted_by):
            units += place.load * place.units
    return units


def most_in_use(places: Places) -> int:
    """The most units that any part of what is in hand would use: what has to stay within 100 when the units change."""
    in_hand = [channel for channel, place in places.items() if place.load]
    parts = (part for n in range(len(in_hand) + 1) for part in combinations(in_hand, n))
    return max(units_in_use({channel: places[channel] for channel in part}) for part in parts)
