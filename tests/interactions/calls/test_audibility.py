"""Who hears whom, as a table: of each standing on the line, exactly these pairs and no others."""

from dataclasses import replace
from itertools import product

import pytest

from interactions.calls.audibility import Party, connected, hears, recorded, sources, waits_with_music

LEE = Party("lee", "customer")
MAYA = Party("maya", "agent")
OMAR = Party("omar", "agent")
SAM = Party("sam", "supervisor", mode="monitor", via="maya")
PETE = Party("pete", "third")

HELD = replace(LEE, held=True)
ASKED = replace(OMAR, consulted=True)

# who is on the line; "listener<speaker" for all who hear; who waits with music; what Maya's page records
STANDINGS = {
    "alone in line": ([LEE], "", "lee", ""),
    "two talk": ([LEE, MAYA], "lee<maya maya<lee", "", "lee maya"),
    "on hold": ([HELD, MAYA], "", "lee", ""),
    "muted agent": ([LEE, replace(MAYA, muted=True)], "maya<lee", "", "lee"),
    "muted customer": ([replace(LEE, muted=True), MAYA], "lee<maya", "", "maya"),
    "asked in private": ([HELD, MAYA, ASKED], "maya<omar omar<maya", "lee", ""),
    "back to the customer while the colleague is still asked": (
        [LEE, MAYA, ASKED],
        "lee<maya maya<lee maya<omar omar<maya",
        "",
        "lee maya",
    ),
    "between the two": (
        [LEE, MAYA, replace(ASKED, held=True)],
        "lee<maya maya<lee",
        "",
        "lee maya",
    ),
    "only the colleague asked is left": ([HELD, ASKED], "", "lee", ""),
    "not on hold, and still only the colleague asked": ([LEE, ASKED], "", "lee", ""),
    "conference": (
        [LEE, MAYA, OMAR],
        "lee<maya lee<omar maya<lee maya<omar omar<lee omar<maya",
        "",
        "lee maya omar",
    ),
    "conference with somebody else, who holds": (
        [LEE, MAYA, replace(PETE, held=True)],
        "lee<maya maya<lee",
        "pete",
        "lee maya",
    ),
    "monitored": ([LEE, MAYA, SAM], "lee<maya maya<lee sam<lee sam<maya", "", "lee maya"),
    "monitored on hold": ([HELD, MAYA, SAM], "sam<maya", "lee", ""),
    "whispered to": (
        [LEE, MAYA, replace(SAM, mode="whisper")],
        "lee<maya maya<lee maya<sam sam<lee sam<maya",
        "",
        "lee maya",
    ),
    "talked along": (
        [LEE, MAYA, replace(SAM, mode="barge")],
        "lee<maya lee<sam maya<lee maya<sam sam<lee sam<maya",
        "",
        "lee maya sam",
    ),
    "talked along on hold": (
        [HELD, MAYA, replace(SAM, mode="barge")],
        "maya<sam sam<maya",
        "lee",
        "",
    ),
    "whispered to in a conference": (
        [LEE, MAYA, OMAR, replace(SAM, mode="whisper")],
        "lee<maya lee<omar maya<lee maya<omar maya<sam omar<lee omar<maya sam<lee sam<maya sam<omar",
        "",
        "lee maya omar",
    ),
    "talked along while a colleague is asked": (
        [HELD, MAYA, ASKED, replace(SAM, mode="barge")],
        "maya<omar maya<sam omar<maya sam<maya sam<omar",
        "lee",
        "",
    ),
}


@pytest.mark.parametrize(("parties", "heard", "music", "kept"), STANDINGS.values(), ids=STANDINGS)
def test_who_hears_whom(parties, heard, music, kept):
    pairs = [f"{one.peer}<{other.peer}" for one, other in product(parties, parties) if hears(one, other)]
    assert " ".join(sorted(pairs)) == heard
    assert " ".join(party.peer for party in parties if waits_with_music(party, parties)) == music
    maya = next((party for party in parties if party.peer == "maya"), None)
    assert " ".join(sorted(recorded(maya, parties))) == kept if maya else not kept


@pytest.mark.parametrize(("parties", "heard"), [row[:2] for row in STANDINGS.values()], ids=STANDINGS)
def test_what_the_pages_send_is_what_may_be_heard(parties, heard):
    """Through whichever page it goes, every voice arrives where the matrix says, once, and nowhere else."""
    arrived = [
        f"{listener.peer}<{voice}"
        for speaker, listener in product(parties, parties)
        for voice in sources(speaker, listener, parties)
    ]
    assert " ".join(sorted(arrived)) == heard


def test_a_colleague_asked_in_private_is_never_even_joined_to_the_customer():
    assert not connected(ASKED, HELD)
    assert not connected(LEE, ASKED)
    assert not connected(PETE, ASKED)
    assert connected(ASKED, MAYA)


def test_only_the_agent_listened_through_is_joined_to_a_supervisor():
    assert connected(SAM, MAYA)
    assert not connected(SAM, LEE)
    assert not connected(OMAR, SAM)
