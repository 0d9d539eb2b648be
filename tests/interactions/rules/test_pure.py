"""Rules as JSON, without a database: laid over each other, compared, refused, doubted."""

import copy
from typing import Any

import pytest

from interactions.rules.change import changes, summary
from interactions.rules.check import refusals
from interactions.rules.doubts import doubts
from interactions.rules.form import malformed
from interactions.rules.merge import as_of_today, complete, merge, without_ids

SKELETON = {
    "skills": {"Dutch": {"id": 1}},
    "teams": {"Support": {"id": 1}},
    "hours": {"Office": {"id": 1}},
    "agents": {
        "maya": {
            "id": 1,
            "team": "Support",
            "capacities": {"chat": {"maximum": 3}, "voice": {"maximum": 1}},
            "skills": {"Dutch": {"level": 3}},
        },
        "ines": {"id": 2, "engagement": "informal", "capacities": {"chat": {"maximum": 1}}},
    },
    "queues": {
        "Support": {"id": 1, "teams": {"Support": {"rank": 1}}, "skills": {"Dutch": {"level": 2}}},
        "Sales": {"id": 2, "agents": {"maya": {}, "ines": {}}},
    },
    "entry_points": {"web": {"id": 1, "name": "Web", "queue": "Support"}},
}


@pytest.fixture
def rules() -> dict[str, Any]:
    """Support, asked in Dutch, served by a team of Maya; Sales by her and Ines, who is informal."""
    return complete(copy.deepcopy(SKELETON), {})


def told(found) -> list[str]:
    return [str(one) for one in found]


def test_what_is_left_out_is_as_usual_and_the_whole_is_sound(rules):
    support = rules["queues"]["Support"]
    assert (support["priority"], support["point_counts"], support["overflow_after"]) == (0, 60, 60)
    assert support["skills"] == {"Dutch": {"level": 2, "required": True}}
    assert rules["agents"]["maya"]["capacities"]["chat"] == {"maximum": 3, "units": None, "interrupted_by": None}
    assert refusals(rules) == []
    assert doubts(rules) == []


def test_changes_are_laid_over_and_null_takes_away(rules):
    step = {"1": {"after": 30, "informal": True}}
    merged = merge(rules, {"queues": {"Support": {"priority": 3, "skills": {"Dutch": None}, "steps": step}}})
    assert merged["queues"]["Support"]["priority"] == 3
    assert merged["queues"]["Support"]["skills"] == {}
    assert merged["queues"]["Support"]["steps"] == step
    assert merged["queues"]["Sales"] == rules["queues"]["Sales"]
    assert rules["queues"]["Support"]["priority"] == 0, "the old ones are as they were"
    assert (
        merge(rules, {"queues": {"Support": {"overflow_after": None}}})["queues"]["Support"]["overflow_after"] is None
    )
    assert merge(rules, {"queues": {"Sales": None}})["queues"].keys() == {"Support"}
    whole = complete(merged, rules)
    assert whole["queues"]["Support"]["steps"]["1"]["add_team"] is None


def test_said_as_a_whole_is_what_belongs_to_something(rules):
    part = {"queues": {"Sales": {"agents": {"ines": {"rank": 2}}, "priority": 4}}}
    sales = complete(part, rules)["queues"]["Sales"]
    assert sales["agents"] == {"ines": {"rank": 2}}
    assert sales["priority"] == 4
    assert sales["answer_within"] == 20
    assert complete(part, rules)["queues"]["Support"] == rules["queues"]["Support"]


def test_things_are_found_again_under_new_names(rules):
    now = copy.deepcopy(rules)
    now["queues"]["Help"] = now["queues"].pop("Support")
    now["entry_points"]["web"]["queue"] = "Help"
    now["agents"]["maya.lind"] = now["agents"].pop("maya")
    now["queues"]["Sales"]["agents"]["maya.lind"] = now["queues"]["Sales"]["agents"].pop("maya")
    today, gone = as_of_today(rules, now)
    assert today == now
    assert gone == []
    assert told(changes(rules, now)) == ["maya.lind: name maya → maya.lind", "Help: name Support → Help"]


