"""Who tries, and at which doors."""

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import URLPattern, get_resolver

from agents.models import Agent
from interactions.models import Interaction, Message
from interactions.uploads import checked


def signed_in(agent: Agent, **options) -> Client:
    browser = Client(headers={"HX-Request": "true", "HX-Request-Type": "partial"}, **options)
    browser.force_login(agent.person)
    return browser


def note_with_file(talk: Interaction, agent: Agent) -> Message:
    return talk.note(agent, "She is lying", files=checked([SimpleUploadedFile("a.txt", b"secret file")]))


def doors() -> list[tuple[str, str]]:
    """Every page that names one thing by its id."""
    pages = [page for page in get_resolver("interactions.urls").url_patterns if isinstance(page, URLPattern)]
    return [(page.name or "", str(page.pattern)) for page in pages if "<" in str(page.pattern)]
