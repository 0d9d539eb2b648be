"""The texts in every language we offer: complete, with the same blanks to fill in, and compiled as committed."""

import ast
import gettext
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from interactions.models import EntryPoint

LANGUAGES = [code for code, _name in settings.LANGUAGES if code != settings.LANGUAGE_CODE]
CONTEXT = "\x04"  # between context and text, as gettext keeps them
BLANK = re.compile(r"%\(\w+\)[sd]|%[sd%]|\{\w+\}|\$[a-z_]+|<[^>]+>|&\w+;")


@dataclass
class Entry:
    flags: str = ""
    parts: dict[str, str] = field(default_factory=dict)

    @property
    def key(self) -> str:
        context = self.parts.get("msgctxt")
        return self.parts["msgid"] if context is None else context + CONTEXT + self.parts["msgid"]

    @property
    def forms(self) -> list[str]:
        return [text for name, text in self.parts.items() if name.startswith("msgstr")]


def written(language: str, ending: str) -> Path:
    return settings.LOCALE_PATHS[0] / language / "LC_MESSAGES" / f"django.{ending}"


def entries(language: str) -> Iterator[Entry]:
    """What the .po file holds, but for its header."""
    for block in written(language, "po").read_text().split("\n\n"):
        entry, name = Entry(), ""
        for line in block.splitlines():
            if line.startswith("#,"):
                entry.flags += line
            elif not line.startswith("#"):
                start, quote, rest = line.partition('"')
                name = start.strip() or name
                entry.parts[name] = entry.parts.get(name, "") + ast.literal_eval(quote + rest)
        if entry.parts.get("msgid"):
            yield entry


@pytest.mark.parametrize("language", LANGUAGES)
def test_everything_is_translated(language: str) -> None:
    assert [entry.key for entry in entries(language) if "fuzzy" in entry.flags or not all(entry.forms)] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_filled_in_stays_the_same(language: str) -> None:
    for entry in entries(language):
        ours = [Counter(BLANK.findall(entry.parts[name])) for name in ("msgid", "msgid_plural") if name in entry.parts]
        for form in entry.forms:
            assert Counter(BLANK.findall(form)) in ours, form


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_compiled_file_is_that_of_the_readable_one(language: str) -> None:
    with written(language, "mo").open("rb") as file:
        compiled: dict[Any, str] = gettext.GNUTranslations(file)._catalog  # type: ignore[attr-defined]
    plain = {e.key: e.forms[0] for e in entries(language) if "msgid_plural" not in e.parts}
    plural = {
        (e.key, n): form for e in entries(language) if "msgid_plural" in e.parts for n, form in enumerate(e.forms)
    }
    assert {key: text for key, text in compiled.items() if key != ""} == plain | plural


def test_every_language_has_the_same_texts() -> None:
    assert len({frozenset(entry.key for entry in entries(language)) for language in LANGUAGES}) == 1


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("language", "word"), [("en", "Password"), ("nl", "Wachtwoord"), ("de", "Passwort"), ("fr", "Mot de passe")]
)
def test_sign_in_speaks_the_language_of_the_browser(client: Client, language: str, word: str) -> None:
    page = client.get("/login/", headers={"accept-language": language}).text
    assert f'lang="{language}"' in page
    assert word in page


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_visitor_gets_hardly_a_word_of_english(client: Client, entry_point: EntryPoint, language: str) -> None:
    ours, english = (
        client.get(f"/visit/{entry_point.key}/config/?language={code}").json() for code in (language, "en")
    )
    assert ours["title"] != english["title"]
    assert ours["greeting"] != english["greeting"]
    same = {name for name, text in ours["texts"].items() if text == english["texts"][name]}
    assert same <= {"menu", "emoji", "conversation"}
