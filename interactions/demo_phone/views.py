"""The page at /demo/phone/: a telephone of somebody outside, who rings one of our numbers."""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from interactions.models import Address, Number

SOMEBODY_NEW = "+31612345678"
KNOWN_CALLERS = 5
KEYS = [
    ("1", ""),
    ("2", "ABC"),
    ("3", "DEF"),
    ("4", "GHI"),
    ("5", "JKL"),
    ("6", "MNO"),
    ("7", "PQRS"),
    ("8", "TUV"),
    ("9", "WXYZ"),
    ("*", ""),
    ("0", "+"),
    ("#", ""),
]


@never_cache
@require_GET
def show(request: HttpRequest) -> HttpResponse:
    """Nowhere else is there such a page: what it says goes straight to the demo's telephone network."""
    if not settings.DEMO_PHONE:
        raise Http404
    known = Address.objects.filter(kind=Address.Kind.PHONE).exclude(value=SOMEBODY_NEW).select_related("customer")
    context = {
        "host": settings.TWILIO_SIGNALLING_HOST,
        "numbers": Number.objects.filter(active=True, calls__active=True),
        "caller": SOMEBODY_NEW,
        "known": known.order_by("pk")[:KNOWN_CALLERS],
        "keys": KEYS,
    }
    return render(request, "demo/phone.html", context)
