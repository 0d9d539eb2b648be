"""Pictures are shown as made anew by us, and only where that is cheap."""

import struct
import zlib
from io import BytesIO

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.urls import reverse
from PIL import Image

from interactions.models import Attachment
from interactions.previews import NoPreview, Size, path_of, preview

pytestmark = pytest.mark.usefixtures("own_folder")


def picture(size=(800, 600), mode="RGB", kind="JPEG", **more):
    data = BytesIO()
    Image.new(mode, size, (200, 30, 30, 128)[: len(mode)]).save(data, kind, **more)
    return data.getvalue()


def bomb(side=60_000):
    """A PNG of a few hundred bytes that says it is 3.6 thousand million pixels."""

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    rows = zlib.compress(bytes(100_000))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def attach(interaction, content, content_type="image/jpeg"):
    line = interaction.messages.first()
    attachment = Attachment(message=line, name="lamp", content_type=content_type, size=len(content))
    attachment.file.save("lamp", ContentFile(content), save=False)
    attachment.save()
    return attachment


def test_a_picture_is_made_anew_small_upright_and_without_its_metadata(chat):
    exif = Image.Exif()
    exif[0x0112], exif[0x010E] = 6, "taken at home"  # on its side, and where
    made = preview(attach(chat, picture(exif=exif) + b"<script>"))
    assert b"taken at home" not in made
    assert b"script" not in made
    with Image.open(BytesIO(made)) as shown:
        assert (shown.format, shown.size) == ("WEBP", (240, 320))
        assert not shown.getexif()


def test_what_shines_through_still_does_and_what_moves_stands_still(chat):
    with Image.open(BytesIO(preview(attach(chat, picture(mode="RGBA", kind="PNG"), "image/png")))) as shown:
        assert shown.mode == "RGBA"
    frames = [Image.new("P", (40, 40), colour) for colour in (1, 2)]
    moving = BytesIO()
    frames[0].save(moving, "GIF", save_all=True, append_images=frames[1:])
    with Image.open(BytesIO(preview(attach(chat, moving.getvalue(), "image/gif")))) as shown:
        assert getattr(shown, "n_frames", 1) == 1


@pytest.mark.parametrize(
    ("content", "content_type"),
    [
        (bomb(), "image/png"),
        (picture(kind="TIFF"), "image/png"),
        (b"<svg onload='alert(1)'/>", "image/png"),
        (picture()[:300], "image/jpeg"),
        (b"", "image/jpeg"),
        (picture(), "application/octet-stream"),
    ],
    ids=["bomb", "another kind", "svg", "cut short", "empty", "not said to be one"],
)
def test_s34_what_is_none_or_too_large_has_no_preview(chat, content, content_type):
    with pytest.raises(NoPreview):
        preview(attach(chat, content, content_type))


def test_it_is_made_once_and_again_where_writing_it_was_cut_short(chat, monkeypatch):
    attachment = attach(chat, picture())
    made = preview(attachment)
    attachment.file.delete(save=False)
    assert preview(attachment) == made, "kept beside the file"
    name = path_of(attachment.token, Size.THUMBNAIL)
    default_storage.delete(name)
    default_storage.save(name, ContentFile(made[:-10]))
    with pytest.raises(NoPreview):
        preview(attachment)


def test_s33_it_is_shown_to_those_who_may_read_the_line(client, talk, maya, omar):
    attachment = attach(talk, picture())
    url = reverse("attachment-preview", args=[attachment.token])
    client.force_login(maya.person)
    response = client.get(url)
    assert response["Content-Type"] == "image/webp"
    assert "sandbox" in response["Content-Security-Policy"]
    assert url in client.get(reverse("conversation", args=[talk.pk])).content.decode()
    nothing = attach(talk, b"no picture")
    assert client.get(reverse("attachment-preview", args=[nothing.token])).status_code == 404
    client.force_login(omar.person)
    assert client.get(url).status_code == 404
