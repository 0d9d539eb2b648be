"""What is configured so that it cannot work is said."""

from datetime import time

import pytest
from django.urls import reverse

from agents.models import Skill
from contactcenter.mail_url import mailers
from interactions.admin.problems import find_problems
from interactions.models import (
    Hours,
    HoursException,
    Mailbox,
    OpeningPeriod,
)
from tests.cast import (
    make_agent,
    make_entry_point,
    make_queue,
    make_skill,
)
from tests.interactions.admin.forms import address, queue_form

pytestmark = pytest.mark.django_db


def problems() -> list[tuple[str, str]]:
    request = type("Request", (), {})()
    return [(str(problem.about), problem.text) for problem in find_problems(request)]


def test_a_queue_nobody_can_serve_is_warned_about(office, maya):
    queue = make_queue("Dutch", agents=[maya], skills={"Dutch": 4})
    make_entry_point(queue)
    maya.skills.create(skill=Skill.objects.get(), level=3)
    text = ("Dutch", "Nobody can take its work (Chat): no member has all its skills and a place there.")
    assert text in problems()
    page = office.get(reverse("admin:index")).text
    assert "Nobody can take its work (Chat)" in page
    assert "Nobody can take its work (Chat)" in office.get(address(queue)).text
    assert "Nobody can take its work (Chat)" in office.get(address(queue, "changelist")).text
    saved = office.post(address(queue), queue_form(name="Dutch", priority=3), follow=True)
    assert "Nobody can take its work (Chat)" in saved.text
    maya.skills.update(level=4)
    assert problems() == []


def test_a_place_on_the_wrong_channel_serves_nobody(maya):
    make_entry_point(make_queue("Mail", agents=[maya]), channel="email")
    assert problems() == [("Mail", "Nobody can take its work (Email): no member has all its skills and a place there.")]


def test_a_door_that_is_closed_all_week_is_warned_about(maya):
    queue_hours = Hours.objects.create(name="Mondays")
    OpeningPeriod.objects.create(hours=queue_hours, weekday=0, opens=time(9), closes=time(17))
    door_hours = Hours.objects.create(name="Tuesdays")
    OpeningPeriod.objects.create(hours=door_hours, weekday=1, opens=time(9), closes=time(17))
    door = make_entry_point(make_queue(agents=[maya], hours=queue_hours), hours=door_hours)
    assert [about for about, _text in problems()] == [door.name]
    OpeningPeriod.objects.create(hours=door_hours, weekday=0, opens=time(16), closes=time(20))
    assert problems() == []


def test_hours_without_a_period_are_always_closed(maya):
    door = make_entry_point(make_queue(agents=[maya], hours=Hours.objects.create(name="Never")))
    assert [about for about, _text in problems()] == [door.name]
    HoursException.objects.create(hours=door.queue.hours, date="2020-01-01", name="Long ago")
    assert [about for about, _text in problems()] == [door.name]


def test_agents_without_capacity_or_queue_and_skills_nobody_has_are_warned_about(queue, maya):
    make_agent("Kim Lee", team=maya.team, capacities={})
    make_agent("Max Doe")
    make_skill("Greek")
    assert problems() == [
        ("Kim Lee", "Has no capacity on any channel, so nothing is ever offered."),
        ("Max Doe", "Serves no queue, neither directly nor by team, so nothing is ever offered."),
        ("Greek", "Nobody has this skill."),
    ]


def test_a_mailbox_that_cannot_answer_is_warned_about(queue, settings):
    Mailbox.objects.create(entry_point=make_entry_point(queue, "mail", channel="email"), address="help@example.com")
    told = ("help@example.com", "No mail server to send by is set (MAIL_URL): what agents write waits.")
    settings.MAILERS = mailers("")
    assert told in problems()
    settings.MAILERS = mailers("smtp://127.0.0.1:25")
    assert told not in problems()
