from django.urls import path

from agents.views import home, session, status

urlpatterns = [
    path("", home.home, name="home"),
    path("login/", session.sign_in, name="login"),
    path("logout/", session.sign_out, name="logout"),
    path("status/", status.choose, name="status"),
]
