"""Rules in the database: read, kept as versions, put back, exported and imported; places follow them at once."""

import json
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from agents.models import Agent, AgentSkill, Capacity, Person, Skill
from interactions.models import (
    EntryPoint,
    Hours,
    Interaction,
    Membership,
    OfferRule,
    Queue,
    QueueSkill,
    RulesVersion,
    Step,
    StepSkill,
)
from interactions.rules.check import refusals
from interactions.rules.merge import merge
from interactions.rules.snapshot import snapshot
from interactions.rules.versions import Refused, apply, changing, plan, rules_at
from tests.cast import make_active, make_agent, make_chat, make_entry_point, make_queue, make_skill, make_team
from tests.interleaving import sessions

pytestmark = pytest.mark.django_db


@pytest.fixture
def centre(maya, omar, ines, queue, billing, entry_point):
    """A queue with one of everything."""
    AgentSkill.objects.create(agent=maya, skill=make_skill("Dutch"), level=4)
    QueueSkill.objects.create(queue=queue, skill=make_skill("Dutch"), level=3)
    OfferRule.objects.create(queue=queue, channel="chat", rings_for=timedelta(seconds=25), rings_at=2)
    Membership.objects.create(queue=queue, agent=omar, rank=2)
    step = Step.objects.create(queue=queue, position=1, after=timedelta(seconds=30), add_queue=billing)
    StepSkill.objects.create(step=step, skill=make_skill("Dutch"), level=1)
    Agent.objects.filter(pk=maya.pk).update(backup=omar)
    return queue


def row_counts() -> list[int]:
    models = [Queue, QueueSkill, OfferRule, Membership, Step, StepSkill, Agent, AgentSkill, Capacity, EntryPoint]
    return [model._default_manager.count() for model in models]


def test_a_snapshot_is_json_of_names_and_costs_the_same_for_few_and_many(centre, maya, django_assert_max_num_queries):
    rules = json.loads(json.dumps(snapshot()))
    assert rules == snapshot()
    assert refusals(rules) == []
    support = rules["queues"]["Support"]
    assert support["id"] == centre.pk
    assert support["skills"] == {"Dutch": {"level": 3, "required": True}}
    assert support["offers"] == {"chat": {"rings_for": 25, "accepts_after": None, "rings_at": 2}}
    assert support["teams"] == {"Support": {"rank": 1}}
    assert support["agents"] == {"omar": {"rank": 2}}
    assert support["steps"]["1"]["after"] == 30
    assert support["steps"]["1"]["add_queue"] == "Billing"
    assert support["steps"]["1"]["skills"] == {"Dutch": {"level": 1}}
    assert rules["agents"]["maya"]["backup"] == "omar"
    assert rules["agents"]["maya"]["capacities"].keys() == {"voice", "chat"}
    assert rules["entry_points"]["support"]["queue"] == "Support"
    assert "emergency" not in support
    for number in range(5):
        make_queue(f"More {number}", agents=[make_agent(f"Agent{number} Doe", skills={f"Skill {number}": 2})])
    with django_assert_max_num_queries(20):
        snapshot()


def test_who_is_deactivated_is_no_part_of_the_rules_but_keeps_the_place(centre, omar):
    rules = snapshot()
    Person.objects.filter(pk=omar.person_id).update(is_active=False)
    assert "omar" not in str(snapshot())
    done = apply(rules, by=None)
    assert [str(gone) for gone in done.gone] == ["agent omar"]
    Person.objects.filter(pk=omar.person_id).update(is_active=True)
    assert snapshot() == rules


