"""The web process: pages over HTTP, live screens over websockets."""

import os

import django
from channels.routing import ProtocolTypeRouter, URLRouter
from channels.security.websocket import AllowedHostsOriginValidator

from contactcenter import embedded
from contactcenter.http import OneHop
from contactcenter.process import settle_down
from contactcenter.realtime.daphne import bound_daphne
from contactcenter.staticfiles import serving_files

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "contactcenter.settings")
embedded.join()
django.setup(set_prefix=False)
bound_daphne()

from channels.auth import AuthMiddlewareStack  # noqa: E402 - needs the apps
from django.urls import path  # noqa: E402

from interactions.adapters.chat.consumer import VisitorConsumer  # noqa: E402
from interactions.adapters.voice.consumer import PhoneConsumer  # noqa: E402
from interactions.consumers import DeskConsumer  # noqa: E402
from interactions.wallboard_consumer import WallboardConsumer  # noqa: E402

screens = URLRouter(
    [
        # Our own pages, with the session's person.
        path("ws/desk/", AllowedHostsOriginValidator(AuthMiddlewareStack(DeskConsumer.as_asgi()))),
        path("ws/phone/", AllowedHostsOriginValidator(AuthMiddlewareStack(PhoneConsumer.as_asgi()))),
        path("ws/wallboard/", AllowedHostsOriginValidator(AuthMiddlewareStack(WallboardConsumer.as_asgi()))),
        # Pages on any site: the consumer itself checks the token, and the origin by the entry point.
        path("ws/visit/<slug:key>/", VisitorConsumer.as_asgi()),
    ]
)

settle_down()
application = ProtocolTypeRouter({"http": serving_files(OneHop()), "websocket": screens})
