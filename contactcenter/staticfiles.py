"""The pages' files: collected only when one of them has changed, and served before Django is asked."""

import hashlib
from collections.abc import Awaitable, Callable
from pathlib import Path
from wsgiref.headers import Headers

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from django.utils.csp import build_policy
from servestatic import ServeStaticASGI

type Application = Callable[..., Awaitable[None]]


def serving_files(application: Application) -> Application:
    """This application behind the collected files: one of those costs no thread, session or log line of Django's."""
    return ServeStaticASGI(
        application,
        root=settings.STATIC_ROOT,
        prefix=settings.STATIC_URL,
        add_headers_function=_as_strict_as_pages,
    )


def _as_strict_as_pages(headers: Headers, path: str, url: str) -> None:
    headers["Content-Security-Policy"] = build_policy(settings.SECURE_CSP)  # type: ignore[arg-type]
    headers["X-Content-Type-Options"] = "nosniff"
    headers["Referrer-Policy"] = settings.SECURE_REFERRER_POLICY
    headers["Cross-Origin-Opener-Policy"] = settings.SECURE_CROSS_ORIGIN_OPENER_POLICY


def collect() -> None:
    """Bring STATIC_ROOT up to date."""
    root = Path(settings.STATIC_ROOT)
    mark = root / ".collected"
    state = _state()
    if not mark.exists() or mark.read_text() != state:
        call_command("collectstatic", verbosity=0, interactive=False, clear=True)
        mark.write_text(state)


def _state() -> str:
    files = []
    for finder in get_finders():
        for name, storage in finder.list([]):
            source = Path(storage.path(name)).stat()
            files.append(f"{name} {source.st_mtime_ns} {source.st_size}")
    return hashlib.sha256("\n".join(sorted(files)).encode()).hexdigest()