def test_people_and_hours_that_are_gone_are_left_out_and_said_the_rest_is_made_anew(rules):
    rules["queues"]["Support"]["hours"] = "Office"
    now = copy.deepcopy(rules)
    del now["agents"]["maya"], now["hours"]["Office"], now["skills"]["Dutch"], now["queues"]["Sales"]
    now["agents"]["ines"]["backup"] = None
    rules["agents"]["ines"]["backup"] = "maya"
    today, gone = as_of_today(rules, now)
    assert sorted(told(gone)) == ["agent maya", "business hours Office"]
    assert today["agents"]["ines"]["backup"] is None
    assert today["queues"]["Sales"]["agents"].keys() == {"ines"}
    assert today["queues"]["Support"]["hours"] is None
    assert today["queues"]["Support"]["skills"].keys() == {"Dutch"}
    assert "id" not in today["queues"]["Sales"], "a new one"


def test_without_ids_things_are_known_by_name(rules):
    today, gone = as_of_today(without_ids(rules), rules)
    assert (today, gone) == (rules, [])


def test_differences_are_told_in_words(rules):
    after = merge(
        rules,
        {
            "queues": {
                "Support": {
                    "overflow_after": None,
                    "ordering": "strict",
                    "prefer_last_agent": True,
                    "overflow_to": "Sales",
                    "skills": {"Dutch": {"level": 1}},
                    "steps": {"1": {"after": 30, "skills": {"Dutch": {"level": 0}}}},
                },
                "Sales": {"agents": {"maya": None}},
            },
            "agents": {"maya": {"capacities": {"voice": None, "chat": {"interrupted_by": ["voice"]}}}},
        },
    )
    assert told(changes(rules, complete(after, rules))) == [
        "maya · capacity Chat: may be interrupted by – → Voice",
        "maya · capacity Voice taken away",
        "Support: order of the line by age, priority counting as waiting → by priority, then age",
        "Support: to the same agent again no → yes",
        "Support: informal employees after 60 s → –",
        "Support: overflows to – → Sales",
        "Support · skill a queue asks Dutch: at least 2 → 1",
        "Support · step of relaxation 1 added (after 30 s, Dutch as usual)",
        "Sales · membership maya taken away",
    ]
    assert changes(rules, rules) == []


def test_a_summary_says_what_there_is_room_for_and_how_many_more(rules):
    many = {"queues": {name: {"priority": 3, "answer_within": 40, "miss_limit": 5} for name in ("Support", "Sales")}}
    found = changes(rules, merge(rules, many))
    assert summary(found, 60) == "Support: priority 0 → 3; 5 more changes"
    assert summary(found[:1], 24) == "Support: priority 0 → 3"
    assert summary(found, 10) == "6 more cha"
    assert summary(found).endswith("Sales: missed offers in a row 2 → 5")


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"queues": {"Support": {"overflow_to": "Sales"}, "Sales": {"overflow_to": "Support"}}}, "in a circle"),
        ({"agents": {"maya": {"backup": "ines"}, "ines": {"backup": "maya"}}}, "in a circle"),
        ({"agents": {"maya": {"backup": "maya"}}}, "Nobody is their own back-up."),
        ({"agents": {"maya": {"capacities": {"chat": {"interrupted_by": ["chat"]}}}}}, "of its own channel"),
        ({"agents": {"maya": {"capacities": {"chat": {"units": 101}}}}}, "less than or equal to 100"),
        ({"queues": {"Support": {"offers": {"chat": {"rings_for": 20, "accepts_after": 20}}}}}, "only while it rings"),
        ({"queues": {"Support": {"steps": {"1": {"after": 9}}}}}, "asks nobody more"),
        ({"queues": {"Support": {"steps": {"1": {"after": 9, "skills": {"Dutch": {"level": 3}}}}}}}, "only asks less"),
        ({"queues": {"Support": {"steps": {"10": {"after": 9, "informal": True}}}}}, "less than or equal to 9"),
        ({"queues": {"Support": {"time_to_live": 5, "longest_wait": 6}}}, "set aside before"),
    ],
)
def test_what_cannot_work_is_refused_wherever_it_comes_from(rules, change, says):
    (reason,) = refusals(complete(merge(rules, change), rules))
    assert says in str(reason)


