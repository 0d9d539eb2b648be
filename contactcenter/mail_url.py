"""MAIL_URL as Django's MAILERS: `smtp://`, `smtp+tls://` (STARTTLS) or `smtp+ssl://`, with user:password@host:port.

`anymail://mailgun` sends by the interface of a provider; its keys are in the variables that begin with ANYMAIL_.
"""

from typing import Any
from urllib.parse import unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

BACKENDS = "interactions.adapters.email.backend"
NOBODY = f"{BACKENDS}.Nobody"
SCHEMES: dict[str, dict[str, bool]] = {"smtp": {}, "smtp+tls": {"use_tls": True}, "smtp+ssl": {"use_ssl": True}}
TIMEOUT = 30  # seconds for each answer of the server


def mailers(url: str) -> dict[str, dict[str, Any]]:
    """Nobody to send by when it is empty: mail then waits, and the desk says so."""
    if not url:
        return {"default": {"BACKEND": NOBODY}}
    parts = urlsplit(url)
    if parts.scheme == "anymail" and parts.hostname:
        provider = parts.hostname.replace("-", "_")
        theirs = {"backend": f"anymail.backends.{provider}.EmailBackend"}
        return {"default": {"BACKEND": f"{BACKENDS}.Provider", "OPTIONS": theirs}}
    if parts.scheme not in SCHEMES or not parts.hostname:
        raise ImproperlyConfigured(
            f"MAIL_URL is one of {', '.join(SCHEMES)}, then ://user:password@host:port; or anymail://provider"
        )
    options = {
        "host": parts.hostname,
        "port": parts.port,
        "username": unquote(parts.username or ""),
        "password": unquote(parts.password or ""),
        "timeout": TIMEOUT,
        **SCHEMES[parts.scheme],
    }
    return {"default": {"BACKEND": f"{BACKENDS}.Backend", "OPTIONS": options}}
