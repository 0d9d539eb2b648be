"""The 28 rules of routing, each of which was broken once in a system that was in use: every one has tests by its name.

What each rule says is below in a few words; `pytest -k r17` runs what proves R17, here and in the browser.
"""

import re
from collections import Counter
from pathlib import Path

RULES = {
    1: "two routers never give one piece of work to two people",
    2: "what a person does during a pass is never written over",
    3: "nobody's weighted load exceeds their capacity, however many routers and people race",
    4: "what is completed once is counted once",
    5: "freed capacity serves the oldest eligible work within a second",
    6: "oldest first per priority; a further message does not lose the place",
    7: "what cannot be served does not hold up the next",
    8: "an offer that times out goes to the next agent and keeps its place; after n misses its agent is left out",
    9: "declining excludes for a while, not for ever",
    10: "who leaves with an open offer, or with open chats, loses no customer",
    11: "a closed tab is not lunch: a short absence takes nothing away, a long one does",
    12: "a status that a person chose is never overwritten by a machine",
    13: "a status chosen while working begins when the work ends, once",
    14: "a wrap-up is honoured by all queues, and after transfers",
    15: "a wrap-up ends by the server's timer, with the browser closed",
    16: "chats never starve calls, nor calls chats",
    17: "relaxation widens the pool at its second and keeps the place; at once where nobody is there",
    18: "what is over is never routed",
    19: "who may not have the work (queue, channel, skill) never gets it",
    20: "who is disabled leaves at once",
    21: "without agents, or with the queue closed, the no-agent rule holds",
    22: "a restart of any process at any moment loses nothing and doubles nothing",
    23: "a transfer excludes the sender and keeps the original wait",
    24: "a preferred agent is waited for so long and no longer",
    25: "queues do not disturb each other",
    26: "two first messages of one visitor make one conversation",
    27: "whose turn it is survives restarts and rereading",
    28: "with ten thousand waiting a pass stays bounded",
}
NAMED = re.compile(r"^def test_((?:r\d+_)+)", re.MULTILINE)


def test_every_rule_has_tests_by_its_name():
    tests = Path(__file__).resolve().parents[2]
    proved = Counter(
        int(number)
        for file in tests.rglob("test_*.py")
        for names in NAMED.findall(file.read_text())
        for number in re.findall(r"\d+", names)
    )
    assert [number for number in RULES if not proved[number]] == []
    assert set(proved) <= set(RULES), "a rule nobody has written down"
