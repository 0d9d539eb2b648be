from django.contrib.auth.views import LoginView, LogoutView
from django.urls import path

from agents.views import home, status

urlpatterns = [
    path("", home.home, name="home"),
    path("login/", LoginView.as_view(redirect_authenticated_user=True), name="login"),
    path("logout/", LogoutView.as_view(), name="logout"),
    path("status/", status.choose, name="status"),
]
