"""The centre's telephone number: a greeting, a menu of three ways in, and keys for whoever does not like to wait."""

from django.db import transaction

from agents.models import Channel
from interactions.models import EntryPoint, MenuKey, Number, Queue

NUMBER = "+31201234567"  # nobody's
GREETING = "Welcome to Tulip & Oak."
NOTICE = "This call is recorded, so that we can learn from it."
CLOSED = "Our office is closed now. Leave a message, and we call you back."
# queue: key of its entry point, key to press, what is said; without a key one waits for Support
WAYS: dict[str, tuple[str, str, str]] = {
    "Support": ("support-line", "", ""),
    "Orders & Delivery": ("orders-line", "1", "For an order or a delivery, press 1."),
    "Billing": ("billing-line", "2", "For an invoice, press 2."),
}
STAY = ("3", "For anything else, press 3, or stay on the line.")


@transaction.atomic
def connect_telephone() -> bool:
    """Once, and only where the planted queues still are; True when it was done."""
    queues = {queue.name: queue for queue in Queue.objects.filter(name__in=WAYS)}
    if len(queues) < len(WAYS) or Number.objects.exists():
        return False
    doors = {}
    for name, (key, *_menu) in WAYS.items():
        look = {"name": f"Telephone, {name}", "queue": queues[name], "title": "Tulip & Oak", "prechat": []}
        doors[name], _new = EntryPoint.objects.get_or_create(key=key, defaults={"channel": Channel.VOICE, **look})
    number = Number.objects.create(
        number=NUMBER,
        name="Tulip & Oak",
        calls=doors["Support"],
        greeting=GREETING,
        recording_notice=NOTICE,
        closed_text=CLOSED,
        offers_call_back=True,
        takes_voicemail=True,
    )
    menu = [(key, words, doors[name]) for name, (_door, key, words) in WAYS.items() if key]
    menu.append((*STAY, doors["Support"]))
    MenuKey.objects.bulk_create(
        MenuKey(number=number, key=key, words=words, entry_point=door) for key, words, door in menu
    )
    return True
