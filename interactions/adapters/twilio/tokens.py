"""Leave to come to the line: an hour for a signed-in agent's page to be a telephone, a minute to come to one call."""

from datetime import timedelta

from django.conf import settings
from twilio.jwt.access_token import AccessToken
from twilio.jwt.access_token.grants import VoiceGrant

from interactions.adapters.twilio.twiml import leg_signer
from interactions.models import CallLeg, PhoneGrant
from interactions.models.phone_grant import LASTS

DIALS_WITHIN = timedelta(minutes=1)


def configured() -> bool:
    """Whether agents' pages can be telephones."""
    return all(
        (settings.TWILIO_ACCOUNT_SID, settings.TWILIO_API_KEY, settings.TWILIO_API_SECRET, settings.TWILIO_APP_SID)
    )


def plain_signalling() -> str:
    """Where an agent's page reaches the demo's telephone network, which has no certificate; nothing anywhere else."""
    return settings.TWILIO_SIGNALLING_HOST if settings.DEMO_PHONE else ""


def access_token(grant: PhoneGrant) -> str:
    """What the page registers with. It may only dial our own app, which asks whether the session still lives."""
    token = AccessToken(
        settings.TWILIO_ACCOUNT_SID,
        settings.TWILIO_API_KEY,
        settings.TWILIO_API_SECRET,
        identity=grant.identity,
        ttl=int(LASTS.total_seconds()),
    )
    token.add_grant(VoiceGrant(outgoing_application_sid=settings.TWILIO_APP_SID, incoming_allow=False))
    return str(token.to_jwt())


def leg_of(token: str) -> CallLeg:
    """The leg that this token leads to, while somebody may come to it. BadSignature, CallLeg.DoesNotExist."""
    peer = leg_signer.unsign(token, max_age=DIALS_WITHIN)
    return CallLeg.objects.live().select_related("call__interaction", "via", "agent", "person").get(peer=peer)
