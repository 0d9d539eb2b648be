from django.urls import path

from interactions.adapters.twilio import calls, messages

urlpatterns = [
    path("messages/", messages.incoming, name="twilio-messages"),
    path("messages/status/<int:pk>/", messages.status, name="twilio-message-status"),
    path("files/<str:signed>/", messages.file, name="twilio-file"),
    path("voice/", calls.voice, name="twilio-voice"),
    path("voice/menu/", calls.menu, name="twilio-menu"),
    path("voice/status/", calls.status, name="twilio-call-status"),
    path("voice/hold/", calls.hold, name="twilio-hold"),
    path("voice/goodbye/", calls.goodbye, name="twilio-goodbye"),
    path("voice/<int:pk>/wait/", calls.wait, name="twilio-wait"),
    path("voice/<int:pk>/line/", calls.line, name="twilio-line"),
    path("voice/<int:pk>/key/", calls.key, name="twilio-key"),
    path("voice/<int:pk>/room/", calls.join, name="twilio-join"),
    path("voice/<int:pk>/after/", calls.after, name="twilio-after"),
    path("voice/<int:pk>/instead/", calls.instead, name="twilio-instead"),
    path("voice/<int:pk>/conference/", calls.conference, name="twilio-conference"),
    path("voice/<int:pk>/rung/", calls.rung, name="twilio-rung"),
    path("voice/<int:pk>/notice/", calls.notice, name="twilio-notice"),
    path("voice/<int:pk>/recording/", calls.recorded, name="twilio-recording"),
    path("agent/", calls.agent, name="twilio-agent"),
]
