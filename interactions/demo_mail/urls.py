from django.urls import path

from interactions.demo_mail import views

urlpatterns = [
    path("", views.index, name="demo-mail"),
    path("new/", views.write, name="demo-mail-new"),
    path("<slug:key>/", views.show, name="demo-mail-one"),
    path("<slug:key>/files/<int:number>/", views.file, name="demo-mail-file"),
]
