"""OAuth2 for mailboxes: a refresh token becomes a token to sign in with (RFC 6749, 6)."""

import json
import urllib.parse
import urllib.request

from contactcenter import outside
from contactcenter.sealed import seal, unseal
from interactions.models import Mailbox

ANSWERS_WITHIN = 15  # seconds


def fresh_token(mailbox: Mailbox) -> str:
    """Ask for one; a new refresh token that comes with it is kept. Raises OSError, ValueError for a strange answer."""
    asked = {
        "grant_type": "refresh_token",
        "refresh_token": unseal(mailbox.oauth_refresh_token),
        "client_id": mailbox.oauth_client_id,
    }
    if mailbox.oauth_client_secret:
        asked["client_secret"] = unseal(mailbox.oauth_client_secret)
    request = urllib.request.Request(mailbox.oauth_token_url, urllib.parse.urlencode(asked).encode())
    with outside.urlopen(request, timeout=ANSWERS_WITHIN) as response:
        answer = json.load(response)
    if not isinstance(answer, dict) or not isinstance(token := answer.get("access_token"), str):
        raise ValueError("no access token in the answer")
    renewed = answer.get("refresh_token")
    if isinstance(renewed, str) and renewed and renewed != asked["refresh_token"]:
        mailbox.oauth_refresh_token = seal(renewed)
        mailbox.save(update_fields=["oauth_refresh_token"])
    return token
