"""Roles and their doors: who gets in, who is sent to sign in, who is refused; and guesses at passwords."""

from types import SimpleNamespace
from typing import Any

import pytest
import redis
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.test import RequestFactory

from agents import guesses
from agents.access import (
    PersonBackend,
    administrator_required,
    agent_required,
    person_required,
    supervisor_required,
)
from agents.forms import SignInForm
from agents.models import Agent, Person

pytestmark = pytest.mark.django_db
GUARDS = {"person": person_required, "agent": agent_required, "supervisor": supervisor_required} | {
    "administrator": administrator_required
}


@pytest.fixture
def people() -> dict[str, Any]:
    def make(username: str, role: str = "agent", engagement: str = "") -> Person:
        person = Person.objects.create_user(username, password="demo", name=username.title(), role=role)
        if engagement:
            Agent.objects.create(person=person, engagement=engagement)
        return PersonBackend().get_user(person.pk)

    return {
        "maya": make("maya", engagement="formal"),
        "ines": make("ines", engagement="informal"),
        "sam": make("sam", "supervisor"),
        "admin": make("admin", "administrator"),
        "nobody": AnonymousUser(),
    }


@pytest.fixture(autouse=True)
def no_guesses_yet() -> None:
    guesses.valkey().flushdb()


def ask(guard: str, user: Any) -> HttpResponse:
    request = RequestFactory().get("/somewhere/")
    request.user = user
    return GUARDS[guard](lambda request: HttpResponse(repr(request.agent)))(request)


@pytest.mark.parametrize(
    ("guard", "let_in"),
    [
        ("person", {"maya", "ines", "sam", "admin"}),
        ("agent", {"maya", "ines"}),
        ("supervisor", {"sam", "admin"}),
        ("administrator", {"admin"}),
    ],
)
def test_each_door_opens_for_its_roles(people, guard, let_in):
    for name, person in people.items():
        if name == "nobody":
            response = ask(guard, person)
            assert response.status_code == 302
            assert response.url.startswith("/login/?next=")
        elif name in let_in:
            assert ask(guard, person).status_code == 200
        else:
            with pytest.raises(PermissionDenied):
                ask(guard, person)


def test_the_agent_comes_with_the_person_in_one_query(people, client, django_assert_num_queries):
    client.force_login(people["maya"])
    with django_assert_num_queries(2):
        assert client.get("/").status_code == 302


@pytest.mark.parametrize(
    ("name", "place"), [("maya", "/desk/"), ("ines", "/desk/"), ("sam", "/wallboard/"), ("admin", "/admin/")]
)
def test_home_sends_everyone_to_their_place(people, client, name, place):
    client.force_login(people[name])
    assert client.get("/").url == place


def test_home_asks_strangers_to_sign_in(client):
    assert client.get("/").url == "/login/?next=/"


def test_a_deactivated_person_is_out_at_once(people, client):
    client.force_login(people["maya"])
    Person.objects.filter(username="maya").update(is_active=False)
    assert client.get("/").url == "/login/?next=/"


def test_signing_out_closes_the_screens_and_needs_a_post(people, client, monkeypatch):
    closed = []
    monkeypatch.setattr("agents.models.person.push", lambda group, event: closed.append((group, event["code"])))
    client.force_login(people["maya"])
    assert client.get("/logout/").status_code == 405
    assert client.post("/logout/").url == "/login/"
    assert closed == [(f"person-{people['maya'].pk}", 4000)]
    assert client.get("/").url == "/login/?next=/"


def test_a_new_password_closes_the_screens_and_ends_other_sessions(people, client, monkeypatch):
    closed = []
    client.force_login(people["maya"])
    monkeypatch.setattr("agents.models.person.push", lambda group, event: closed.append(group))
    person = Person.objects.get(username="maya")
    person.set_password("something quite new")
    person.save()
    assert closed == [person.screen]
    assert client.get("/").url == "/login/?next=/"


def refusal(username: str, password: str, address: str) -> str | None:
    """Why signing in is refused: "invalid_login", "throttled", or not at all."""
    request = RequestFactory().post("/login/", REMOTE_ADDR=address)
    form = SignInForm(request, {"username": username, "password": password})
    return None if form.is_valid() else form.errors.as_data()["__all__"][0].code


@pytest.mark.parametrize("username", ["maya", "nobody-of-that-name"])
def test_guessing_one_account_is_stopped_even_from_many_addresses(people, username):
    for n in range(guesses.TRIES_PER_ACCOUNT):
        assert refusal(username, "wrong", f"10.0.0.{n}") == "invalid_login"
    assert refusal(username.upper(), "demo", "10.9.9.9") == "throttled"
    assert refusal(username, "demo", "10.9.9.9") == "throttled"


def test_guessing_many_accounts_from_one_address_is_stopped(people):
    for n in range(guesses.TRIES_PER_ADDRESS):
        guesses.may_guess(f"person-{n}", "10.0.0.1")
    assert refusal("maya", "demo", "10.0.0.1") == "throttled"
    assert refusal("maya", "demo", "10.0.0.2") is None


def test_the_right_password_starts_afresh(people):
    for _try in range(3):
        for _miss in range(guesses.TRIES_PER_ACCOUNT - 1):
            guesses.may_guess("maya", "10.0.0.1")
        assert refusal("maya", "demo", "10.0.0.1") is None


def test_an_address_is_believed_only_from_our_own_proxy(settings):
    meta = {"REMOTE_ADDR": "10.0.0.1", "HTTP_X_FORWARDED_FOR": "6.6.6.6, 7.7.7.7"}
    assert guesses.address_of(SimpleNamespace(META=meta)) == "10.0.0.1"
    settings.TRUST_PROXY = True
    assert guesses.address_of(SimpleNamespace(META=meta)) == "7.7.7.7"


def test_without_valkey_people_can_still_sign_in(people, client, monkeypatch):
    nowhere = redis.Redis.from_url("redis://127.0.0.1:1/0", socket_timeout=1)
    monkeypatch.setattr(guesses, "valkey", lambda: nowhere)
    assert client.post("/login/", {"username": "maya", "password": "demo"}).url == "/"