def test_every_change_is_undone_by_going_back(centre, billing, admin):
    before, counts = snapshot(), row_counts()
    with changing(admin):
        Queue.objects.filter(pk=centre.pk).update(priority=5, overflow_after=None, name="Help")
        Queue.objects.filter(pk=billing.pk).update(overflow_to=centre, overflow_action="queue")
        Step.objects.all().delete()
        Step.objects.create(queue=billing, position=2, after=timedelta(seconds=9), informal=True)
        OfferRule.objects.update(rings_for=timedelta(seconds=40))
        QueueSkill.objects.all().delete()
        Membership.objects.filter(agent__isnull=False).delete()
        AgentSkill.objects.update(level=5)
        Capacity.objects.filter(channel="chat").update(maximum=7, interrupted_by=["voice"])
        Agent.objects.update(backup=None, cool_down=timedelta(seconds=99))
        EntryPoint.objects.update(queue=billing, priority=3, name="Other")
    assert row_counts() != counts
    first, second = RulesVersion.objects.order_by("pk")
    assert (first.by, second.by) == (None, admin)
    assert first.rules == before
    done = apply(first.rules, by=admin, restores=first)
    assert done.gone == []
    now = snapshot()
    assert now["queues"]["Help"] | {"id": 0} == before["queues"]["Support"] | {"id": 0}, "under its new name"
    assert now["agents"] == before["agents"]
    assert now["queues"]["Billing"] == before["queues"]["Billing"]
    assert now["entry_points"]["support"] == before["entry_points"]["support"] | {"queue": "Help"}
    assert row_counts() == counts
    newest = RulesVersion.objects.first()
    assert newest is not None
    assert (newest.restores, newest.rules) == (first, now)
    assert apply(now, by=admin).changes == []
    assert RulesVersion.objects.first() == newest, "nothing changed, so no version"


def test_what_came_since_stays_and_what_went_is_made_anew(centre, billing, admin):
    with changing(admin):
        Queue.objects.filter(pk=billing.pk).update(priority=1)
    old = RulesVersion.objects.first()
    assert old is not None
    with changing(admin):
        Step.objects.all().delete()
        QueueSkill.objects.all().delete()
        Skill.objects.filter(name="Dutch").delete()
        Queue.objects.filter(pk=billing.pk).delete()
        vip = make_queue("VIP", agents=[make_agent("Kim Lee")])
    done = apply(old.rules, by=admin, restores=old)
    assert done.gone == []
    assert Queue.objects.get(pk=vip.pk).memberships.count() == 1
    assert Queue.objects.get(name="Billing").priority == 1
    assert Step.objects.get().add_queue == Queue.objects.get(name="Billing")
    assert AgentSkill.objects.get(skill__name="Dutch").level == 4


def test_business_hours_that_are_gone_are_left_out_and_said(centre):
    hours = Hours.objects.create(name="Office")
    Queue.objects.update(hours=hours)
    rules = snapshot()
    Queue.objects.update(hours=None)
    hours.delete()
    assert [str(gone) for gone in apply(rules, by=None).gone] == ["business hours Office"]
    assert Queue.objects.filter(hours=None).count() == 2


def test_what_cannot_work_is_refused_and_nothing_is_written(centre, maya, entry_point):
    before = snapshot()
    circle = {"Support": {"overflow_to": "Billing", "priority": 9}, "Billing": {"overflow_to": "Support"}}
    with pytest.raises(Refused, match="in a circle"):
        apply(merge(before, {"queues": circle}), by=None)
    chat = make_chat(entry_point)
    make_active(chat, maya)
    less = merge(before, {"queues": {"Support": {"priority": 9}}, "agents": {"maya": {"capacities": {"chat": None}}}})
    with pytest.raises(Refused, match="Maya Lind has 1 in hand on Chat right now"):
        apply(less, by=None)
    with pytest.raises(Refused, match="The database refuses it"):
        apply(merge(before, {"queues": {"A\0B": {}}}), by=None)
    assert snapshot() == before
    assert not RulesVersion.objects.exists()


def test_a_change_behind_our_back_is_nobodys(centre, admin):
    with changing(admin):
        Queue.objects.filter(pk=centre.pk).update(priority=1)
    Queue.objects.filter(pk=centre.pk).update(priority=2)
    with changing(admin):
        Queue.objects.filter(pk=centre.pk).update(priority=3)
    told = [(version.by, version.note) for version in RulesVersion.objects.order_by("pk")]
    assert told == [
        (None, "As they were found"),
        (admin, "Support: priority 0 → 1"),
        (None, "Changed elsewhere: Support: priority 1 → 2"),
        (admin, "Support: priority 2 → 3"),
    ]


