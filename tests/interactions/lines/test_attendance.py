"""Who attends a line: waiting makes sense while somebody who could take the work is at work."""

from datetime import timedelta

import pytest

from interactions.lines.attendance import attended, attended_lines, places
from interactions.models import Membership, Step, StepSkill
from tests.cast import make_agent, make_queue, make_skill, make_team

pytestmark = pytest.mark.django_db


def test_r21_without_members_at_work_nobody_need_wait(maya, queue):
    assert attended(queue.pk, "chat")
    assert not attended(queue.pk, "email")
    maya.capacities.filter(channel="chat").update(load=2)
    assert attended(queue.pk, "chat"), "busy is at work"
    queue.memberships.all().delete()
    assert not attended(queue.pk, "chat")
    Membership.objects.create(queue=queue, agent=maya)
    assert attended(queue.pk, "chat")
    maya.choose_status("away", by=maya.person)
    assert not attended(queue.pk, "chat"), "finishing, then away: nothing new is taken"


def test_r21_who_does_not_respond_does_not_attend_the_line(maya, queue):
    assert attended(queue.pk, "chat")
    maya.miss(1)
    assert not attended(queue.pk, "chat")


def test_r21_a_reloaded_page_is_not_the_end_of_the_night_shift(maya, queue):
    maya.close_lease(maya.leases.get().connection)
    assert attended(queue.pk, "chat")
    maya.withhold("disconnected", why="no desk open")
    assert not attended(queue.pk, "chat")


def test_r19_r21_who_lacks_a_skill_does_not_attend_the_line(db):
    noor = make_agent("Noor", skills={"Dutch": 2})
    dutch = make_queue("Dutch", agents=[noor], skills={"Dutch": 3})
    assert not attended(dutch.pk, "chat")
    dutch.skills.update(required=False)
    assert attended(dutch.pk, "chat")


def test_r21_whom_a_later_step_asks_attends_the_line_too(db):
    """Lowering a skill, dropping it, another queue, another team: they will be asked, so waiting makes sense."""
    team = make_team("Sales")
    seller = make_agent("Sil", team=team, skills={"Dutch": 2})
    asking = make_queue("Dutch", skills={"Dutch": 3})
    step = Step.objects.create(queue=asking, position=1, after=timedelta(minutes=1), add_team=team)
    assert not attended(asking.pk, "chat")
    lowered = StepSkill.objects.create(step=step, skill=make_skill("Dutch"), level=2)
    assert attended(asking.pk, "chat")
    lowered.level = 0
    lowered.save()
    seller.skills.all().delete()
    assert attended(asking.pk, "chat")
    step.add_team, step.add_queue = None, make_queue("Sales", teams=[team])
    step.save()
    assert attended(asking.pk, "chat")
    step.add_queue = None
    step.save()
    assert not attended(asking.pk, "chat")


def test_r21_informal_employees_attend_a_line_that_may_ring_at_them(ines, queue):
    assert attended(queue.pk, "chat")
    queue.overflow_after = None
    queue.save()
    assert not attended(queue.pk, "chat")
    queue.overflow_action = "informal"
    queue.save()
    assert attended(queue.pk, "chat")


def test_many_lines_take_one_query(maya, queue, billing, django_assert_num_queries):
    with django_assert_num_queries(1):
        found = attended_lines([(queue.pk, "chat"), (queue.pk, "email"), (billing.pk, "chat")])
    assert found == {(queue.pk, "chat")}


def test_the_places_of_those_who_attend_a_line(maya, omar, ines, queue):
    assert (places(queue.pk, "chat"), places(queue.pk, "voice"), places(queue.pk, "sms")) == (5, 1, 0)
