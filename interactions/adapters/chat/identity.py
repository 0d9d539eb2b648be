"""Who a visitor is: nobody we know, or a customer whose id the host site has signed with the entry point's secret."""

import hashlib
import hmac
from typing import Any

from interactions.adapters.chat.refusals import Refusal
from interactions.adapters.chat.words import email_of, line_of
from interactions.models import Customer, EntryPoint


def sign(entry_point: EntryPoint, customer_id: str) -> str:
    return hmac.new(entry_point.secret.encode(), customer_id.encode(), hashlib.sha256).hexdigest()


def signed_customer(entry_point: EntryPoint, data: dict[str, Any]) -> Customer | None:
    """The customer the request is signed for, None when it claims nobody; a false claim is refused."""
    claim, signature = data.get("customer"), data.get("signature")
    if claim is None and signature is None:
        return None
    if not isinstance(claim, dict) or not isinstance(signature, str) or not signature.isascii():
        raise Refusal("signature")
    customer_id = claim.get("id")
    if not isinstance(customer_id, str) or not 0 < len(customer_id) <= 120 or line_of(customer_id) != customer_id:
        raise Refusal("signature")
    if not hmac.compare_digest(sign(entry_point, customer_id), signature.lower()):
        raise Refusal("signature")
    name, email = line_of(claim.get("name")), email_of(claim.get("email"))
    customer, _new = Customer.objects.get_or_create(external_id=customer_id, defaults={"name": name})
    introduce(customer, name=name, email=email)
    return customer


def introduce(customer: Customer, *, name: str = "", email: str = "", phone: str = "", language: str = "") -> None:
    """Keep what somebody says of themselves; the name of a signed customer is not theirs to change in a form."""
    changed = []
    if name and name != customer.name and (not customer.name or not customer.external_id):
        customer.name = name
        changed.append("name")
    if language and language != customer.language:
        customer.language = language
        changed.append("language")
    if changed:
        customer.save(update_fields=changed)
    if email:
        customer.remember_address("email", email)
    if phone:
        customer.remember_address("phone", phone)
