"""Forged requests, hosts and origins, and what a page may tell a browser to keep."""

from uuid import uuid4

import pytest
from django.conf import settings
from django.urls import reverse

from tests.cast import (
    PASSWORD,
)
from tests.contactcenter.attacks.helpers import doors, signed_in

pytestmark = pytest.mark.django_db

POSTS = [(name, route) for name, route in doors() if name not in ("conversation", "attachment", "canned-replies")]


@pytest.mark.parametrize(("name", "route"), [*POSTS, ("status", ""), ("logout", ""), ("login", "")])
def test_s53_no_change_without_the_csrf_token(maya, talk, name, route):
    browser = signed_in(maya, enforce_csrf_checks=True)
    key = uuid4() if "uuid" in route else talk.pk
    assert browser.post(reverse(name, args=[key] if route else [])).status_code == 403


@pytest.mark.parametrize("name", ["accept-offer", "decline-offer", "draft", "ending", "resumption", "wrap-up"])
def test_s53_a_link_changes_nothing(desk, talk, name):
    assert desk.get(reverse(name, args=[talk.pk])).status_code == 405


@pytest.mark.parametrize("name", ["status", "logout", "admin:logout"])
def test_s53_a_link_signs_nobody_out(desk, name):
    assert desk.get(reverse(name)).status_code in (302, 403, 405)
    assert desk.get("/desk/").status_code == 200


@pytest.mark.parametrize("to", ["//evil.example", "https://evil.example", "/\\evil.example", "javascript:alert(1)"])
def test_after_signing_in_nobody_is_sent_elsewhere(client, maya, to):
    client.force_login(maya.person)
    assert client.get("/login/", {"next": to}).url == "/"
    client.logout()
    door = client.get("/admin/login/", {"next": to}).url
    assert door.startswith("/login/?")
    assert client.post(door, {"username": "maya", "password": PASSWORD}).url == "/"


@pytest.mark.parametrize(
    "path",
    [
        *("/", "/login/", "/desk/", "/nowhere", "/admin/", "/logout/", "/healthz", "/static/icons.svg"),
        *("/visit/support/", "/visit/none/", "/widget.js"),
        *("/visit/support/config/", "/visit/support/sessions/", "/visit/none/config/"),
    ],
)
def test_every_answer_carries_the_strict_policy_and_is_framed_by_nobody(client, desk, entry_point, path):
    for browser in (client, desk):
        reply = browser.get(path)
        policy = reply["Content-Security-Policy"]
        assert "unsafe" not in policy
        assert "default-src 'self'" in policy
        assert "frame-ancestors 'none'" in policy
        assert reply["X-Frame-Options"] == "DENY"
        assert reply["X-Content-Type-Options"] == "nosniff"
        assert reply["Referrer-Policy"] == "same-origin"


def test_an_unknown_host_is_refused(client, entry_point):
    assert client.get("/visit/support/config/", headers={"Host": "evil.example"}).status_code == 400


@pytest.mark.parametrize(
    "origin", ["https://evil.example", "null", "file://", "http://[", "http://testserver.evil.example"]
)
def test_s7_a_foreign_or_malformed_origin_gets_nothing_and_no_other_one_may_use_cookies(client, entry_point, origin):
    reply = client.get("/visit/support/config/", headers={"Origin": origin})
    assert (reply.status_code, reply.json()["code"]) == (403, "origin")
    assert "Access-Control-Allow-Origin" not in reply
    ours = client.get("/visit/support/config/", headers={"Origin": "http://testserver"})
    assert ours["Access-Control-Allow-Origin"] == "http://testserver"
    assert "Access-Control-Allow-Credentials" not in ours


def test_private_pages_are_kept_by_nobody(desk, talk, sam):
    for path in ("/", "/desk/", f"/desk/{talk.pk}/", f"/interactions/{talk.pk}/messages/"):
        assert "no-store" in desk.get(path)["Cache-Control"], path
    assert "no-store" in desk.get(reverse("canned-replies", args=[talk.pk]))["Cache-Control"]
    desk.force_login(sam)
    assert "no-store" in desk.get("/wallboard/")["Cache-Control"]


def test_the_session_cookie_is_for_the_server_alone(client, maya):
    assert client.post("/login/", {"username": "maya", "password": PASSWORD}).status_code == 302
    cookie = client.cookies[settings.SESSION_COOKIE_NAME]
    assert (cookie["httponly"], cookie["samesite"]) == (True, "Lax")
