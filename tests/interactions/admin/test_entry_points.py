"""Entry points in the admin: what is refused, and that the secret stays one."""

import pytest
from django.contrib.admin.models import LogEntry
from django.urls import reverse

from interactions.models import (
    EntryPoint,
)
from tests.cast import (
    make_person,
)
from tests.interactions.admin.forms import address

pytestmark = pytest.mark.django_db


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
