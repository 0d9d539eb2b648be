"""Signing in: by hand, as a person does, where it is part of the story; else with a session made beforehand."""

from urllib.parse import urljoin

from django.conf import settings
from django.test import Client
from playwright.sync_api import Page

from agents.models import Person
from tests.cast import PASSWORD


def open_as(person: Person, page: Page, url: str) -> None:
    """This page, for somebody who is signed in."""
    name = settings.SESSION_COOKIE_NAME
    if name not in {cookie["name"] for cookie in page.context.cookies(url)}:
        client = Client()
        client.force_login(person)
        page.context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": urljoin(url, "/")}])
    page.goto(url)


def sign_in_by_hand(person: Person, page: Page, url: str) -> None:
    """This page, after the login it asks for."""
    page.goto(url)
    page.fill("[name=username]", person.username)
    page.fill("[name=password]", PASSWORD)
    page.click("button:has-text('Sign in')")


def wait_until_alive(page: Page) -> None:
    """Its socket is open and so its scripts run: a press before that opens a page of its own, or does nothing."""
    page.wait_for_selector("link-health:state(live)")


def listen_in(person: Person, page: Page, url: str) -> None:
    """A supervisor's page of one call. It has no socket until it takes part: its buttons work once htmx knows them."""
    open_as(person, page, url)
    page.wait_for_selector("#listening button[data-htmx-powered]")
