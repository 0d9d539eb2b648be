"""The people outside, the addresses they come from, and what colleagues noted about them."""

import hashlib
import secrets
from typing import Self

from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from agents.models import Agent, Team
from interactions.models.entry_point import EntryPoint


class Customer(models.Model):
    name = models.CharField(_("name"), max_length=120, blank=True)
    external_id = models.CharField(
        _("customer id"), max_length=120, null=True, blank=True, unique=True, help_text=_("As the host site signs it.")
    )
    language = models.CharField(_("language"), max_length=10, blank=True)
    owner = models.ForeignKey(Agent, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("owner"))
    owner_team = models.ForeignKey(
        Team, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("owner team")
    )
    attributes = models.JSONField(_("attributes"), default=dict, blank=True)
    created_at = models.DateTimeField(_("known since"), default=timezone.now)

    class Meta:
        verbose_name = _("customer")
        verbose_name_plural = _("customers")
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return self.name or str(_("Visitor %d") % self.pk)

    def remember_address(self, kind: str, value: str, *, verified: bool = False) -> None:
        """Keep an address; an unverified one may be claimed by several customers, a verified one by one alone."""
        self.addresses.get_or_create(kind=kind, value=value.strip().lower()[:254], defaults={"verified": verified})


class AddressQuerySet(models.QuerySet["Address"]):
    def called(self, kind: str, value: str) -> Self:
        """This address, whoever's it is said to be."""
        return self.filter(kind=kind, value=value.lower())

    def opted_out(self, kind: str, value: str) -> bool:
        """Whoever reads there wants nothing from us."""
        return self.called(kind, value).filter(opted_out_at__isnull=False).exists()


class Address(models.Model):
    class Kind(models.TextChoices):
        EMAIL = "email", _("Email")
        PHONE = "phone", _("Phone")
        WHATSAPP = "whatsapp", _("WhatsApp")

    customer = models.ForeignKey(Customer, models.CASCADE, related_name="addresses", verbose_name=_("customer"))
    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    value = models.CharField(_("address"), max_length=254)
    verified = models.BooleanField(_("verified"), default=False)
    opted_out_at = models.DateTimeField(_("wants nothing from us since"), null=True, blank=True)

    objects = AddressQuerySet.as_manager()

    class Meta:
        verbose_name = _("address")
        verbose_name_plural = _("addresses")
        constraints = [
            models.UniqueConstraint(fields=["customer", "kind", "value"], name="address_once_per_customer"),
            models.UniqueConstraint(
                fields=["kind", "value"], condition=models.Q(verified=True), name="verified_address_of_one_customer"
            ),
        ]
        indexes = [models.Index(fields=["kind", "value"], name="addresses_by_value")]

    def __str__(self) -> str:
        return self.value


def token_hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


class VisitorQuerySet(models.QuerySet["Visitor"]):
    @transaction.atomic
    def welcome(self, entry_point: EntryPoint, customer: Customer | None = None) -> tuple["Visitor", str]:
        """A new visitor and the token that proves it, which is told once and kept only as a hash."""
        token = secrets.token_urlsafe(32)
        customer = customer or Customer.objects.create()
        visitor = self.create(entry_point=entry_point, customer=customer, token_hash=token_hash(token))
        return visitor, token

    def saw(self, visitors: list[int]) -> int:
        """These visitors' pages are open right now, in one statement."""
        return self.filter(pk__in=visitors).update(seen_at=timezone.now())


class Visitor(models.Model):
    """A browser that chats: known by its token, belonging to a customer."""

    entry_point = models.ForeignKey(EntryPoint, models.CASCADE, related_name="visitors", verbose_name=_("entry point"))
    customer = models.ForeignKey(Customer, models.CASCADE, related_name="visitors", verbose_name=_("customer"))
    token_hash = models.CharField(_("token hash"), max_length=64, unique=True)
    created_at = models.DateTimeField(_("first seen"), default=timezone.now)
    seen_at = models.DateTimeField(_("last seen"), default=timezone.now)

    objects = VisitorQuerySet.as_manager()

    class Meta:
        verbose_name = _("visitor")
        verbose_name_plural = _("visitors")

    def __str__(self) -> str:
        return str(self.customer)


class CustomerNote(models.Model):
    customer = models.ForeignKey(Customer, models.CASCADE, related_name="notes", verbose_name=_("customer"))
    agent = models.ForeignKey(Agent, models.SET_NULL, null=True, related_name="+", verbose_name=_("by"))
    text = models.TextField(_("note"), max_length=4000)
    at = models.DateTimeField(_("at"), default=timezone.now)

    class Meta:
        verbose_name = _("note about a customer")
        verbose_name_plural = _("notes about customers")
        ordering = ["-at"]

    def __str__(self) -> str:
        return self.text[:60]
