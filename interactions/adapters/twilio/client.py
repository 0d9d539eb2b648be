"""What we ask of Twilio: at one host, within a time-out, with an answer that says whether asking again is safe.

Twilio's creates take no idempotency key. One that was refused did not happen, one that could not be delivered did not
either, and of one whose answer never came nobody knows: only looking tells, so `Unsure` is never simply tried again.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import Any
from urllib.parse import urljoin, urlsplit, urlunsplit

import requests
from django.conf import settings
from requests.adapters import HTTPAdapter
from twilio.base.exceptions import TwilioRestException
from twilio.http.http_client import TwilioHttpClient
from twilio.rest import Client
from urllib3.exceptions import NewConnectionError

API = "api.twilio.com"
ANSWERS_WITHIN = 10  # seconds
# Where a media address of the API leads to, each with a signature in its query: our credentials do not go there.
STORES = (".twiliocdn.com", "media.twiliocdn.com.s3-external-1.amazonaws.com")
MOST_REDIRECTS = 3


class NotAsked(Exception):
    """A host that is none of Twilio's, or none we know an address for, was about to be asked."""


class Refused(Exception):
    """Twilio will not do it, and would not the next time either. `code` is Twilio's, 0 where it named none."""

    def __init__(self, words: str, code: int = 0) -> None:
        super().__init__(words)
        self.code = code


class Busy(Exception):
    """Nothing has happened; later it may."""


class Unsure(Exception):
    """It may have happened or not: look before asking again."""


class OneHost(TwilioHttpClient):
    """Reaches Twilio's API where TWILIO_API_BASE_URL says it is, and nothing else."""

    def __init__(self) -> None:
        super().__init__(timeout=ANSWERS_WITHIN)
        if settings.TWILIO_API_BASE_URL:
            self.session.trust_env = False  # no proxy of the machine's is asked for it

    def request(self, method: str, url: str, *args: Any, **kwargs: Any) -> Any:
        return super().request(method, here(url), *args, **kwargs)


def here(url: str) -> str:
    """The address of Twilio's API that this one is for us."""
    parts = urlsplit(url)
    if parts.scheme != "https" or parts.hostname != API or parts.port not in (None, 443):
        raise NotAsked(f"{parts.hostname or url} is no host of Twilio's that we use.")
    if not settings.TWILIO_API_BASE_URL:
        return url
    return settings.TWILIO_API_BASE_URL + urlunsplit(("", "", parts.path, parts.query, ""))


@lru_cache
def client() -> Client:
    """One for the process; its connections stay open."""
    name, secret = _credentials()
    return Client(name, secret, settings.TWILIO_ACCOUNT_SID, http_client=OneHost())


def _credentials() -> tuple[str, str]:
    """An API key where there is one: it can be taken away without changing what webhooks are signed with."""
    if settings.TWILIO_API_KEY:
        return settings.TWILIO_API_KEY, settings.TWILIO_API_SECRET
    return settings.TWILIO_ACCOUNT_SID, next(iter(settings.TWILIO_AUTH_TOKENS), "")


@contextmanager
def asking() -> Iterator[None]:
    """Whatever goes wrong inside is one of three things: `Refused`, `Busy` or `Unsure`."""
    try:
        yield
    except TwilioRestException as error:
        words = f"{error.msg} ({error.code or error.status})"
        if error.status == 429:
            raise Busy(words) from error
        if error.status >= 500:
            raise Unsure(words) from error
        raise Refused(words, error.code or 0) from error
    except requests.RequestException as error:
        raise (Busy if _never_left(error) else Unsure)(type(error).__name__) from error


def _never_left(error: requests.RequestException) -> bool:
    reason = getattr(error.args[0], "reason", None) if error.args else None
    return isinstance(error, requests.ConnectTimeout) or isinstance(reason, NewConnectionError)


def fetch(url: str, *, at_most: int) -> bytes:
    """A file that a webhook named, with our credentials; at most so many bytes, else `Refused`."""
    with asking(), requests.Session() as session:
        session.mount("https://", HTTPAdapter(max_retries=0))
        session.trust_env = not settings.TWILIO_API_BASE_URL
        address = here(url)
        auth: tuple[str, str] | None = _credentials()
        for _hop in range(MOST_REDIRECTS + 1):
            with session.get(address, auth=auth, stream=True, allow_redirects=False, timeout=ANSWERS_WITHIN) as answer:
                if answer.is_redirect:
                    address, auth = _store(urljoin(address, answer.headers["Location"])), None
                    continue
                return _content(answer, at_most)
    raise Refused("It leads from one place to the next.")


def _store(url: str) -> str:
    """Where a file really is; one of Twilio's places or, with an API elsewhere, a place of that one's."""
    parts, base = urlsplit(url), urlsplit(settings.TWILIO_API_BASE_URL)
    if parts.hostname and parts.scheme == "https" and parts.hostname.endswith(STORES):
        return url
    if settings.TWILIO_API_BASE_URL and parts.netloc == base.netloc:
        return url
    raise NotAsked(f"{parts.hostname or url} is no place where Twilio keeps files.")


def _content(answer: requests.Response, at_most: int) -> bytes:
    if answer.status_code == 404:
        raise Refused("It is not there.", 20404)
    if answer.status_code == 429 or answer.status_code >= 500:
        raise Busy(f"HTTP {answer.status_code}")
    if answer.status_code != 200:
        raise Refused(f"HTTP {answer.status_code}")
    content = bytearray()
    for piece in answer.iter_content(64 * 1024):
        content += piece
        if len(content) > at_most:
            raise Refused("It is too large.")
    return bytes(content)
