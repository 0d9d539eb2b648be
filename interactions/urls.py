from django.urls import include, path

from interactions.views import (
    acceptance,
    canned_replies,
    customer_notes,
    declines,
    desk,
    drafts,
    ending,
    messages,
    parking,
    set_aside,
    transfer,
    wallboard,
    wrap_up,
)

urlpatterns = [
    path("", include("interactions.adapters.chat.urls")),
    path("desk/", desk.show, name="desk"),
    path("desk/<int:pk>/", desk.show, name="conversation"),
    path("offers/<int:pk>/acceptance/", acceptance.create, name="accept-offer"),
    path("offers/<int:pk>/decline/", declines.create, name="decline-offer"),
    path("interactions/<int:pk>/messages/", messages.messages, name="messages"),
    path("interactions/<int:pk>/draft/", drafts.keep, name="draft"),
    path("interactions/<int:pk>/canned-replies/", canned_replies.index, name="canned-replies"),
    path("interactions/<int:pk>/transfer/", transfer.transfer, name="transfer"),
    path("interactions/<int:pk>/parking/", parking.park, name="parking"),
    path("interactions/<int:pk>/resumption/", parking.resume, name="resumption"),
    path("interactions/<int:pk>/ending/", ending.create, name="ending"),
    path("interactions/<int:pk>/wrap-up/", wrap_up.create, name="wrap-up"),
    path("wallboard/", wallboard.show, name="wallboard"),
    path("wallboard/set-aside/", set_aside.index, name="set-aside"),
    path("wallboard/set-aside/<int:pk>/return/", set_aside.put_back, name="put-back"),
    path("wallboard/set-aside/<int:pk>/closing/", set_aside.close, name="close-set-aside"),
    path("customers/<int:pk>/notes/", customer_notes.create, name="customer-notes"),
    path("attachments/<slug:token>/", messages.attachment, name="attachment"),
]
