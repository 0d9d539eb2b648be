"""What agents choose from: dispositions and canned replies."""

from interactions.models import CannedReply, Disposition, Queue

# name: the queues it belongs to, none for all
DISPOSITIONS: dict[str, list[str]] = {
    "Solved": [],
    "Question answered": [],
    "Order placed": ["Sales"],
    "Quote sent": ["Sales"],
    "Invoice corrected": ["Billing"],
    "Refund agreed": ["Billing", "Orders & Delivery"],
    "Delivery rescheduled": ["Orders & Delivery"],
    "Replacement sent": ["Orders & Delivery", "Support", "Dutch-speaking Support"],
    "Handed to the back office": [],
    "Customer did not answer": [],
    "Wrong department": [],
}

# shortcut: text, language, queues
CANNED_REPLIES: dict[str, tuple[str, str, list[str]]] = {
    "hello": ("Hello $customer_name, this is $agent_name. How can I help?", "en", []),
    "moment": ("One moment please, I am looking it up for you.", "en", []),
    "order-number": (
        "Could you give me your order number? It starts with TO and is in the confirmation mail.",
        "en",
        [],
    ),
    "photo": ("Could you send a photo? The clip under the text field takes pictures up to 20 MB.", "en", []),
    "delivery": (
        "Large pieces come with two people, between 9:00 and 18:00. The carrier mails a two-hour window the day before.",
        "en",
        ["Orders & Delivery", "Support"],
    ),
    "returns": (
        "You may send it back within 30 days. We collect large pieces free of charge; just keep the packaging if you can.",
        "en",
        ["Orders & Delivery", "Support", "Sales"],
    ),
    "refund": (
        "The refund is on its way. Depending on your bank it takes two to five working days.",
        "en",
        ["Billing", "Orders & Delivery"],
    ),
    "invoice": ("I have sent the invoice again, to the address we have for you.", "en", ["Billing"]),
    "care": ("Oak likes a drop of oil twice a year. No wet cloths, and a coaster under anything hot.", "en", ["Sales"]),
    "samples": ("I can send you up to four samples of wood and fabric, free. Where may they go?", "en", ["Sales"]),
    "bye": ("Thank you for talking to us, $customer_name. Have a good day! $agent_name, $queue_name", "en", []),
    "hallo": (
        "Hallo $customer_name, u spreekt met $agent_name. Waarmee kan ik helpen?",
        "nl",
        ["Dutch-speaking Support"],
    ),
    "momentje": ("Een ogenblikje, ik zoek het voor u op.", "nl", ["Dutch-speaking Support"]),
    "tot-ziens": ("Graag gedaan, $customer_name. Fijne dag nog!", "nl", ["Dutch-speaking Support"]),
}


def write_outcomes(queues: dict[str, Queue]) -> None:
    for position, (name, where) in enumerate(DISPOSITIONS.items()):
        disposition = Disposition.objects.create(name=name, position=position)
        disposition.queues.set([queues[queue] for queue in where])
    for shortcut, (text, language, where) in CANNED_REPLIES.items():
        reply = CannedReply.objects.create(shortcut=shortcut, text=text, language=language)
        reply.queues.set([queues[queue] for queue in where])
