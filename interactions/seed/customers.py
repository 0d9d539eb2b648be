"""The people outside: names from everywhere, with addresses that can never reach anybody real."""

import random
from datetime import datetime, timedelta

from interactions.models import Address, Customer, CustomerNote

FIRST = (
    "Emma Noah Olivia Liam Sofia Mateo Anna Felix Julia Oscar Zoë Max Lena Hugo Clara Finn Mila Arjun "
    "Nora Leo Fatima Samuel Grace Ivan Ella Tariq Alice Pieter Greta Joris Amara Kenji Lucía Viktor Wei "
    "Rosa Elias Maud Jonas Inge"
).split()
LAST = (
    "Andersson Bennett Castillo Dijkstra Eriksen Fischer García Hoffmann Ibrahim Jansen Kowalski Lambert "
    "Meyer Nguyen O’Connor Petrov Quinn Ramos Sørensen Taylor Ueda Visser Weber Xu Yılmaz Zimmermann "
    "Bianchi Clarke Dubois Mulder"
).split()
CITIES = (
    "Amsterdam Berlin Brussels Copenhagen Dublin Hamburg Lyon London Malmö Milan Paris Rotterdam Utrecht Vienna"
).split()
TIERS = ["Member", "Member", "Member", "Gold", "Trade"]
NOTES = [
    "Lives on the third floor without a lift: always book two carriers.",
    "Prefers to be called after 17:00.",
    "Interior designer, orders for several addresses: ask which one.",
    "Was promised free collection of the grey sofa, see the chat of last month.",
    "Deaf: chat only, never call.",
    "Sent a cake after the table was saved. Be nice!",
]
HOW_MANY = 240


def meet_customers(dice: random.Random, now: datetime) -> list[Customer]:
    """Everyone who will have written; the first ones are the regulars."""
    pairs = dice.sample([(first, last) for first in FIRST for last in LAST], HOW_MANY)
    customers = [
        Customer(
            name=f"{first} {last}",
            external_id=f"TO-{10_000 + number * 7}" if number % 3 else None,
            language="nl" if last in ("Dijkstra", "Jansen", "Visser", "Mulder") else "en",
            attributes={"city": dice.choice(CITIES), "membership": dice.choice(TIERS), "orders": dice.randint(1, 14)},
            created_at=now - timedelta(days=dice.randint(20, 900), hours=dice.randint(0, 23)),
        )
        for number, (first, last) in enumerate(pairs)
    ]
    Customer.objects.bulk_create(customers)
    addresses = []
    for number, customer in enumerate(customers):
        handle = customer.name.lower().replace("’", "").replace(" ", ".")
        addresses.append(
            Address(
                customer=customer,
                kind="email",
                value=f"{handle}@mail.example",
                verified=customer.external_id is not None,
            )
        )
        if number % 2:
            addresses.append(Address(customer=customer, kind="phone", value=f"+447700900{number:03d}"))
        if number % 5 == 0:
            addresses.append(
                Address(customer=customer, kind="whatsapp", value=f"+447700901{number:03d}", verified=True)
            )
    Address.objects.bulk_create(addresses)
    CustomerNote.objects.bulk_create(
        CustomerNote(customer=customer, text=text, at=now - timedelta(days=dice.randint(15, 60)))
        for customer, text in zip(customers, NOTES, strict=False)
    )
    return customers