@pytest.mark.parametrize(
    "broken",
    [
        None,
        [],
        {"queues": []},
        {"queues": {"Support": 3}},
        {"queues": {"Support": {"steps": [1]}}},
        {"queues": {"Support": {"steps": {"one": {}}}}},
        {"queues": {"Support": {"skills": {"Dutch": 4}}}},
        {"queues": {"Support": {"ordering": "random"}}},
        {"queues": {"Support": {"priority": "high"}}},
        {"queues": {"Support": {"priority": 10**30}}},
        {"queues": {"Support": {"answer_within": -1}}},
        {"queues": {"Support": {"answer_within": float("nan")}}},
        {"queues": {"Support": {"answer_within": 1e300}}},
        {"queues": {"Support": {"answer_within": "soon"}}},
        {"queues": {"Support": {"answer_within": None}}},
        {"queues": {"Support": {"offers": {"telepathy": {"rings_for": 20}}}}},
        {"queues": {"Support": {"overflow_to": 3}}},
        {"queues": {"Support": {"colour": "red"}}},
        {"queues": {"n" * 121: {}}},
        {"agents": {"maya": {"capacities": {"chat": {"interrupted_by": "voice"}}}}},
        {"entry_points": {"web": {"queue": None}}},
        {"spells": {}},
    ],
)
def test_what_are_no_rules_is_told_apart_and_never_breaks(broken):
    assert malformed(broken, partly=True)
    assert refusals(broken)


def test_parts_are_fine_and_the_whole_has_to_name_what_there_is(rules):
    part = {"queues": {"Support": {"overflow_to": "Elsewhere", "teams": {"Nobody": {"rank": 1}}}}}
    assert malformed(part, partly=True) == []
    assert "There is no “Elsewhere”." in " ".join(told(refusals(complete(part, rules))))


DOUBTS = [
    (
        {"queues": {"Support": {"skills": {"Dutch": {"level": 5}}}}},
        [
            "Support: Nobody can take its work (Chat): no member has all its skills and a place there.",
            "Support: It asks for Dutch at level 5; the best anybody has is 3.",
        ],
    ),
    (
        {
            "queues": {
                "Support": {"skills": {"Dutch": {"level": 5}}, "steps": {"1": {"skills": {"Dutch": {"level": 4}}}}}
            }
        },
        [
            "Support: Nobody can take its work (Chat): no member has all its skills and a place there. "
            "Not even after its last step.",
            "Support: It asks for Dutch at level 4; the best anybody has is 3.",
        ],
    ),
    (
        {
            "queues": {
                "Support": {"skills": {"Dutch": {"level": 5}}, "steps": {"1": {"skills": {"Dutch": {"level": 3}}}}}
            }
        },
        [],
    ),
    ({"queues": {"Support": {"skills": {"Dutch": {"level": 5, "required": False}}}}}, []),
    (
        {"entry_points": {"web": {"channel": "email"}}},
        ["Support: Nobody can take its work (Email): no member has all its skills and a place there."],
    ),
    (
        {"queues": {"Support": {"ordering": "strict"}, "Sales": {"agents": {"ines": None}}}},
        ["Support: It is strict: while work waits here, nobody is free for Sales, which has no other people."],
    ),
    ({"queues": {"Support": {"ordering": "strict"}}}, []),
    (
        {"queues": {"Sales": {"longest_line": 5, "agents": {"maya": None, "ines": None}}}},
        [
            "Sales: Nobody can take its work: no member has all its skills.",
            "Sales: Its line is limited, but nobody serves it: it fills up and stays full.",
        ],
    ),
    (
        {"queues": {"Support": {"strategy": "round_robin"}}},
        ["Support: Its work goes round in turn, but only one person serves it."],
    ),
    (
        {"queues": {"Support": {"steps": {"1": {"informal": True}}}}},
        ["Support: A step asks its informal employees, but it has none with its skills."],
    ),
    (
        {"queues": {"Support": {"skills": {"Dutch": None}, "steps": {"1": {"informal": True, "add_queue": "Sales"}}}}},
        [],
    ),
    (
        {"agents": {"maya": {"capacities": {"chat": {"units": 50}}}}},
        ["maya: Chat: 3 at once, but only 2 of 50 units fit into 100."],
    ),
]


@pytest.mark.parametrize(("change", "doubted"), DOUBTS)
def test_what_nobody_can_have_meant_is_warned_about(rules, change, doubted):
    for queue in change.get("queues", {}).values():
        for step in queue.get("steps", {}).values():
            step.setdefault("after", 30)
    changed = complete(merge(rules, copy.deepcopy(change)), rules)
    assert refusals(changed) == []
    assert told(doubts(changed)) == doubted
