from django.urls import path

from interactions.adapters.twilio import messages

urlpatterns = [
    path("messages/", messages.incoming, name="twilio-messages"),
]
