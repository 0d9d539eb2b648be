"""The first load of the desk is light: page, styles, scripts and icons, compressed as they are sent."""

import gzip
import re
from pathlib import Path

from django.contrib.staticfiles import finders
from django.test import Client
from django.urls import reverse

LIMIT = 200_000


def test_the_first_load_stays_below_200_kb(maya, talk):
    browser = Client()
    browser.force_login(maya.person)
    page = browser.get(reverse("conversation", args=[talk.pk])).content
    names = set(re.findall(r'(?:href|src)="/static/([^"#]+)', page.decode()))
    assert any("htmx" in name for name in names)
    files = [page, *(Path(finders.find(name)).read_bytes() for name in names)]
    assert sum(len(gzip.compress(content)) for content in files) < LIMIT
