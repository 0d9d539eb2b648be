from django.urls import path

from interactions.adapters.chat import views

urlpatterns = [
    path("widget.js", views.script, name="widget"),
    path("voice.js", views.voice_script, name="voice"),
    path("visit/<slug:key>/", views.page, name="visit"),
    path("visit/<slug:key>/config/", views.config, name="visit-config"),
    path("visit/<slug:key>/visitors/", views.visitors, name="visit-visitors"),
    path("visit/<slug:key>/sessions/", views.sessions, name="visit-sessions"),
    path("visit/<slug:key>/messages/", views.messages, name="visit-messages"),
    path("visit/<slug:key>/attachments/<slug:token>/", views.attachment, name="visit-attachment"),
    path("visit/<slug:key>/transcript/", views.transcript, name="visit-transcript"),
]
