import os
import time
from datetime import timedelta

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils import timezone

from interactions.jobs import tidy
from interactions.models import Attachment, Draft, Upload
from interactions.previews import Size, path_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def media(own_folder, tmp_path):
    return tmp_path


def a_day_older(media, name):
    then = time.time() - 2 * 86_400
    os.utime(media / name, (then, then))


def test_files_whose_message_was_never_stored_are_removed_and_others_stay(media, chat):
    upload = Upload(ContentFile(b"kept"), "kept.txt", "text/plain", 4)
    kept = chat.hear("see here", files=[upload]).files[0].file.name
    orphan = default_storage.save("attachments/ab/orphan", ContentFile(b"lost"))
    fresh = default_storage.save("attachments/ab/fresh", ContentFile(b"being stored"))
    shown = default_storage.save(path_of(Attachment.objects.get().token, Size.SHOWN), ContentFile(b"a preview of it"))
    of_nothing = default_storage.save(path_of("gone-41", Size.SHOWN), ContentFile(b"a preview of nothing"))
    for name in (kept, orphan, shown, of_nothing):
        a_day_older(media, name)

    tidy()

    assert default_storage.exists(kept)
    assert not default_storage.exists(orphan)
    assert default_storage.exists(fresh)
    assert default_storage.exists(shown)
    assert not default_storage.exists(of_nothing)
    assert Attachment.objects.count() == 1


def test_old_drafts_go_once_the_work_is_over(chat, maya):
    Draft.objects.keep(chat, maya, "half a thought")
    Draft.objects.update(saved_at=timezone.now() - timedelta(days=31))

    tidy()
    assert Draft.objects.exists()

    chat.leave()
    tidy()
    assert not Draft.objects.exists()
