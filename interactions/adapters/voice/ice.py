"""How pages find a way to each other: STUN and TURN from the settings, TURN with credentials that soon run out."""

import base64
import hashlib
import hmac
import time
from typing import Any

from django.conf import settings

TURN_LIFE = 6 * 3600  # seconds; longer than any call


def ice_servers(peer: str) -> list[dict[str, Any]]:
    """As RTCPeerConnection takes them. TURN by coturn's REST scheme (draft-uberti-behave-turn-rest-00): the name says
    until when it holds, the password is its HMAC-SHA1."""
    servers: list[dict[str, Any]] = [{"urls": settings.ICE_SERVERS}] if settings.ICE_SERVERS else []
    if settings.TURN_URLS and settings.TURN_SECRET:
        name = f"{int(time.time()) + TURN_LIFE}:{peer}"
        digest = hmac.new(settings.TURN_SECRET.encode(), name.encode(), hashlib.sha1).digest()
        servers.append({"urls": settings.TURN_URLS, "username": name, "credential": base64.b64encode(digest).decode()})
    return servers
