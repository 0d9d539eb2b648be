"""Secrets that are used again, such as a mailbox's password: encrypted in the database, in no page and no log."""

import base64
from typing import Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class Unreadable(Exception):
    """It was encrypted under another SECRET_KEY; somebody has to enter it again."""


def _fernet() -> MultiFernet:
    keys = [str(key) for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)]
    derived = [HKDF(SHA256(), 32, salt=None, info=b"contactcenter.sealed").derive(key.encode()) for key in keys]
    return MultiFernet([Fernet(base64.urlsafe_b64encode(key)) for key in derived])


def seal(secret: str) -> str:
    return _fernet().encrypt(secret.encode()).decode() if secret else ""


def unseal(token: str) -> str:
    try:
        return _fernet().decrypt(token.encode()).decode() if token else ""
    except InvalidToken:
        raise Unreadable(_("This secret was kept under another SECRET_KEY: enter it again.")) from None


class SealedField(models.TextField):
    """Holds what `seal` made of a secret: a dump, an export or a careless template shows nothing of it."""

    def formfield(self, **kwargs: Any) -> Any:
        return None  # a form that asks for the secret says so itself
