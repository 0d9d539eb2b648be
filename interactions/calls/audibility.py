"""Who hears whom: a pure function of who is on the line. Whatever no rule here allows is not heard.

Talking parties (customer, agents, somebody else) are joined to each other. A supervisor is joined to one agent alone,
through whose page (`via`) everything from and to them goes: no other page ever knows of them. Who is asked in private
is not even joined to the customer, so that not one packet can reach them.
"""

from collections.abc import Iterable
from dataclasses import dataclass

OUTSIDE = ("customer", "third")


@dataclass(frozen=True, slots=True)
class Party:
    """One of those on the line; `since` is when they joined, in seconds."""

    peer: str
    role: str
    muted: bool = False
    held: bool = False
    consulted: bool = False
    mode: str = ""
    via: str = ""
    since: float = 0.0


def hears(listener: Party, speaker: Party) -> bool:
    if listener.peer == speaker.peer or speaker.muted or listener.held or speaker.held:
        return False
    if speaker.role == "supervisor":
        return _hears_supervisor(listener, speaker)
    if listener.role == "supervisor":
        return True
    return connected(listener, speaker)


def _hears_supervisor(listener: Party, speaker: Party) -> bool:
    match speaker.mode:
        case "whisper":
            return listener.peer == speaker.via
        case "barge":
            return listener.role != "supervisor" and not listener.consulted
    return False


def connected(one: Party, other: Party) -> bool:
    """Whether their pages speak to each other at all, and may exchange what it takes."""
    if one.peer == other.peer:
        return False
    if "supervisor" in (one.role, other.role):
        return one.via == other.peer or other.via == one.peer
    private = one.consulted or other.consulted
    return not (private and (one.role in OUTSIDE or other.role in OUTSIDE))


def waits_with_music(listener: Party, parties: Iterable[Party]) -> bool:
    """The customer is never left in silence: nobody they could hear is there, or they are on hold."""
    if listener.role not in OUTSIDE:
        return False
    return listener.held or not any(_talks_to(listener, other) for other in parties)


def _talks_to(listener: Party, other: Party) -> bool:
    """Somebody is there for them, even when muted just now."""
    return other.role in ("agent", "third") and not other.held and connected(listener, other)


def sources(speaker: Party, listener: Party, parties: Iterable[Party]) -> list[str]:
    """Whose voices `speaker`'s page sends to `listener`: its own, and what it alone can hand on between the two."""
    if not connected(speaker, listener):
        return []
    handed_on = [
        other.peer
        for other in parties
        if other.peer not in (speaker.peer, listener.peer)
        and connected(speaker, other)
        and not connected(listener, other)
        and "supervisor" in (other.role, listener.role)
        and speaker.peer in (other.via, listener.via)
        and hears(listener, other)
    ]
    return [speaker.peer] * hears(listener, speaker) + sorted(handed_on)


def recorded(agent: Party, parties: Iterable[Party]) -> list[str]:
    """Whose voices belong into this agent's recording: what passes between them and the customer, as the customer
    hears it. Never a whisper, never a colleague asked in private, nothing while anybody of the two is on hold."""
    parties = list(parties)
    customer = next((party for party in parties if party.role == "customer"), None)
    if customer is None or not _talks_to(customer, agent) or customer.held:
        return []
    heard = [p.peer for p in parties if hears(customer, p) and (p.peer == agent.peer or hears(agent, p))]
    return heard + [customer.peer] * hears(agent, customer)
