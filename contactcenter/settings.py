"""Every setting, read from the environment; starts with no variable set (README has the table)."""

import os
from datetime import timedelta
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured
from django.utils.csp import CSP
from django.utils.translation import gettext_lazy as _
from environs import Env

from contactcenter.mail_url import mailers

env = Env()
BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = Path(env.str("VAR_DIR", str(BASE_DIR / "var")))

DEBUG = env.bool("DEBUG", False)
SECRET_KEY = env.str("SECRET_KEY", "") or "django-insecure-for-a-laptop-only-set-SECRET_KEY-in-production-0123456789"
PUBLIC_BASE_URL = env.str("PUBLIC_BASE_URL", "http://127.0.0.1:8000").rstrip("/")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", ["127.0.0.1", "localhost", "[::1]"])
HTTPS = PUBLIC_BASE_URL.startswith("https://")
if HTTPS and not env.str("SECRET_KEY", ""):
    raise ImproperlyConfigured("Set SECRET_KEY to 50 random characters or more: others can reach this installation.")

INSTALLED_APPS = [
    "agents",
    "interactions",
    "contactcenter.apps.CentreAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.staticfiles",
    "channels",
    "django_htmx",
    "django_rq",
]

if DEBUG:
    # Its runserver serves the live screens too; elsewhere importing it would only cost a second and 25 MB a process.
    INSTALLED_APPS.insert(0, "daphne")

MIDDLEWARE = [
    "contactcenter.logs.request_log",
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.csp.ContentSecurityPolicyMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "contactcenter.middleware.in_the_viewers_terms",
    "contactcenter.middleware.stale_is_no_error",
    "contactcenter.middleware.sign_in_is_a_page",
]

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"json": {"()": "contactcenter.logs.formatter"}},
    "filters": {"request": {"()": "contactcenter.logs.RequestFilter"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json", "filters": ["request"]}},
    "root": {"handlers": ["stderr"], "level": env.str("LOG_LEVEL", "INFO")},
    "loggers": {
        "django": {"handlers": [], "level": "INFO"},
        "rq.worker": {"handlers": [], "level": "WARNING"},
        "twilio.http_client": {"level": "WARNING"},  # below that it tells whole addresses
    },
}

ROOT_URLCONF = "contactcenter.urls"
ASGI_APPLICATION = "contactcenter.asgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
            "builtins": ["contactcenter.ui"],
        },
    },
]

DATABASES = {
    "default": env.dj_db_url("DATABASE_URL", "postgres:///contactcenter")
    | {
        "OPTIONS": {
            "pool": {"min_size": 1, "max_size": env.int("DATABASE_POOL", 16), "timeout": 10},
            "options": "-c statement_timeout=30s -c idle_in_transaction_session_timeout=60s",
        }
    }
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL = env.str("REDIS_URL", "redis://127.0.0.1:6379/0")
CHANNEL_LAYERS = {
    "default": {
        "BACKEND": "contactcenter.realtime.layer.Layer",
        "CONFIG": {"hosts": [REDIS_URL]},
    }
}
RQ_QUEUES = {"default": {"URL": REDIS_URL, "DEFAULT_TIMEOUT": 300}}

SESSION_ENGINE = "agents.sessions"
AUTH_USER_MODEL = "agents.Person"
AUTHENTICATION_BACKENDS = ["agents.access.PersonBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "login"

LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("nl", _("Dutch")), ("de", _("German")), ("fr", _("French"))]
LOCALE_PATHS = [BASE_DIR / "contactcenter" / "locale"]
TIME_ZONE = env.str("TIME_ZONE", "UTC")  # where the centre is: its day is what reports call today
USE_TZ = True

STATIC_URL = "/static/"
STATIC_ROOT = BASE_DIR / "staticfiles"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": VAR_DIR / "media"},
    },
    "staticfiles": {"BACKEND": "servestatic.storage.CompressedManifestStaticFilesStorage"},
}

