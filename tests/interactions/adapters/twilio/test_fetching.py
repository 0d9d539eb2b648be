"""Files that come with a message, from Twilio's place to the line."""

from datetime import timedelta

import pytest

from interactions.adapters.twilio.fetching import MOST_TRIES, fetch_due, fetch_files
from interactions.consumers import _line
from interactions.models import Attachment, Interaction, ShortMessage
from tests.cast import make_active

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("own_folder", "valkey")]
PATH = "/hooks/twilio/messages/"
PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 40


@pytest.fixture
def receive(twilio, knock, number):
    def receiving(*files, body=""):
        kept = [(twilio.keep(content, kind), kind) for content, kind in files]
        more = {f"MediaUrl{n}": url for n, (url, _kind) in enumerate(kept)}
        more |= {f"MediaContentType{n}": kind for n, (_url, kind) in enumerate(kept)}
        knock(PATH, twilio.text(body, NumMedia=str(len(kept)), **more))
        return ShortMessage.objects.get()

    return receiving


def test_the_line_is_there_at_once_and_its_files_follow(receive):
    short = receive((PNG, "image/png"), (b"a note", "text/plain"), body="Look")
    assert short.line.text == "Look"
    assert not Attachment.objects.exists()
    fetch_files(short.pk)
    fetch_files(short.pk)
    assert sorted(Attachment.objects.values_list("message", "content_type")) == [
        (short.line_id, "image/png"),
        (short.line_id, "text/plain"),
    ]
    short.refresh_from_db()
    assert (short.files, short.fetch_at, short.trouble) == ([], None, "")


def test_a_file_alone_is_work_too(receive):
    short = receive((PNG, "image/png"))
    assert Interaction.objects.get().messages.get(kind="inbound") == short.line


def test_a_file_is_what_its_content_is_whatever_the_webhook_says(receive):
    short = receive((b"<svg onload=alert(1)>", "image/png"), (PNG, "text/html"))
    fetch_files(short.pk)
    short.refresh_from_db()
    assert [file.content_type for file in Attachment.objects.all()] == ["image/png"]
    assert "not a kind of file" in short.trouble


def test_one_too_large_is_not_fetched_to_its_end(receive, settings):
    settings.ATTACHMENT_MAX_BYTES = 20
    short = receive((PNG, "image/png"))
    fetch_files(short.pk)
    short.refresh_from_db()
    assert short.trouble == "It is too large."
    assert not Attachment.objects.exists()


def test_a_conversation_holds_only_so_much(receive, settings):
    settings.CONVERSATION_MAX_BYTES = 20
    short = receive((PNG, "image/png"))
    fetch_files(short.pk)
    assert not Attachment.objects.exists()


def test_while_twilio_is_busy_it_is_tried_again_and_in_the_end_said(receive, twilio):
    short = receive((PNG, "image/png"))
    for tried in range(1, MOST_TRIES + 1):
        ShortMessage.objects.update(fetch_at=short.at - timedelta(minutes=1))
        twilio.faults.append("busy")
        fetch_due() if tried % 2 else fetch_files(short.pk)
    short.refresh_from_db()
    assert (short.tries, short.fetch_at) == (MOST_TRIES, None)
    assert "20429" in short.trouble or "429" in short.trouble


def test_a_file_elsewhere_is_not_fetched(twilio, knock, number):
    """S47: an address in a webhook is no reason to ask anybody but Twilio."""
    knock(PATH, twilio.text("", NumMedia="1", MediaUrl0="http://169.254.169.254/latest/meta-data"))
    short = ShortMessage.objects.get()
    fetch_files(short.pk)
    short.refresh_from_db()
    assert "169.254.169.254 is no host of Twilio" in short.trouble
    assert twilio.asked == []


def test_whoever_has_the_line_in_view_sees_the_file_come(receive, maya, shown):
    short = receive((PNG, "image/png"), body="Look")
    maya.capacities.create(channel="sms", maximum=1)
    make_active(short.line.interaction, maya)
    assert "1 file is being fetched" in _line(maya, short.line_id)
    with shown() as pushes:
        fetch_files(short.pk)
    assert {"what": "line", "id": short.line_id}.items() <= pushes[-1].items()
    drawn = _line(maya, short.line_id)
    assert "file.png" in drawn
    assert "being fetched" not in drawn