def test_which_rules_held_when(centre, admin):
    today = snapshot()
    assert rules_at(timezone.now()) == today
    with changing(admin):
        Queue.objects.filter(pk=centre.pk).update(priority=1)
    first, second = RulesVersion.objects.order_by("pk")
    RulesVersion.objects.filter(pk=first.pk).update(at=second.at - timedelta(hours=2))
    assert rules_at(second.at) == second.rules
    assert rules_at(second.at - timedelta(hours=1)) == first.rules == today
    assert rules_at(second.at - timedelta(days=9)) == first.rules, "as far back as is known"


@pytest.mark.django_db(transaction=True)
def test_two_who_save_at_once_come_one_after_the_other(admin, billing):
    def raise_priority() -> None:
        with changing(admin):
            Queue.objects.filter(pk=billing.pk).update(priority=Queue.objects.get(pk=billing.pk).priority + 1)

    def rename() -> None:
        with changing(admin):
            Queue.objects.filter(pk=billing.pk).update(miss_limit=7)

    with sessions("first", "second") as (first, second):
        with first.holding():
            first.do(raise_priority)
            late = second.start(rename)
            second.waits()
        late.result(30)
    notes = list(RulesVersion.objects.order_by("pk").values_list("note", flat=True))
    assert notes == [
        "As they were found",
        "Billing: priority 0 → 1",
        "Billing: missed offers in a row 2 → 7",
    ]
    latest = RulesVersion.objects.first()
    assert latest is not None
    assert latest.rules == snapshot()


# places


def places() -> list[tuple[int, float, int]]:
    """(priority, seconds ahead, precedence) of what waits, in the order of the line."""
    line = Interaction.objects.filter(state__in=["queued", "offered"]).next_first()
    return [(i.priority, (i.place_from - i.place_at).total_seconds(), i.precedence) for i in line]


def test_what_waits_is_placed_anew_at_once_when_weights_change(admin, queue, billing, entry_point, maya):
    other = make_chat(make_entry_point(billing, key="bills"))
    first, second = make_chat(entry_point), make_chat(make_entry_point(queue, key="vip", priority=2))
    active = make_active(make_chat(make_entry_point(queue, key="busy")), maya)
    froms = dict(Interaction.objects.values_list("pk", "place_from"))
    apply({"queues": {"Support": {"priority": 3, "point_counts": 120}}}, by=admin)
    assert [i.pk for i in Interaction.objects.waiting().next_first()] == [second.pk, first.pk, other.pk]
    assert places() == [(5, 600, 0), (3, 360, 0), (0, 0, 0)]
    apply({"queues": {"Support": {"ordering": "strict"}}, "entry_points": {"bills": {"priority": 1}}}, by=admin)
    assert places() == [(5, 0, 5), (3, 0, 3), (1, 60, 0)]
    apply({"queues": {"Support": {"ordering": "aging", "priority": 0, "point_counts": 60}}}, by=admin)
    assert sorted(places()) == [(0, 0, 0), (1, 60, 0), (2, 120, 0)]
    assert dict(Interaction.objects.values_list("pk", "place_from")) == froms
    active.refresh_from_db()
    assert active.priority == 0


def test_the_places_are_one_statement_and_only_when_something_moves(
    admin, queue, entry_point, django_assert_num_queries
):
    make_chat(entry_point)
    with connection.execute_wrapper(counting := Counting()):
        apply({"queues": {"Support": {"priority": 3}}}, by=admin)
        assert counting.updates == 1
        apply({"queues": {"Support": {"miss_limit": 3}}}, by=admin)
        assert counting.updates == 1
    assert counting.woken == 2


