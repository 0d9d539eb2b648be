"""What keeps machines that answer each other from doing so for ever: counted in the database, whoever sends."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import connection, models, transaction
from django.utils import timezone

from interactions.models.delivery import Delivery
from interactions.models.mailbox import without_suffix

MOST = {timedelta(hours=1): 30, timedelta(days=1): 150}  # mails to one address: far beyond what people write
KEPT_FOR = timedelta(days=2)
LOCK = "select pg_advisory_xact_lock(hashtextextended(%s, 725))"

# Whoever was told within the day is not told again, whichever of two processes comes first.
TELL = """
    insert into interactions_acknowledged (address, at) values (%(address)s, %(now)s)
    on conflict (address) do update set at = excluded.at
    where interactions_acknowledged.at <= excluded.at - interval '1 day'
"""


class AcknowledgedQuerySet(models.QuerySet["Acknowledged"]):
    def may_tell(self, address: str) -> bool:
        """Whether this address is told that its mail has come, which from now on it was."""
        with connection.cursor() as cursor:
            cursor.execute(TELL, {"address": without_suffix(address), "now": timezone.now()})
            return cursor.rowcount == 1


class Acknowledged(models.Model):
    """When an address was last told that its mail had come."""

    address = models.CharField(max_length=320, primary_key=True)
    at = models.DateTimeField()

    objects = AcknowledgedQuerySet.as_manager()

    def __str__(self) -> str:
        return self.address


class SendingQuerySet(models.QuerySet["Sending"]):
    @transaction.atomic
    def begin(self, delivery: Delivery, addresses: Iterable[str]) -> datetime | None:
        """Count this mail for each of them, once however often it is tried; or when it may be tried again."""
        now = timezone.now()
        wanted = sorted({without_suffix(address) for address in addresses})
        with connection.cursor() as cursor:
            for address in wanted:
                cursor.execute(LOCK, [address])
        if free_at := max((moment for one in wanted if (moment := self._free_at(delivery, one, now))), default=None):
            return free_at
        Sending.objects.bulk_create(
            [Sending(delivery=delivery, address=one, at=now) for one in wanted], ignore_conflicts=True
        )
        return None

    def _free_at(self, delivery: Delivery, address: str, now: datetime) -> datetime | None:
        """When the oldest of too many is no longer counted; None while there is room."""
        others = self.filter(address=address).exclude(delivery=delivery)
        waits = []
        for within, most in MOST.items():
            latest = others.filter(at__gt=now - within).order_by("-at").values_list("at", flat=True)[:most]
            if len(latest) == most:
                waits.append(latest[most - 1] + within)
        return max(waits, default=None)


class Sending(models.Model):
    """One mail to one address: what the brake counts."""

    delivery = models.ForeignKey(Delivery, models.CASCADE, related_name="+")
    address = models.CharField(max_length=320)
    at = models.DateTimeField()

    objects = SendingQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["delivery", "address"], name="a_mail_counts_once_per_address")]
        indexes = [models.Index(fields=["address", "-at"], name="mails_to_an_address")]

    def __str__(self) -> str:
        return self.address
