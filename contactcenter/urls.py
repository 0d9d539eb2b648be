"""Every HTTP route, in one short list."""

from django.contrib import admin
from django.urls import include, path

from contactcenter import health

urlpatterns = [
    path("healthz", health.alive, name="healthz"),
    path("readyz", health.ready, name="readyz"),
    path("admin/", admin.site.urls),
    path("demo/mail/", include("interactions.demo_mail.urls")),
    path("demo/phone/", include("interactions.demo_phone.urls")),
    path("", include("agents.urls")),
    path("", include("interactions.urls")),
]
