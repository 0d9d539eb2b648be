"""Pieces as an agent's page sends them, the file they become, and who may play it."""

from datetime import timedelta

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils import timezone

from interactions.adapters.voice import recordings
from interactions.calls import line
from interactions.jobs import tidy
from interactions.models import Recording
from tests.cast import make_agent
from tests.interactions.calls.conftest import *  # noqa: F403
from tests.interactions.calls.conftest import leg_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("own_folder")]


@pytest.fixture
def send(client, talking, maya):
    """Maya's page sends a piece."""
    client.force_login(maya.person)
    leg = leg_of(talking, maya)

    def sending(number: int, data: bytes = b"sound", page: int = leg.page):
        path = f"/calls/{leg.peer}/pieces/?page={page}&number={number}"
        return client.post(path, data, content_type="audio/webm").status_code

    return sending


def kept() -> bytes:
    with default_storage.open(Recording.objects.get().path) as file:
        return file.read()


def test_pieces_are_kept_in_order_and_once(send):
    assert [send(0, b"one "), send(1, b"two "), send(1, b"two "), send(3), send(2, b"three")] == [
        201,
        201,
        200,
        409,
        201,
    ]
    assert kept() == b"one two three"


def test_what_a_crash_left_half_written_is_cut_off(send):
    send(0, b"one ")
    path = default_storage.path(Recording.objects.get().path)
    with open(path, "ab") as file:
        file.write(b"half a pie")
    assert send(1, b"two") == 201
    assert kept() == b"one two"


def test_only_the_agents_own_page_may_send(client, send, talking, maya, omar):
    leg = leg_of(talking, maya)
    assert send(0, page=leg.page + 1) == 409, "no such page"
    client.force_login(omar.person)
    assert client.post(f"/calls/{leg.peer}/pieces/?page=1&number=0", b"x", content_type="audio/webm").status_code == 404
    assert not Recording.objects.exists()


def test_nothing_is_kept_of_who_did_not_agree(send, talking):
    type(talking).objects.update(consented=False)
    assert send(0) == 409


def test_nothing_is_kept_in_a_queue_that_keeps_nothing(send, queue):
    type(queue).objects.update(recordings_kept=0)
    assert send(0) == 409


def test_a_page_loaded_anew_begins_another_segment(send, talking, maya):
    send(0, b"before")
    leg = line.join(leg_of(talking, maya))
    assert send(0, b"after", page=leg.page) == 201
    assert list(Recording.objects.values_list("page", "state")) == [(1, "stopped"), (2, "recording")]


def test_the_last_piece_may_come_after_the_end(send, talking, maya):
    send(0)
    line.hang_up(leg_of(talking, "customer"))
    assert send(1) == 201
    assert Recording.objects.get().state == "stopped"


def test_a_recording_is_joined_once_its_last_pieces_have_settled(send, talking, maya):
    send(0)
    line.hang_up(leg_of(talking, "customer"))
    now = timezone.now()
    assert recordings.due(now) == []
    (recording,) = recordings.due(now + recordings.SETTLED)
    recordings.claim(recording)
    assert recordings.due(now + recordings.SETTLED) == [], "somebody has been asked"
    assert recordings.due(now + timedelta(hours=1)) == [recording], "whoever was asked never came"


def test_without_ffmpeg_it_plays_and_says_what_is_missing(send, talking, monkeypatch):
    send(0, b"sound")
    line.hang_up(leg_of(talking, "customer"))
    monkeypatch.setattr("shutil.which", lambda name: None)
    recordings.join(Recording.objects.get())
    recording = Recording.objects.get()
    assert (recording.state, recording.lasts) == ("done", timedelta(seconds=1))
    assert "ffmpeg is not installed" in recording.trouble


@pytest.fixture
def ffmpeg(tmp_path, monkeypatch):
    """`ffmpeg("exit 1")`: a stand-in that does so; its last argument is what it is to write."""
    script = tmp_path / "ffmpeg"
    monkeypatch.chdir(tmp_path)  # to it, standard output is a file like any other

    def doing(what: str) -> None:
        script.write_text(f"#!/bin/sh\nfor out; do :; done\n{what}\n")
        script.chmod(0o755)
        monkeypatch.setattr("shutil.which", lambda name: str(script))

    return doing


def test_a_joined_file_takes_the_place_of_its_pieces(send, talking, ffmpeg):
    send(0, b"sound")
    line.hang_up(leg_of(talking, "customer"))
    ffmpeg("printf joined > $out; echo 'size=1 time=00:01:02.50 bitrate=' >&2")
    recordings.join(Recording.objects.get())
    recording = Recording.objects.get()
    assert (recording.state, recording.duration) == ("done", timedelta(seconds=62.5))
    assert (kept(), recording.bytes) == (b"joined", 6)


def test_what_cannot_be_read_has_failed_and_stays(send, talking, ffmpeg):
    send(0, b"no sound at all")
    line.hang_up(leg_of(talking, "customer"))
    ffmpeg("printf half > $out; echo 'Invalid data found' >&2; exit 1")
    recordings.join(Recording.objects.get())
    recording = Recording.objects.get()
    assert (recording.state, recording.trouble) == ("failed", "Invalid data found")
    assert kept() == b"no sound at all"


def test_whoever_may_see_the_conversation_may_hear_it_and_that_is_written_down(client, send, talking, maya, sam):
    send(0, b"0123456789")
    url = f"/recordings/{Recording.objects.get().pk}/"
    assert b"".join(client.get(url).streaming_content) == b"0123456789"
    part = client.get(url, headers={"Range": "bytes=4-6"})
    assert (part.status_code, part.content, part["Content-Range"]) == (206, b"456", "bytes 4-6/10")
    assert client.get(url, headers={"Range": "bytes=20-"}).status_code == 416
    played = talking.events.filter(what="played")
    assert [event.by for event in played] == [maya.person], "going on from the middle is not another time"


@pytest.mark.parametrize(("ending", "kind"), [("webm", "audio/webm"), ("mp3", "audio/mpeg")])
def test_it_is_played_and_saved_as_what_it_is(client, send, talking, ending, kind):
    send(0, b"0123456789")
    recording = Recording.objects.get()
    path = default_storage.save(f"recordings/one.{ending}", ContentFile(b"0123456789"))
    Recording.objects.update(path=path, state="done")
    assert client.get(f"/recordings/{recording.pk}/")["Content-Type"] == kind
    page = client.get(f"/desk/{talking.interaction_id}/").content.decode()
    assert f'download="call-{talking.interaction_id}-{recording.pk}.{ending}"' in page


def test_nobody_else_hears_it(client, send, caplog):
    """S60: whoever guesses an address is refused, and known."""
    send(0)
    recording, stranger = Recording.objects.get(), make_agent("Zoe Far").person
    url = f"/recordings/{recording.pk}/"
    client.force_login(stranger)
    assert client.get(url).status_code == 404
    (refused,) = [record for record in caplog.records if record.message == "a recording was refused"]
    assert (refused.recording, refused.person) == (recording.pk, stranger.pk)
    client.logout()
    assert client.get(url).status_code == 302


def test_what_is_kept_no_longer_goes_at_night(send, talking):
    send(0)
    recording = Recording.objects.get()
    tidy()
    assert default_storage.exists(recording.path)
    Recording.objects.update(started_at=timezone.now() - timedelta(days=91))
    tidy()
    assert not default_storage.exists(recording.path)
    assert not Recording.objects.exists()
