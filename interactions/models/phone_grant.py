"""Leave for somebody's page to be a telephone: as long as its session lives, and an hour at most."""

import secrets
from datetime import timedelta

from django.contrib.sessions.models import Session
from django.db import models
from django.utils import timezone

from agents.models import Person

LASTS = timedelta(hours=1)


def new_nonce() -> str:
    return secrets.token_hex(12)


class PhoneGrantManager(models.Manager["PhoneGrant"]):
    def give(self, person: Person, session_key: str) -> "PhoneGrant":
        """For another hour; within a session it is the same telephone, so that a call may last longer than leave."""
        now = timezone.now()
        self.filter(expires_at__lte=now).delete()
        mine = self.filter(person=person, session_key=session_key)
        if mine.update(expires_at=now + LASTS):
            return mine[0]
        return self.create(person=person, session_key=session_key, expires_at=now + LASTS)

    def holder(self, identity: str) -> Person | None:
        """Whose telephone calls itself so. Nobody's once its person has signed out or may no longer work."""
        now = timezone.now()
        alive = Session.objects.filter(session_key=models.OuterRef("session_key"), expire_date__gt=now)
        granted = self.filter(models.Exists(alive), nonce=identity.rpartition("_")[2], expires_at__gt=now)
        grant = granted.filter(person__is_active=True).select_related("person").first()
        return grant.person if grant and grant.identity == identity else None


class PhoneGrant(models.Model):
    person = models.ForeignKey(Person, models.CASCADE, related_name="+")
    nonce = models.CharField(max_length=32, unique=True, default=new_nonce)
    session_key = models.CharField(max_length=40)
    expires_at = models.DateTimeField(db_index=True)

    objects = PhoneGrantManager()

    def __str__(self) -> str:
        return self.identity

    @property
    def identity(self) -> str:
        """What Twilio knows this telephone by."""
        return f"person_{self.person_id}_{self.nonce}"
