"""What the push bench runs under daphne: the product's kind of screen, at no URL of the product."""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "contactcenter.settings")

import django
from channels.routing import ProtocolTypeRouter

from contactcenter.realtime import Screen
from contactcenter.realtime.daphne import bound_daphne

django.setup()
bound_daphne()


class BenchScreen(Screen):
    async def connect(self) -> None:
        await self.join(self.scope["path"].strip("/"))
        await self.accept()


application = ProtocolTypeRouter({"websocket": BenchScreen.as_asgi()})