@pytest.mark.django_db(transaction=True)
def test_what_somebody_is_just_moving_is_placed_anew_as_soon_as_they_are_done(admin, queue, entry_point):
    held, free = make_chat(entry_point), make_chat(entry_point)

    def hold() -> None:
        Interaction.objects.select_for_update().get(pk=held.pk)

    with sessions("desk", "office") as (desk, office):
        with desk.holding():
            desk.do(hold)
            late = office.start(apply, {"queues": {"Support": {"priority": 3}}}, by=admin)
            office.waits()
            assert dict(Interaction.objects.values_list("pk", "priority")) == {held.pk: 0, free.pk: 3}
            assert Queue.objects.get(pk=queue.pk).priority == 3, "nobody waits for the desk to see the new rules"
        late.result(30)
    assert places() == [(3, 180, 0), (3, 180, 0)]


class Counting:
    """Counts statements that move places, and wake-ups of the router."""

    updates = woken = 0

    def __call__(self, execute, sql, params, many, context):
        self.updates += "update interactions_interaction" in sql
        self.woken += sql.startswith("NOTIFY") or "pg_notify" in sql
        return execute(sql, params, many, context)


# as a file


def run(*args: str) -> tuple[int, str, str]:
    out, err = StringIO(), StringIO()
    code = 0
    try:
        call_command("rules", *args, stdout=out, stderr=err)
    except SystemExit as end:
        code = int(end.code or 0)
    return code, out.getvalue(), err.getvalue()


def test_rules_go_out_and_in_as_a_file(centre, admin, tmp_path):
    code, exported, _err = run("export")
    assert code == 0
    file = tmp_path / "rules.json"
    file.write_text(exported)
    nobody = "look at Billing: Nobody can take its work: no member has all its skills.\n"
    assert run("import", str(file)) == (0, f"{nobody}Nothing differs.\n", "")
    rules = json.loads(exported)
    assert "id" not in rules["queues"]["Support"]
    rules["queues"]["Support"]["answer_within"] = 45
    rules["queues"]["Support"]["agents"] = {"nobody": {"rank": 1}}
    file.write_text(json.dumps(rules))
    code, out, _err = run("import", "--check", str(file))
    assert code == 0
    assert "left out, since it is not there: agent nobody" in out
    assert "Support: answer within 20 s → 45 s" in out
    assert "Support · membership omar taken away" in out
    assert RulesVersion.objects.get().note == "As they were found"
    assert run("import", str(file), "--by", "ada", "--note", "From the pilot")[:2] == (code, out)
    newest = RulesVersion.objects.first()
    assert newest is not None
    assert (newest.by, newest.note) == (admin, "From the pilot")
    assert Queue.objects.get(name="Support").answer_within == timedelta(seconds=45)


@pytest.mark.parametrize("check", [[], ["--check"]])
def test_a_file_that_cannot_work_is_refused_with_an_exit_code(centre, tmp_path, check):
    file = tmp_path / "rules.json"
    file.write_text('{"queues": {"Support": {"overflow_action": "queue"}}}')
    code, out, err = run("import", *check, str(file))
    assert (code, out) == (1, "")
    assert err == "Support (overflow_to): Choose the queue it overflows to.\n"


def test_an_empty_house_is_set_up_from_a_file(tmp_path):
    rules = {
        "skills": {"Dutch": {}},
        "teams": {"Night": {}},
        "queues": {
            "A": {"overflow_to": "B", "overflow_action": "queue", "skills": {"Dutch": {"level": 2}}},
            "B": {"teams": {"Night": {"rank": 1}}},
        },
        "entry_points": {"web": {"name": "Web", "queue": "A"}},
    }
    file = tmp_path / "rules.json"
    file.write_text(json.dumps(rules))
    assert run("import", str(file))[0] == 0
    assert Queue.objects.get(name="A").overflow_to == Queue.objects.get(name="B")
    assert EntryPoint.objects.get().queue.skills.get().skill.name == "Dutch"
    assert plan(rules, snapshot()).changes == []
    assert make_team("Night").memberships.count() == 1
