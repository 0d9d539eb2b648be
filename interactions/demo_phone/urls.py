from django.urls import path

from interactions.demo_phone import views

urlpatterns = [path("", views.show, name="demo-phone")]
