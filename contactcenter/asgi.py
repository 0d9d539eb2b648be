"""The web process: pages over HTTP, live screens over websockets."""

import os

from channels.routing import ProtocolTypeRouter, URLRouter
from channels.security.websocket import AllowedHostsOriginValidator
from django.core.asgi import get_asgi_application

from contactcenter import embedded
from contactcenter.realtime.daphne import bound_daphne

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "contactcenter.settings")
embedded.join()
http = get_asgi_application()
bound_daphne()

from channels.auth import AuthMiddlewareStack  # noqa: E402 - needs the apps
from django.urls import path  # noqa: E402

from interactions.consumers import DeskConsumer  # noqa: E402

# Our own pages, with the session's person; what customers open checks its token and origin itself.
ours = AllowedHostsOriginValidator(AuthMiddlewareStack(URLRouter([path("ws/desk/", DeskConsumer.as_asgi())])))

application = ProtocolTypeRouter({"http": http, "websocket": ours})
