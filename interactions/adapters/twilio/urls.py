from django.urls import path

from interactions.adapters.twilio import messages

urlpatterns = [
    path("messages/", messages.incoming, name="twilio-messages"),
    path("messages/status/<int:pk>/", messages.status, name="twilio-message-status"),
    path("files/<str:signed>/", messages.file, name="twilio-file"),
]
