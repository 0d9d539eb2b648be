"""Settings of a test run: servers of its own below var/test, so that it never meets the demo's data."""

import os
from pathlib import Path
from urllib.parse import urlsplit

from contactcenter import embedded

ROOT = Path(__file__).resolve().parent.parent
WORKER = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))

os.environ.setdefault("VAR_DIR", os.fspath(ROOT / "var" / "test"))
os.environ.setdefault("EMBEDDED_DURABLE", "0")
# The first process of a run starts them; xdist's workers inherit the addresses.
embedded.join()

from contactcenter.settings import *  # noqa: E402, F403
from contactcenter.settings import CHANNEL_LAYERS, DATABASES, INSTALLED_APPS, RQ_QUEUES, STORAGES  # noqa: E402

# Each worker has a Valkey database of its own, and channels of its own, which Valkey does not divide by database.
REDIS_URL = os.environ["REDIS_URL"] = urlsplit(os.environ["REDIS_URL"])._replace(path=f"/{WORKER}").geturl()
CHANNEL_LAYERS["default"]["CONFIG"] = {"hosts": [REDIS_URL], "prefix": f"test-{WORKER}"}
RQ_QUEUES["default"]["URL"] = REDIS_URL

# Tables as the models have them, in a quarter of the time; that the migrations lead there is checked before the tests,
# and the tests of the demo and of the benches run them.
DATABASES["default"].setdefault("TEST", {})["MIGRATE"] = False

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
# Straight from static/, under the names they have there: nothing to collect, so nothing that could overwrite itself.
STATIC_ROOT = ROOT / "static"
INSTALLED_APPS = ["tests", *INSTALLED_APPS]  # for a `flush` of their own
SILENCED_SYSTEM_CHECKS = ["staticfiles.E002"]
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
