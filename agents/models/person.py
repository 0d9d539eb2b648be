"""A person who signs in, and the team they belong to; the role decides what they may see and configure."""

import zoneinfo
from typing import Any

from django.conf import settings
from django.contrib.auth.models import AbstractUser
from django.db import models
from django.utils.translation import gettext_lazy as _

from contactcenter.realtime import push


def time_zones() -> list[tuple[str, str]]:
    return [(name, name) for name in sorted(zoneinfo.available_timezones())]


class Person(AbstractUser):
    class Role(models.TextChoices):
        AGENT = "agent", _("Agent")
        SUPERVISOR = "supervisor", _("Supervisor")
        ADMINISTRATOR = "administrator", _("Administrator")

    first_name = None  # type: ignore[assignment]
    last_name = None  # type: ignore[assignment]
    name = models.CharField(_("name"), max_length=120)
    role = models.CharField(_("role"), max_length=20, choices=Role, default=Role.AGENT)
    time_zone = models.CharField(_("time zone"), max_length=64, choices=time_zones, default="UTC")
    language = models.CharField(_("language"), max_length=10, choices=settings.LANGUAGES, default="en")

    REQUIRED_FIELDS = ["name"]

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(role="administrator", is_staff=True)
                | (~models.Q(role="administrator") & models.Q(is_staff=False, is_superuser=False)),
                name="only_administrators_are_staff",
            ),
        ]

    def __str__(self) -> str:
        return self.name or self.username

    def save(self, *args: Any, **kwargs: Any) -> None:
        """The role is the one truth; Django's own flags follow it."""
        fields = kwargs.get("update_fields")
        if fields is None or "role" in fields:
            self.is_staff = self.is_superuser = self.role == self.Role.ADMINISTRATOR
            kwargs["update_fields"] = fields and {*fields, "is_staff", "is_superuser"}
        super().save(*args, **kwargs)
        if kwargs.get("update_fields") != ["last_login"]:
            self.reconnect_screens()

    def reconnect_screens(self) -> None:
        """What this person may see has changed: open screens connect again and get what they may see now."""
        push(self.screen, {"type": "screen.close", "code": 4000})

    @property
    def screen(self) -> str:
        """The group of everything this person has open."""
        return f"person-{self.pk}"

    def get_full_name(self) -> str:
        return self.name

    def get_short_name(self) -> str:
        return self.name.split(" ")[0] if self.name else self.username

    @property
    def is_administrator(self) -> bool:
        return self.role == self.Role.ADMINISTRATOR

    @property
    def is_supervisor(self) -> bool:
        return self.role == self.Role.SUPERVISOR


class TeamQuerySet(models.QuerySet["Team"]):
    def visible_to(self, person: Person) -> "TeamQuerySet":
        """Administrators see every team, supervisors the ones they lead, agents their own."""
        if person.is_administrator:
            return self
        if person.is_supervisor:
            return self.filter(supervisors=person)
        return self.filter(agents__person=person)


class Team(models.Model):
    name = models.CharField(_("name"), max_length=120, unique=True)
    supervisors = models.ManyToManyField(
        Person,
        verbose_name=_("supervisors"),
        related_name="supervised_teams",
        limit_choices_to={"role__in": ["supervisor", "administrator"]},
        blank=True,
    )

    objects = TeamQuerySet.as_manager()

    class Meta:
        verbose_name = _("team")
        verbose_name_plural = _("teams")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name
