"""Why something happened is kept in the same words for everyone, and read in one's own language."""

import ast
from collections.abc import Iterator

import pytest
from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.translation import trans_real

from agents.reasons import REASONS, shown


def words_of(value: ast.expr) -> Iterator[str]:
    branches = [value.body, value.orelse] if isinstance(value, ast.IfExp) else [value]
    for branch in branches:
        if isinstance(branch, ast.Constant) and isinstance(branch.value, str) and branch.value:
            yield branch.value


def written() -> Iterator[str]:
    """Every reason that stands in the code of the two apps."""
    for app in ("agents", "interactions"):
        for file in (settings.BASE_DIR / app).rglob("*.py"):
            for node in ast.walk(ast.parse(file.read_text())):
                if isinstance(node, ast.keyword) and node.arg == "why":
                    yield from words_of(node.value)


@pytest.fixture
def dutch(monkeypatch):
    catalog = trans_real.translation("nl")._catalog._catalogs[0]
    monkeypatch.setitem(catalog, "by the customer", "door de klant")
    monkeypatch.setitem(catalog, "desk opened", "desk geopend")


def test_every_reason_the_code_gives_can_be_translated():
    assert set(written()) <= REASONS


def test_what_a_person_wrote_stays_as_it_is(dutch):
    with translation.override("nl"):
        assert shown("by the customer") == "door de klant"
        assert shown("") == ""
        assert shown("Close") == "Close", "a text of ours elsewhere, but here somebody's own word"


def test_the_ledgers_are_read_in_the_viewers_language(client, admin, talk, maya, dutch):
    talk.leave()
    maya.withhold("not_responding", why="desk opened")
    admin.language = "nl"
    admin.save()
    client.force_login(admin)
    story = client.get(reverse("admin:interactions_interaction_change", args=[talk.pk])).content.decode()
    assert "door de klant" in story
    assert talk.events.get(what="ended").why == "by the customer"
    assert "desk geopend" in client.get(reverse("admin:agents_statuschange_changelist")).content.decode()
