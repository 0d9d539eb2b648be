"""The web process: pages over HTTP, live screens over websockets."""

import os

from channels.routing import ProtocolTypeRouter
from django.core.asgi import get_asgi_application

from contactcenter import embedded
from contactcenter.realtime.daphne import bound_daphne

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "contactcenter.settings")
embedded.join()
http = get_asgi_application()
bound_daphne()

application = ProtocolTypeRouter({"http": http})
