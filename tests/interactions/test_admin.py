"""The configuration in the admin: what is refused, what is warned about, and that work is only looked at."""

from datetime import time, timedelta

import pytest
from django.contrib.admin.models import LogEntry
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from agents.models import Capacity, Skill
from interactions.admin.problems import find_problems
from interactions.models import (
    CannedReply,
    EntryPoint,
    Hours,
    HoursException,
    Interaction,
    Membership,
    OpeningPeriod,
    Queue,
)
from tests.cast import (
    make_active,
    make_agent,
    make_chat,
    make_entry_point,
    make_person,
    make_queue,
    make_skill,
    make_team,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def office(client, admin):
    """A browser in which the administrator is signed in."""
    client.force_login(admin)
    return client


@pytest.fixture
def closed(monkeypatch) -> list[str]:
    groups: list[str] = []
    monkeypatch.setattr("agents.models.person.push", lambda group, event: groups.append(group))
    return groups


def address(obj, what: str = "change") -> str:
    kind = obj._meta.model_name
    if what in ("change", "delete"):
        return reverse(f"admin:{obj._meta.app_label}_{kind}_{what}", args=[obj.pk])
    return reverse(f"admin:{obj._meta.app_label}_{kind}_{what}")


def rows(prefix: str, *given: dict, initial: int = 0) -> dict[str, object]:
    """The fields of one inline."""
    data: dict[str, object] = {f"{prefix}-TOTAL_FORMS": len(given), f"{prefix}-INITIAL_FORMS": initial}
    for number, row in enumerate(given):
        data |= {f"{prefix}-{number}-{name}": value for name, value in row.items()}
    return data


def queue_form(*inlines: dict, **changes: object) -> dict[str, object]:
    data = {"name": "Support", "priority": 0, "answer_share": 80, "answer_within": 20}
    data |= {"excluded_for": 60, "miss_limit": 2, "overflow_after": 60, "wrap_up_within": 60, "return_after": 60}
    data |= {"abandoned_after": 300} | rows("skills") | rows("memberships") | changes
    for inline in inlines:
        data |= inline
    return data


def problems() -> list[tuple[str, str]]:
    request = type("Request", (), {})()
    return [(str(problem.about), problem.text) for problem in find_problems(request)]


# refused


@pytest.mark.parametrize(
    ("field", "value", "says"),
    [
        ("wrap_up_within", -1, "greater than or equal to 0"),
        ("wrap_up_within", 7200, "keeps the agent from all other work"),
        ("answer_within", 0, "At least one second"),
        ("excluded_for", 0, "At least one second"),
        ("answer_share", 101, "less than or equal to 100"),
    ],
)
def test_a_queue_that_could_not_work_is_refused(office, field, value, says):
    queue = make_queue()
    response = office.post(address(queue), queue_form(**{field: value}))
    assert response.status_code == 200
    assert says in response.text
    assert getattr(Queue.objects.get(), field) == getattr(queue, field)


def test_a_required_disposition_needs_a_wrap_up(office):
    queue = make_queue()
    assert (
        "allow a wrap-up" in office.post(address(queue), queue_form(wrap_up_within=0, disposition_required="on")).text
    )


def test_seconds_are_stored_as_spans_of_time(office):
    queue = make_queue()
    assert office.post(address(queue), queue_form(answer_within=45, overflow_after="")).status_code == 302
    queue.refresh_from_db()
    assert (queue.answer_within, queue.overflow_after) == (timedelta(seconds=45), None)


def test_a_member_is_an_agent_or_a_team(office, maya, team):
    queue = make_queue()
    both = rows("memberships", {"agent": maya.pk, "team": team.pk, "rank": 1})
    assert "either an agent or a team" in office.post(address(queue), queue_form(both)).text
    assert not Membership.objects.exists()


def test_capacity_is_not_lowered_below_what_is_in_hand(office, maya, entry_point):
    for _chat in range(2):
        make_active(make_chat(entry_point), maya)
    voice, chat = Capacity.objects.filter(agent=maya).order_by("-channel")
    assert chat.load == 2
    kept = {"id": voice.pk, "agent": maya.pk, "channel": "voice", "maximum": 1}
    for change in ({"maximum": 1}, {"maximum": 2, "DELETE": "on"}, {"maximum": 2, "channel": "sms"}):
        lowered = {"id": chat.pk, "agent": maya.pk, "channel": "chat"} | change
        data = {"engagement": "formal", "team": maya.team_id} | rows("capacities", kept, lowered, initial=2)
        response = office.post(address(maya), data | rows("skills") | rows("memberships"))
        assert "Maya Lind has 2 in hand on Chat right now" in response.text
    chat.refresh_from_db()
    assert (chat.maximum, chat.load) == (2, 2)


def test_saving_an_agent_leaves_alone_what_happened_meanwhile(office, maya, entry_point):
    chat = Capacity.objects.get(agent=maya, channel="chat")
    voice = Capacity.objects.get(agent=maya, channel="voice")
    kept = {"id": voice.pk, "agent": maya.pk, "channel": "voice", "maximum": 1}
    raised = {"id": chat.pk, "agent": maya.pk, "channel": "chat", "maximum": 4}
    data = {"engagement": "informal", "team": maya.team_id} | rows("capacities", kept, raised, initial=2)
    make_active(make_chat(entry_point), maya)
    maya.choose_status("away", by=maya.person)
    assert office.post(address(maya), data | rows("skills") | rows("memberships")).status_code == 302
    chat.refresh_from_db()
    maya.refresh_from_db()
    assert (chat.maximum, chat.load, maya.engagement, maya.next_status) == (4, 1, "informal", "away")


def test_opening_periods_do_not_overlap(office):
    hours = Hours.objects.create(name="Office")
    data = {"name": "Office", "time_zone": "UTC"} | rows("exceptions")
    early, late = (
        {"weekday": 0, "opens": "08:00", "closes": "13:00"},
        {"weekday": 0, "opens": "12:00", "closes": "17:00"},
    )
    assert (
        "Monday has two periods that overlap" in office.post(address(hours), data | rows("periods", early, late)).text
    )
    assert office.post(address(hours), data | rows("periods", early, late | {"opens": "13:00"})).status_code == 302


def test_a_canned_reply_knows_its_variables(office):
    form = {"shortcut": "Hello", "text": "Hello $customer_nam", "active": "on"}
    assert "There is no $customer_nam." in office.post(reverse("admin:interactions_cannedreply_add"), form).text
    form["text"] = "Hello $customer_name, that is $$5"
    assert office.post(reverse("admin:interactions_cannedreply_add"), form).status_code == 302
    assert CannedReply.objects.get().shortcut == "hello"


# entry points


def door_form(door: EntryPoint, **changes: object) -> dict[str, object]:
    fields = {name: getattr(door, name) for name in ("name", "channel", "priority", "title", "greeting", "accent")}
    return fields | {"queue": door.queue_id, "active": "on", "prechat": "", "allowed_origins": ""} | changes


def test_questions_and_origins_are_written_one_per_line(office, entry_point):
    data = door_form(entry_point, prechat="name | Your name | text | required\norder | Order number | text")
    data |= {"allowed_origins": "https://www.example.com/\n\nhttps://shop.example.com", "languages": ["nl", "en"]}
    assert office.post(address(entry_point), data).status_code == 302
    entry_point.refresh_from_db()
    assert entry_point.prechat == [
        {"name": "name", "label": "Your name", "type": "text", "required": True},
        {"name": "order", "label": "Order number", "type": "text", "required": False},
    ]
    assert entry_point.allowed_origins == ["https://www.example.com", "https://shop.example.com"]
    assert entry_point.languages == ["nl", "en"]
    assert "order | Order number | text" in office.get(address(entry_point)).text


@pytest.mark.parametrize(
    ("field", "value", "says"),
    [
        ("prechat", "name", "write name | label | type"),
        ("prechat", "age | Age | number", "the type is one of"),
        ("prechat", "a b | Age | text", "only letters, digits"),
        ("prechat", "a | A | text\na | B | text", "Two questions have the same name"),
        ("allowed_origins", "www.example.com", "An origin looks like"),
        ("accent", "red", "A colour looks like"),
    ],
)
def test_an_entry_point_that_could_not_work_is_refused(office, entry_point, field, value, says):
    response = office.post(address(entry_point), door_form(entry_point, **{field: value}))
    assert response.status_code == 200
    assert says in response.text


def test_the_secret_is_never_in_the_page_and_shown_once_when_new(office, entry_point):
    before = entry_point.secret
    page = office.get(address(entry_point)).text
    assert before not in page
    assert f"data-entry=&quot;{entry_point.key}&quot;" in page
    once = reverse("admin:interactions_entrypoint_secret", args=[entry_point.pk])
    assert before not in office.get(once).text
    told = office.post(once)
    entry_point.refresh_from_db()
    assert entry_point.secret != before
    assert entry_point.secret in told.text
    assert "no-store" in told["Cache-Control"]
    assert entry_point.secret not in office.get(once).text + office.get(address(entry_point)).text
    assert entry_point.secret not in str(LogEntry.objects.values_list("change_message", flat=True))


@pytest.mark.parametrize("lookup", ["secret__startswith", "queue__entry_points__secret__startswith", "secret"])
def test_nothing_secret_is_an_oracle(office, entry_point, lookup):
    listing = reverse("admin:interactions_entrypoint_changelist")
    assert office.get(listing, {lookup: "a"}).status_code == 400
    assert office.get(listing, {"o": "99"}).status_code == 200
    assert office.get(listing, {"queue__id__exact": entry_point.queue_id}).status_code == 200


def test_only_administrators_make_secrets(client, entry_point):
    client.force_login(make_person("Mo", role="supervisor"))
    once = reverse("admin:interactions_entrypoint_secret", args=[entry_point.pk])
    assert client.post(once, follow=True).status_code == 403
    assert EntryPoint.objects.get().secret == entry_point.secret


# warned about


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


# set off


def test_a_change_of_membership_gives_members_and_who_leads_them_a_new_view(office, closed, maya, omar, sam):
    other = make_agent("Kim Lee", team=make_team("Elsewhere"))
    queue = make_queue(agents=[maya])
    closed.clear()
    membership = Membership.objects.get()
    moved = rows("memberships", {"id": membership.pk, "queue": queue.pk, "agent": other.pk, "rank": 1}, initial=1)
    assert office.post(address(queue), queue_form(moved)).status_code == 302
    assert set(closed) == {maya.person.screen, other.person.screen, sam.screen}
    closed.clear()
    assert office.post(address(queue), queue_form(rows("memberships", initial=0), name="Renamed")).status_code == 302
    assert closed == []


# looked at


@pytest.mark.parametrize("kind", ["interaction", "customer"])
def test_work_is_only_looked_at(office, maya, entry_point, kind):
    chat = make_active(make_chat(entry_point, text="Hello <b>there</b>"), maya)
    obj = chat if kind == "interaction" else chat.customer
    assert office.get(address(obj, "changelist")).status_code == 200
    assert office.get(address(obj)).status_code == 200
    assert office.get(address(obj, "add")).status_code == 403
    assert office.post(address(obj), {"state": "closed", "name": "Eve"}).status_code == 403
    assert office.post(address(obj, "delete"), {"post": "yes"}).status_code == 403
    assert (
        office.post(address(obj, "changelist"), {"action": "delete_selected", "_selected_action": obj.pk}).status_code
        != 500
    )
    assert Interaction.objects.get().state == "active"


def test_an_interaction_is_read_as_a_story_with_nothing_in_it_alive(office, maya, lee, entry_point):
    chat = make_active(make_chat(entry_point, lee, text="Hello <script>alert(1)</script>"), maya)
    chat.note(maya, "Knows us well")
    page = office.get(address(chat)).text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert page.index("Arrived") < page.index("&lt;script&gt;") < page.index("Accepted") < page.index("Knows us well")


@pytest.mark.parametrize(
    "address_", ["/admin/interactions/interaction/999/change/", "/admin/interactions/interaction/x/change/"]
)
def test_an_interaction_that_is_not_there(office, address_):
    assert office.get(address_, follow=True).status_code == 200


def test_what_has_a_history_is_not_deleted(office, entry_point):
    make_chat(entry_point)
    assert office.get(address(entry_point, "delete")).status_code == 403
    assert office.get(address(entry_point.queue, "delete")).status_code == 403


def test_every_page_opens_for_a_new_thing(office):
    for kind in ("queue", "entrypoint", "hours", "disposition", "cannedreply"):
        assert office.get(reverse(f"admin:interactions_{kind}_add")).status_code == 200
    for kind in ("agent", "team", "skill", "awayreason", "person"):
        assert office.get(reverse(f"admin:agents_{kind}_add")).status_code == 200
    assert office.get(reverse("admin:admin_logentry_changelist")).status_code == 200


def test_lists_cost_the_same_for_few_and_many(office):
    kinds = ["queue", "entrypoint", "hours", "interaction", "customer", "disposition", "cannedreply"]
    centre("a")
    few = {kind: queries(office, reverse(f"admin:interactions_{kind}_changelist")) for kind in kinds}
    for name in "bcde":
        centre(name)
    assert {kind: queries(office, reverse(f"admin:interactions_{kind}_changelist")) for kind in kinds} == few


def centre(name: str) -> None:
    """One more of everything a list shows."""
    agent = make_agent(f"Agent-{name} Doe", team=make_team(f"Team {name}"), skills={f"Skill {name}": 3})
    hours = Hours.objects.create(name=f"Hours {name}")
    OpeningPeriod.objects.create(hours=hours, weekday=0, opens=time(9), closes=time(17))
    HoursException.objects.create(hours=hours, date="2030-01-01", name="Holiday")
    queue = make_queue(f"Queue {name}", agents=[agent], teams=[agent.team], skills={f"Skill {name}": 2}, hours=hours)
    door = make_entry_point(queue, key=f"door-{name}")
    make_active(make_chat(door), agent).customer.remember_address("email", f"{name}@example.com")
    CannedReply.objects.create(shortcut=name, text="Hi").queues.add(queue)


def queries(client, url: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert client.get(url).status_code == 200
    return len(captured)