TWILIO_ACCOUNT_SID = env.str("TWILIO_ACCOUNT_SID", "")
TWILIO_AUTH_TOKENS = [one.strip() for one in env.str("TWILIO_AUTH_TOKEN", "").split(",") if one.strip()]
TWILIO_API_KEY = env.str("TWILIO_API_KEY", "")
TWILIO_API_SECRET = env.str("TWILIO_API_SECRET", "")
TWILIO_APP_SID = env.str("TWILIO_APP_SID", "")
DIALLED_COUNTRIES = env.str("DIALLED_COUNTRIES", "").upper().replace(",", " ").split()
DIALLED_PER_HOUR = env.int("DIALLED_PER_HOUR", 30)
TWILIO_API_BASE_URL = env.str("TWILIO_API_BASE_URL", "").rstrip("/")
TWILIO_SIGNALLING_HOST = env.str("TWILIO_SIGNALLING_HOST", "")
DEMO_PHONE = env.bool("DEMO_PHONE", False)  # set by `make demo` alone: its telephone network has no certificate

# How browsers on a call find each other; TURN with coturn's REST credentials (`use-auth-secret`).
ICE_SERVERS: list[str] = env.list("ICE_SERVERS", [])
TURN_URLS: list[str] = env.list("TURN_URLS", [])
TURN_SECRET = env.str("TURN_SECRET", "")

# An agent's telephone speaks with Twilio itself: it is told there which of its edges to come to next, and which region
# to tell how good the line was.
_TWILIO = ["wss://*.twilio.com", *(f"https://eventgw.{home}twilio.com" for home in ("", "us1.", "ie1.", "au1."))]
if TWILIO_SIGNALLING_HOST:
    _TWILIO = [f"{'ws' if DEMO_PHONE else 'wss'}://{TWILIO_SIGNALLING_HOST}"]

SECURE_CSP = {
    "default-src": [CSP.SELF],
    "img-src": [CSP.SELF, "data:"],
    "connect-src": [CSP.SELF] + (_TWILIO if TWILIO_APP_SID else []),
    "media-src": [CSP.SELF, "mediastream:"],
    "frame-ancestors": [CSP.NONE],
    "base-uri": [CSP.NONE],
    "form-action": [CSP.SELF],
    "object-src": [CSP.NONE],
}
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_SSL_REDIRECT = HTTPS
# A load balancer asks these inside the house, where there is no HTTPS.
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_HSTS_PRELOAD = HTTPS
TRUST_PROXY = env.bool("TRUST_PROXY", False)
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if TRUST_PROXY else None
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
CSRF_TRUSTED_ORIGINS = [PUBLIC_BASE_URL]
X_FRAME_OPTIONS = "DENY"

ATTACHMENT_MAX_BYTES = 20 * 1024 * 1024
ATTACHMENT_MAX_COUNT = 5
CONVERSATION_MAX_BYTES = 200 * 1024 * 1024  # all files of one conversation
REQUEST_MAX_BYTES = ATTACHMENT_MAX_BYTES * ATTACHMENT_MAX_COUNT + 256 * 1024  # and the form around them
MESSAGE_MAX_CHARS = 4096

MAIL_IN_HOST = env.str("MAIL_IN_HOST", "127.0.0.1")
MAIL_IN_PORT = env.int("MAIL_IN_PORT", 2525)
MAIL_IN_CERTIFICATE = env.str("MAIL_IN_CERTIFICATE", "")  # a file; with it the door offers STARTTLS
MAIL_IN_KEY = env.str("MAIL_IN_KEY", "")  # a file, if the key is not in the other one
MAIL_MAX_BYTES = 50 * 1024 * 1024
DEMO_MAIL_DIR = env.str("DEMO_MAIL_DIR", "")  # set by `make demo` alone: it keeps there what it sends
# The options of django-anymail for the provider that is used: ANYMAIL_WEBHOOK_SECRET, ANYMAIL_MAILGUN_API_KEY, ...
ANYMAIL = {name.removeprefix("ANYMAIL_"): value for name, value in os.environ.items() if name.startswith("ANYMAIL_")}
MAILERS = mailers(env.str("MAIL_URL", ""))

PRIVATE_HOSTS_ALLOWED: list[str] = env.list("PRIVATE_HOSTS_ALLOWED", [])  # names and networks, for IMAP and OAuth
VISITS_PER_MINUTE = env.int("VISITS_PER_MINUTE", 300)  # from one network address; many share one behind an office
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024

# A desk is really there while its lease lives: its web process renews it, so a process that dies takes at most
# LEASE_LIFE to be noticed; an agent gone for AWAY_AFTER is shown as away.
LEASE_LIFE = timedelta(seconds=9)
LEASE_RENEWAL = timedelta(seconds=3)
AWAY_AFTER = timedelta(seconds=30)
