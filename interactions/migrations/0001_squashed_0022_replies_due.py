import datetime
from decimal import Decimal

import django.contrib.postgres.fields
import django.core.validators
import django.db.models.constraints
import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import agents.models.person
import contactcenter.sealed
import interactions.models.call
import interactions.models.entry_point
import interactions.models.hours
import interactions.models.message
import interactions.models.phone_grant
import interactions.models.recording


class Migration(migrations.Migration):
    replaces = [
        ("interactions", "0001_initial"),
        ("interactions", "0002_draft"),
        ("interactions", "0003_a_retry_is_of_one_side"),
        ("interactions", "0004_router"),
        ("interactions", "0005_limits"),
        ("interactions", "0006_rules_that_work"),
        ("interactions", "0007_fewer_indexes"),
        ("interactions", "0008_mail"),
        ("interactions", "0009_mail_parts"),
        ("interactions", "0010_calls"),
        ("interactions", "0011_outbox"),
        ("interactions", "0012_short_messages"),
        ("interactions", "0013_drafts_of_mail"),
        ("interactions", "0014_sending"),
        ("interactions", "0015_texting"),
        ("interactions", "0016_mail_texts"),
        ("interactions", "0017_recordings"),
        ("interactions", "0018_telephony"),
        ("interactions", "0019_mail_by_webhook"),
        ("interactions", "0020_splitting"),
        ("interactions", "0021_telephones_of_people"),
        ("interactions", "0022_replies_due"),
    ]

    initial = True

    dependencies = [
        ("agents", "0005_phone_checks"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Acknowledged",
            fields=[
                ("address", models.CharField(max_length=320, primary_key=True, serialize=False)),
                ("at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="Customer",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(blank=True, max_length=120, verbose_name="name")),
                (
                    "external_id",
                    models.CharField(
                        blank=True,
                        help_text="As the host site signs it.",
                        max_length=120,
                        null=True,
                        unique=True,
                        verbose_name="customer id",
                    ),
                ),
                ("language", models.CharField(blank=True, max_length=10, verbose_name="language")),
                ("attributes", models.JSONField(blank=True, default=dict, verbose_name="attributes")),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="known since")),
                (
                    "owner",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="agents.agent",
                        verbose_name="owner",
                    ),
                ),
                (
                    "owner_team",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="agents.team",
                        verbose_name="owner team",
                    ),
                ),
            ],
            options={
                "verbose_name": "customer",
                "verbose_name_plural": "customers",
                "ordering": ["-created_at"],
            },
        ),
        migrations.CreateModel(
            name="Address",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[("email", "Email"), ("phone", "Phone"), ("whatsapp", "WhatsApp")],
                        max_length=10,
                        verbose_name="kind",
                    ),
                ),
                ("value", models.CharField(max_length=254, verbose_name="address")),
                ("verified", models.BooleanField(default=False, verbose_name="verified")),
                (
                    "opted_out_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="wants nothing from us since"),
                ),
                (
                    "customer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="addresses",
                        to="interactions.customer",
                        verbose_name="customer",
                    ),
                ),
            ],
            options={
                "verbose_name": "address",
                "verbose_name_plural": "addresses",
                "indexes": [models.Index(fields=["kind", "value"], name="addresses_by_value")],
                "constraints": [
                    models.UniqueConstraint(fields=("customer", "kind", "value"), name="address_once_per_customer"),
                    models.UniqueConstraint(
                        condition=models.Q(("verified", True)),
                        fields=("kind", "value"),
                        name="verified_address_of_one_customer",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="CustomerNote",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("text", models.TextField(max_length=4000, verbose_name="note")),
                ("at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="at")),
                (
                    "agent",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="agents.agent",
                        verbose_name="by",
                    ),
                ),
                (
                    "customer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="notes",
                        to="interactions.customer",
                        verbose_name="customer",
                    ),
                ),
            ],
            options={
                "verbose_name": "note about a customer",
                "verbose_name_plural": "notes about customers",
                "ordering": ["-at"],
            },
        ),
        migrations.CreateModel(
            name="Hours",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=120, unique=True, verbose_name="name")),
                (
                    "time_zone",
                    models.CharField(
                        choices=agents.models.person.time_zones, default="UTC", max_length=64, verbose_name="time zone"
                    ),
                ),
                (
                    "country",
                    models.CharField(
                        blank=True,
                        choices=interactions.models.hours.countries,
                        help_text="Closed on these days.",
                        max_length=3,
                        verbose_name="public holidays of",
                    ),
                ),
                ("subdivision", models.CharField(blank=True, max_length=10, verbose_name="state or province")),
            ],
            options={
                "verbose_name": "business hours",
                "verbose_name_plural": "business hours",
                "ordering": ["name"],
            },
        ),
        migrations.CreateModel(
            name="HoursException",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("date", models.DateField(verbose_name="date")),
                ("name", models.CharField(max_length=120, verbose_name="name")),
                (
                    "opens",
                    models.TimeField(
                        blank=True, help_text="Leave both empty: closed all day.", null=True, verbose_name="opens"
                    ),
                ),
                (
                    "closes",
                    models.TimeField(
                        blank=True,
                        help_text="00:00 is midnight at the end of the day.",
                        null=True,
                        verbose_name="closes",
                    ),
                ),
                (
                    "hours",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="exceptions",
                        to="interactions.hours",
                        verbose_name="business hours",
                    ),
                ),
            ],
            options={
                "verbose_name": "exception",
                "verbose_name_plural": "exceptions",
                "ordering": ["date"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("closes", None), ("opens", None)),
                            models.Q(
                                ("closes__isnull", False),
                                ("opens__isnull", False),
                                models.Q(
                                    ("closes__gt", models.F("opens")), ("closes", datetime.time(0, 0)), _connector="OR"
                                ),
                            ),
                            _connector="OR",
                        ),
                        name="exception_closes_after_it_opens",
                        violation_error_message="Fill both times, the closing later than the opening, or neither.",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="OpeningPeriod",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "weekday",
                    models.PositiveSmallIntegerField(
                        choices=[
                            (0, "Monday"),
                            (1, "Tuesday"),
                            (2, "Wednesday"),
                            (3, "Thursday"),
                            (4, "Friday"),
                            (5, "Saturday"),
                            (6, "Sunday"),
                        ],
                        verbose_name="weekday",
                    ),
                ),
                ("opens", models.TimeField(verbose_name="opens")),
                (
                    "closes",
                    models.TimeField(help_text="00:00 is midnight at the end of the day.", verbose_name="closes"),
                ),
                (
                    "hours",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="periods",
                        to="interactions.hours",
                        verbose_name="business hours",
                    ),
                ),
            ],
            options={
                "verbose_name": "opening period",
                "verbose_name_plural": "opening periods",
                "ordering": ["weekday", "opens"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("closes__gt", models.F("opens")), ("closes", datetime.time(0, 0)), _connector="OR"
                        ),
                        name="period_closes_after_it_opens",
                        violation_error_message="It has to close after it opens; past midnight, add a period next day.",
                    ),
                    models.CheckConstraint(condition=models.Q(("weekday__range", (0, 6))), name="period_weekday_known"),
                ],
            },
        ),
        migrations.CreateModel(
            name="PhoneGrant",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "nonce",
                    models.CharField(default=interactions.models.phone_grant.new_nonce, max_length=32, unique=True),
                ),
                ("session_key", models.CharField(max_length=40)),
                ("expires_at", models.DateTimeField(db_index=True)),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Queue",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=120, unique=True, verbose_name="name")),
                (
                    "priority",
                    models.SmallIntegerField(
                        default=0,
                        help_text="The entry point's is added. Where work ages, a point counts as so much waiting longer.",
                        validators=[
                            django.core.validators.MinValueValidator(-1000),
                            django.core.validators.MaxValueValidator(1000),
                        ],
                        verbose_name="priority",
                    ),
                ),
                (
                    "ordering",
                    models.CharField(
                        choices=[
                            ("aging", "by age, priority counting as waiting"),
                            ("strict", "by priority, then age"),
                        ],
                        default="aging",
                        help_text="Strict queues are served before the others; among equals the earliest target goes first.",
                        max_length=10,
                        verbose_name="order of the line",
                    ),
                ),
                (
                    "point_counts",
                    models.DurationField(
                        default=datetime.timedelta(seconds=60),
                        help_text="Of waiting, where work ages.",
                        verbose_name="a point of priority counts as",
                    ),
                ),
                (
                    "strategy",
                    models.CharField(
                        choices=[
                            ("longest_idle", "longest idle"),
                            ("least_occupied", "least occupied"),
                            ("most_skilled", "most skilled"),
                            ("round_robin", "in turn"),
                        ],
                        default="longest_idle",
                        help_text="Among those of the same rank.",
                        max_length=16,
                        verbose_name="which agent first",
                    ),
                ),
                ("last_rung", models.BigIntegerField(editable=False, null=True, verbose_name="rung last")),
                (
                    "prefer_last_agent",
                    models.BooleanField(
                        default=False,
                        help_text="Who last helped the customer is asked first.",
                        verbose_name="to the same agent again",
                    ),
                ),
                (
                    "prefer_within",
                    models.DurationField(
                        default=datetime.timedelta(0),
                        help_text="While they are at work and busy; 0: only if they are free.",
                        verbose_name="wait for the preferred agent",
                    ),
                ),
                (
                    "transfer_place",
                    models.CharField(
                        choices=[("arrival", "by its arrival"), ("anew", "at the end"), ("first", "first in line")],
                        default="arrival",
                        max_length=10,
                        verbose_name="place after a transfer",
                    ),
                ),
                (
                    "answer_within",
                    models.DurationField(
                        default=datetime.timedelta(seconds=20),
                        help_text="Target of the service level.",
                        verbose_name="answer within",
                    ),
                ),
                (
                    "answer_share",
                    models.PositiveSmallIntegerField(
                        default=80,
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(100),
                        ],
                        verbose_name="share to answer in time (%)",
                    ),
                ),
                (
                    "reply_within",
                    models.DurationField(
                        default=datetime.timedelta(seconds=14400),
                        help_text="Of business hours; target for messages that were left, and for mail.",
                        verbose_name="reply within",
                    ),
                ),
                (
                    "excluded_for",
                    models.DurationField(
                        default=datetime.timedelta(seconds=60),
                        help_text="After declining or missing an offer; not for ever, in case nobody else is there.",
                        verbose_name="not offered again for",
                    ),
                ),
                (
                    "miss_limit",
                    models.PositiveSmallIntegerField(
                        default=2,
                        help_text="After this many the agent is shown as not responding and gets no more until available again.",
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(10),
                        ],
                        verbose_name="missed offers in a row",
                    ),
                ),
                (
                    "overflow_after",
                    models.DurationField(
                        blank=True,
                        default=datetime.timedelta(seconds=60),
                        help_text="Empty: never.",
                        null=True,
                        verbose_name="informal employees after",
                    ),
                ),
                (
                    "longest_line",
                    models.PositiveIntegerField(
                        blank=True,
                        help_text="Empty: no limit. Transfers may go a fifth beyond it.",
                        null=True,
                        validators=[django.core.validators.MinValueValidator(1)],
                        verbose_name="at most waiting",
                    ),
                ),
                (
                    "longest_wait",
                    models.DurationField(
                        blank=True, help_text="Empty: no limit.", null=True, verbose_name="at most waiting for"
                    ),
                ),
                (
                    "overflow_action",
                    models.CharField(
                        choices=[
                            ("message", "ask to leave a message"),
                            ("callback", "ask for a number to call back"),
                            ("queue", "to another queue"),
                            ("informal", "to informal employees at once"),
                        ],
                        default="message",
                        max_length=10,
                        verbose_name="what then",
                    ),
                ),
                (
                    "overflowed_at",
                    models.DateTimeField(editable=False, null=True, verbose_name="line last too long at"),
                ),
                (
                    "no_agent_action",
                    models.CharField(
                        choices=[
                            ("wait", "wait"),
                            ("message", "ask to leave a message"),
                            ("queue", "to the queue it overflows to"),
                        ],
                        default="wait",
                        help_text="Nobody who could take the work is signed in.",
                        max_length=10,
                        verbose_name="when nobody is there",
                    ),
                ),
                (
                    "emergency",
                    models.BooleanField(
                        default=False,
                        help_text="Closes the queue at once, whatever its hours.",
                        verbose_name="closed for an emergency",
                    ),
                ),
                (
                    "emergency_text",
                    models.CharField(blank=True, max_length=300, verbose_name="what customers are told"),
                ),
                (
                    "time_to_live",
                    models.DurationField(
                        blank=True,
                        default=datetime.timedelta(days=3),
                        help_text="Work nobody took in so long is set aside where supervisors see it. Empty: never.",
                        null=True,
                        verbose_name="set aside after",
                    ),
                ),
                ("parked_counts", models.BooleanField(default=False, verbose_name="parked work keeps its place")),
                (
                    "inactive_after",
                    models.DurationField(
                        blank=True,
                        help_text="A customer who has not written for so long after a reply: parked until they do. Empty: never.",
                        null=True,
                        verbose_name="inactive after",
                    ),
                ),
                (
                    "wrap_up_mode",
                    models.CharField(
                        choices=[
                            ("mandatory", "until the agent is done"),
                            ("optional", "beside other work"),
                            ("timed", "for a time at most"),
                            ("forced", "for exactly a time"),
                            ("requested", "if the agent asks for it"),
                        ],
                        default="timed",
                        max_length=10,
                        verbose_name="wrap-up",
                    ),
                ),
                (
                    "wrap_up_extend_by",
                    models.DurationField(default=datetime.timedelta(seconds=60), verbose_name="an extension gives"),
                ),
                (
                    "wrap_up_extensions",
                    models.PositiveSmallIntegerField(
                        default=2,
                        validators=[django.core.validators.MaxValueValidator(10)],
                        verbose_name="extensions at most",
                    ),
                ),
                (
                    "wrap_up_within",
                    models.DurationField(
                        default=datetime.timedelta(seconds=60),
                        help_text="Ends by itself after this time; 0: no wrap-up.",
                        verbose_name="wrap-up lasts",
                    ),
                ),
                ("disposition_required", models.BooleanField(default=True, verbose_name="disposition required")),
                (
                    "return_after",
                    models.DurationField(
                        default=datetime.timedelta(seconds=60),
                        help_text="When the agent's desk is gone for this long, live chats return first in line.",
                        verbose_name="return chats after",
                    ),
                ),
                (
                    "abandoned_after",
                    models.DurationField(
                        default=datetime.timedelta(seconds=300),
                        help_text="A waiting customer whose page is gone for this long has left.",
                        verbose_name="abandoned after",
                    ),
                ),
                (
                    "recordings_kept",
                    models.PositiveSmallIntegerField(
                        default=90,
                        help_text="Of customers who agreed to it. 0: calls are not recorded.",
                        validators=[django.core.validators.MaxValueValidator(3650)],
                        verbose_name="calls recorded and kept for (days)",
                    ),
                ),
                (
                    "hours",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="queues",
                        to="interactions.hours",
                        verbose_name="business hours",
                    ),
                ),
                (
                    "overflow_to",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="overflowing",
                        to="interactions.queue",
                        verbose_name="overflows to",
                    ),
                ),
            ],
            options={
                "verbose_name": "queue",
                "verbose_name_plural": "queues",
                "ordering": ["name"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("answer_within__gt", datetime.timedelta(0)),
                            ("excluded_for__gt", datetime.timedelta(0)),
                            ("reply_within__gt", datetime.timedelta(0)),
                            ("wrap_up_within__gte", datetime.timedelta(0)),
                        ),
                        name="queue_durations_make_sense",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("answer_share__range", (1, 100))), name="answer_share_is_a_percentage"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("priority__range", (-1000, 1000)),
                            ("point_counts__range", (datetime.timedelta(0), datetime.timedelta(days=1))),
                        ),
                        name="a_queue_weighs_what_a_line_can_hold",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("overflow_to__isnull", False),
                            models.Q(
                                models.Q(("overflow_action", "queue"), _negated=True),
                                models.Q(("no_agent_action", "queue"), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="a_queue_that_overflows_says_where",
                        violation_error_message="Choose the queue it overflows to.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("overflow_to", None),
                            models.Q(("overflow_to", models.F("id")), _negated=True),
                            _connector="OR",
                        ),
                        name="a_queue_overflows_elsewhere",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("time_to_live", None),
                            ("longest_wait", None),
                            ("time_to_live__gte", models.F("longest_wait")),
                            _connector="OR",
                        ),
                        name="set_aside_after_the_longest_wait",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("wrap_up_mode__in", ["forced", "requested"]), _negated=True),
                            ("wrap_up_within__gt", datetime.timedelta(0)),
                            _connector="OR",
                        ),
                        name="a_wrap_up_of_a_set_time_lasts",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="CannedReply",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "shortcut",
                    models.SlugField(
                        help_text="Typed after a slash.", max_length=40, unique=True, verbose_name="shortcut"
                    ),
                ),
                (
                    "text",
                    models.TextField(
                        help_text="$customer_name, $agent_name and $queue_name are filled in.",
                        max_length=4000,
                        verbose_name="text",
                    ),
                ),
                ("language", models.CharField(blank=True, max_length=10, verbose_name="language")),
                ("active", models.BooleanField(default=True, verbose_name="active")),
                (
                    "queues",
                    models.ManyToManyField(
                        blank=True, help_text="None: every queue.", to="interactions.queue", verbose_name="queues"
                    ),
                ),
            ],
            options={
                "verbose_name": "canned reply",
                "verbose_name_plural": "canned replies",
                "ordering": ["shortcut"],
            },
        ),
        migrations.CreateModel(
            name="Disposition",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=80, unique=True, verbose_name="name")),
                ("position", models.PositiveSmallIntegerField(default=0, verbose_name="position")),
                ("active", models.BooleanField(default=True, verbose_name="active")),
                (
                    "queues",
                    models.ManyToManyField(
                        blank=True, help_text="None: every queue.", to="interactions.queue", verbose_name="queues"
                    ),
                ),
            ],
            options={
                "verbose_name": "disposition",
                "verbose_name_plural": "dispositions",
                "ordering": ["position", "name"],
            },
        ),
        migrations.CreateModel(
            name="EntryPoint",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=120, unique=True, verbose_name="name")),
                (
                    "key",
                    models.SlugField(
                        default=interactions.models.entry_point.new_key, max_length=40, unique=True, verbose_name="key"
                    ),
                ),
                (
                    "channel",
                    models.CharField(
                        choices=[
                            ("voice", "Voice"),
                            ("chat", "Chat"),
                            ("email", "Email"),
                            ("sms", "SMS"),
                            ("whatsapp", "WhatsApp"),
                        ],
                        default="chat",
                        max_length=10,
                        verbose_name="channel",
                    ),
                ),
                ("active", models.BooleanField(default=True, verbose_name="active")),
                (
                    "priority",
                    models.SmallIntegerField(
                        default=0,
                        help_text="Added to the queue's.",
                        validators=[
                            django.core.validators.MinValueValidator(-1000),
                            django.core.validators.MaxValueValidator(1000),
                        ],
                        verbose_name="priority",
                    ),
                ),
                ("title", models.CharField(default="Chat with us", max_length=80, verbose_name="title")),
                (
                    "greeting",
                    models.CharField(blank=True, default="How can we help?", max_length=300, verbose_name="greeting"),
                ),
                (
                    "accent",
                    models.CharField(
                        default="#2d5bd7",
                        max_length=7,
                        validators=[
                            django.core.validators.RegexValidator("^#[0-9a-fA-F]{6}$", "A colour looks like #2d5bd7")
                        ],
                        verbose_name="colour",
                    ),
                ),
                (
                    "prechat",
                    models.JSONField(
                        blank=True,
                        default=interactions.models.entry_point.default_prechat,
                        validators=[interactions.models.entry_point.check_prechat],
                        verbose_name="questions before the chat",
                    ),
                ),
                (
                    "allowed_origins",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(
                            max_length=200, validators=[interactions.models.entry_point.check_origin]
                        ),
                        blank=True,
                        default=list,
                        help_text="Sites that may embed the chat, e.g. https://www.example.com; our own hosted page always may.",
                        verbose_name="allowed origins",
                    ),
                ),
                (
                    "languages",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(
                            choices=[("en", "English"), ("nl", "Dutch"), ("de", "German"), ("fr", "French")],
                            max_length=10,
                        ),
                        blank=True,
                        default=list,
                        help_text="Empty: all we have.",
                        verbose_name="languages",
                    ),
                ),
                (
                    "calls",
                    models.BooleanField(
                        default=False,
                        help_text="From the page they chat on, with their microphone.",
                        verbose_name="customers may call",
                    ),
                ),
                (
                    "secret",
                    models.CharField(
                        default=interactions.models.entry_point.new_secret,
                        help_text="Your site signs a customer's id with it (HMAC-SHA256), so that we can believe who it is.",
                        max_length=64,
                        verbose_name="secret",
                    ),
                ),
                (
                    "hours",
                    models.ForeignKey(
                        blank=True,
                        help_text="Besides those of the queue.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="interactions.hours",
                        verbose_name="business hours",
                    ),
                ),
                (
                    "queue",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="entry_points",
                        to="interactions.queue",
                        verbose_name="queue",
                    ),
                ),
            ],
            options={
                "verbose_name": "entry point",
                "verbose_name_plural": "entry points",
                "ordering": ["name"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("priority__range", (-1000, 1000))),
                        name="an_entry_point_weighs_what_a_line_can_hold",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Mailbox",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "address",
                    models.EmailField(
                        help_text="What comes to address+anything@… is for it too.",
                        max_length=254,
                        unique=True,
                        verbose_name="address",
                    ),
                ),
                (
                    "sender_name",
                    models.CharField(
                        blank=True,
                        help_text="Stands before the address in mail we send.",
                        max_length=120,
                        verbose_name="sender's name",
                    ),
                ),
                (
                    "door",
                    models.CharField(
                        choices=[("smtp", "Brought to us (SMTP or LMTP)"), ("imap", "Fetched from a server (IMAP)")],
                        default="smtp",
                        max_length=4,
                        verbose_name="how mail comes",
                    ),
                ),
                ("active", models.BooleanField(default=True, verbose_name="active")),
                (
                    "reopened_within",
                    models.DurationField(
                        default=datetime.timedelta(days=7),
                        help_text="Later ones open a new interaction that names the old one.",
                        verbose_name="an answer reopens closed work for",
                    ),
                ),
                (
                    "authserv_id",
                    models.CharField(
                        blank=True,
                        help_text="The first word of the Authentication-Results your own mail server adds; empty: none is believed.",
                        max_length=255,
                        verbose_name="server whose checks we believe",
                    ),
                ),
                ("imap_host", models.CharField(blank=True, max_length=255, verbose_name="server")),
                (
                    "imap_port",
                    models.PositiveIntegerField(
                        default=993,
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(65535),
                        ],
                        verbose_name="port",
                    ),
                ),
                (
                    "imap_security",
                    models.CharField(
                        choices=[("tls", "TLS"), ("starttls", "STARTTLS"), ("none", "None: only within the house")],
                        default="tls",
                        max_length=8,
                        verbose_name="encryption",
                    ),
                ),
                ("imap_user", models.CharField(blank=True, max_length=255, verbose_name="user")),
                (
                    "imap_password",
                    contactcenter.sealed.SealedField(blank=True, editable=False, verbose_name="password"),
                ),
                ("imap_folder", models.CharField(default="INBOX", max_length=255, verbose_name="folder")),
                (
                    "imap_done_folder",
                    models.CharField(
                        blank=True,
                        help_text="Empty: it is marked as read.",
                        max_length=255,
                        verbose_name="move what was taken to",
                    ),
                ),
                (
                    "oauth_token_url",
                    models.URLField(
                        blank=True, help_text="With OAuth2 no password is needed.", verbose_name="token address"
                    ),
                ),
                ("oauth_client_id", models.CharField(blank=True, max_length=255, verbose_name="client id")),
                (
                    "oauth_client_secret",
                    contactcenter.sealed.SealedField(blank=True, editable=False, verbose_name="client secret"),
                ),
                (
                    "oauth_refresh_token",
                    contactcenter.sealed.SealedField(blank=True, editable=False, verbose_name="refresh token"),
                ),
                (
                    "uid_validity",
                    models.BigIntegerField(editable=False, null=True, verbose_name="numbering of the folder"),
                ),
                ("last_uid", models.BigIntegerField(default=0, editable=False, verbose_name="last number taken")),
                ("looked_at", models.DateTimeField(editable=False, null=True, verbose_name="last looked at")),
                ("trouble", models.CharField(blank=True, editable=False, max_length=300, verbose_name="trouble")),
                (
                    "entry_point",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="mailbox",
                        to="interactions.entrypoint",
                        verbose_name="entry point",
                    ),
                ),
            ],
            options={
                "verbose_name": "mailbox",
                "verbose_name_plural": "mailboxes",
                "ordering": ["address"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("door", "imap"), _negated=True),
                            models.Q(("imap_host", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="fetched_mail_has_a_server",
                        violation_error_message="Say from which server the mail is fetched.",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Acknowledgement",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "language",
                    models.CharField(
                        blank=True,
                        choices=[("", "Any"), ("en", "English"), ("nl", "Dutch"), ("de", "German"), ("fr", "French")],
                        max_length=10,
                        verbose_name="language",
                    ),
                ),
                ("subject", models.CharField(max_length=200, verbose_name="subject")),
                ("text", models.TextField(max_length=4000, verbose_name="text")),
                (
                    "mailbox",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="acknowledgements",
                        to="interactions.mailbox",
                        verbose_name="mailbox",
                    ),
                ),
            ],
            options={
                "verbose_name": "acknowledgement",
                "verbose_name_plural": "acknowledgements",
                "constraints": [
                    models.UniqueConstraint(fields=("mailbox", "language"), name="one_acknowledgement_per_language")
                ],
            },
        ),
        migrations.CreateModel(
            name="Membership",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "rank",
                    models.PositiveSmallIntegerField(
                        default=1,
                        help_text="1 is rung first.",
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(9),
                        ],
                        verbose_name="rank",
                    ),
                ),
                (
                    "agent",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="memberships",
                        to="agents.agent",
                        verbose_name="agent",
                    ),
                ),
                (
                    "team",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="memberships",
                        to="agents.team",
                        verbose_name="team",
                    ),
                ),
                (
                    "queue",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="memberships",
                        to="interactions.queue",
                        verbose_name="queue",
                    ),
                ),
            ],
            options={
                "verbose_name": "membership",
                "verbose_name_plural": "memberships",
                "ordering": ["rank"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("agent__isnull", False), ("team", None)),
                            models.Q(("agent", None), ("team__isnull", False)),
                            _connector="OR",
                        ),
                        name="member_is_an_agent_or_a_team",
                        violation_error_message="Choose an agent or a team, not both.",
                    ),
                    models.UniqueConstraint(fields=("queue", "agent"), name="agent_once_per_queue"),
                    models.UniqueConstraint(fields=("queue", "team"), name="team_once_per_queue"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Number",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "number",
                    models.CharField(
                        max_length=16,
                        unique=True,
                        validators=[
                            django.core.validators.RegexValidator(
                                "^\\+[1-9]\\d{6,14}$", "A number looks like +31201234567"
                            )
                        ],
                        verbose_name="number",
                    ),
                ),
                ("name", models.CharField(blank=True, max_length=120, verbose_name="name")),
                ("active", models.BooleanField(default=True, verbose_name="active")),
                (
                    "language",
                    models.CharField(
                        default="en-GB",
                        help_text="As Twilio names its voices: en-GB, nl-NL.",
                        max_length=10,
                        verbose_name="language we speak",
                    ),
                ),
                (
                    "greeting",
                    models.CharField(
                        blank=True,
                        help_text="Said to every caller, before the keys of the menu.",
                        max_length=500,
                        verbose_name="greeting",
                    ),
                ),
                (
                    "recording_notice",
                    models.CharField(
                        blank=True,
                        help_text="Said to every caller; only then are calls recorded.",
                        max_length=300,
                        verbose_name="notice of recording",
                    ),
                ),
                ("closed_text", models.CharField(blank=True, max_length=500, verbose_name="said when we are closed")),
                (
                    "offers_call_back",
                    models.BooleanField(
                        default=False,
                        help_text="They keep their place in line.",
                        verbose_name="callers may press 1 to be called back",
                    ),
                ),
                (
                    "takes_voicemail",
                    models.BooleanField(default=False, verbose_name="callers may press 2 to leave a message"),
                ),
                (
                    "reopened_within",
                    models.DurationField(
                        default=datetime.timedelta(days=1),
                        help_text="Later ones open a new interaction that names the old one.",
                        verbose_name="a message reopens closed work for",
                    ),
                ),
                (
                    "answers_keywords",
                    models.BooleanField(
                        default=False,
                        help_text="Only where Twilio does not: then the customer would be answered twice.",
                        verbose_name="we answer STOP, START and HELP",
                    ),
                ),
                (
                    "help_text",
                    models.CharField(
                        blank=True,
                        help_text="Who you are and how else you are reached.",
                        max_length=300,
                        verbose_name="answer to HELP",
                    ),
                ),
                (
                    "segment_price",
                    models.DecimalField(
                        blank=True,
                        decimal_places=4,
                        help_text="Shown to agents before they send an SMS.",
                        max_digits=7,
                        null=True,
                        validators=[django.core.validators.MinValueValidator(Decimal("0"))],
                        verbose_name="price of a segment",
                    ),
                ),
                ("currency", models.CharField(default="EUR", max_length=3, verbose_name="currency")),
                (
                    "calls",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="interactions.entrypoint",
                        verbose_name="calls go to",
                    ),
                ),
                (
                    "texts",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="interactions.entrypoint",
                        verbose_name="SMS go to",
                    ),
                ),
                (
                    "whatsapp",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="interactions.entrypoint",
                        verbose_name="WhatsApp goes to",
                    ),
                ),
            ],
            options={
                "verbose_name": "telephone number",
                "verbose_name_plural": "telephone numbers",
                "ordering": ["number"],
            },
        ),
        migrations.CreateModel(
            name="MenuKey",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "key",
                    models.CharField(
                        max_length=1,
                        validators=[django.core.validators.RegexValidator("^[0-9]$", "One of the keys 0 to 9.")],
                        verbose_name="key",
                    ),
                ),
                (
                    "words",
                    models.CharField(
                        help_text="For questions about a bill, press 2.", max_length=200, verbose_name="what is said"
                    ),
                ),
                (
                    "entry_point",
                    models.ForeignKey(
                        limit_choices_to={"channel": "voice"},
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="interactions.entrypoint",
                        verbose_name="leads to",
                    ),
                ),
                (
                    "number",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="menu",
                        to="interactions.number",
                        verbose_name="number",
                    ),
                ),
            ],
            options={
                "verbose_name": "key of the menu",
                "verbose_name_plural": "keys of the menu",
                "ordering": ["number", "key"],
                "constraints": [models.UniqueConstraint(fields=("number", "key"), name="one_way_per_key")],
            },
        ),
        migrations.CreateModel(
            name="OfferRule",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "channel",
                    models.CharField(
                        choices=[
                            ("voice", "Voice"),
                            ("chat", "Chat"),
                            ("email", "Email"),
                            ("sms", "SMS"),
                            ("whatsapp", "WhatsApp"),
                        ],
                        max_length=10,
                        verbose_name="channel",
                    ),
                ),
                (
                    "rings_for",
                    models.DurationField(
                        validators=[
                            django.core.validators.MinValueValidator(
                                datetime.timedelta(seconds=5), "An offer has to ring for 5 seconds to 30 minutes."
                            ),
                            django.core.validators.MaxValueValidator(
                                datetime.timedelta(seconds=1800), "An offer has to ring for 5 seconds to 30 minutes."
                            ),
                        ],
                        verbose_name="rings for",
                    ),
                ),
                (
                    "accepts_after",
                    models.DurationField(
                        blank=True,
                        help_text="Empty: the agent accepts.",
                        null=True,
                        verbose_name="accepts itself after",
                    ),
                ),
                (
                    "rings_at",
                    models.PositiveSmallIntegerField(
                        default=1,
                        help_text="So many agents at once; the first to accept has it.",
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(10),
                        ],
                        verbose_name="rings at",
                    ),
                ),
                (
                    "queue",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="offer_rules",
                        to="interactions.queue",
                        verbose_name="queue",
                    ),
                ),
            ],
            options={
                "verbose_name": "way of ringing",
                "verbose_name_plural": "ways of ringing",
                "ordering": ["channel"],
                "constraints": [
                    models.UniqueConstraint(fields=("queue", "channel"), name="one_offer_rule_per_queue_and_channel"),
                    models.CheckConstraint(
                        condition=models.Q(("channel__in", ["voice", "chat", "email", "sms", "whatsapp"])),
                        name="offer_rule_channel_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("rings_for__range", (datetime.timedelta(seconds=5), datetime.timedelta(seconds=1800)))
                        ),
                        name="an_offer_rings_5_s_to_30_min",
                        violation_error_message="An offer has to ring for 5 seconds to 30 minutes.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("accepts_after", None),
                            models.Q(
                                ("accepts_after__gte", datetime.timedelta(0)),
                                ("accepts_after__lt", models.F("rings_for")),
                            ),
                            _connector="OR",
                        ),
                        name="accepts_itself_while_it_rings",
                        violation_error_message="An offer can accept itself only while it rings.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("rings_at", 1),
                            models.Q(("accepts_after", None), ("rings_at__range", (2, 10))),
                            _connector="OR",
                        ),
                        name="rings_at_one_or_waits_for_one",
                        violation_error_message="What rings at several agents cannot accept itself.",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="QueueSkill",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "level",
                    models.PositiveSmallIntegerField(
                        default=1,
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(5),
                        ],
                        verbose_name="at least",
                    ),
                ),
                (
                    "required",
                    models.BooleanField(
                        default=True, help_text="If not, those who have it are asked first.", verbose_name="required"
                    ),
                ),
                (
                    "queue",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="skills",
                        to="interactions.queue",
                        verbose_name="queue",
                    ),
                ),
                (
                    "skill",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="agents.skill",
                        verbose_name="skill",
                    ),
                ),
            ],
            options={
                "verbose_name": "skill a queue asks",
                "verbose_name_plural": "skills a queue asks",
                "constraints": [
                    models.UniqueConstraint(fields=("queue", "skill"), name="one_level_per_queue_and_skill"),
                    models.CheckConstraint(
                        condition=models.Q(("level__range", (1, 5))), name="queue_skill_level_1_to_5"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="RulesVersion",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField(db_index=True, default=django.utils.timezone.now, verbose_name="since")),
                ("note", models.CharField(blank=True, max_length=300, verbose_name="what was changed")),
                ("rules", models.JSONField(verbose_name="rules")),
                (
                    "by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="by",
                    ),
                ),
                (
                    "restores",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="interactions.rulesversion",
                        verbose_name="rolls back to",
                    ),
                ),
            ],
            options={
                "verbose_name": "version of the rules",
                "verbose_name_plural": "versions of the rules",
                "ordering": ["-pk"],
            },
        ),
        migrations.CreateModel(
            name="Signature",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "language",
                    models.CharField(
                        blank=True,
                        choices=[("", "Any"), ("en", "English"), ("nl", "Dutch"), ("de", "German"), ("fr", "French")],
                        max_length=10,
                        verbose_name="language",
                    ),
                ),
                (
                    "text",
                    models.TextField(
                        help_text="$agent_name and $queue_name are filled in; everything else stays.",
                        max_length=2000,
                        verbose_name="text",
                    ),
                ),
                (
                    "queue",
                    models.ForeignKey(
                        blank=True,
                        help_text="None: every queue without one of its own.",
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="signatures",
                        to="interactions.queue",
                        verbose_name="queue",
                    ),
                ),
            ],
            options={
                "verbose_name": "signature",
                "verbose_name_plural": "signatures",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("queue", "language"), name="one_signature_per_queue_and_language", nulls_distinct=False
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Step",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "position",
                    models.PositiveSmallIntegerField(
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(9),
                        ],
                        verbose_name="step",
                    ),
                ),
                (
                    "after",
                    models.DurationField(
                        blank=True, help_text="Since it entered the queue.", null=True, verbose_name="after"
                    ),
                ),
                (
                    "when_wait_over",
                    models.DurationField(blank=True, null=True, verbose_name="or when the estimated wait is over"),
                ),
                (
                    "when_level_under",
                    models.PositiveSmallIntegerField(
                        blank=True,
                        null=True,
                        validators=[django.core.validators.MaxValueValidator(100)],
                        verbose_name="or when the service level is under (%)",
                    ),
                ),
                (
                    "when_nobody",
                    models.BooleanField(
                        default=False,
                        help_text="Nobody who could take it without this step.",
                        verbose_name="or at once when nobody is there",
                    ),
                ),
                ("informal", models.BooleanField(default=False, verbose_name="ask the queue's informal employees")),
                (
                    "last_held_at",
                    models.DateTimeField(editable=False, null=True, verbose_name="conditions last held at"),
                ),
                (
                    "add_queue",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="interactions.queue",
                        verbose_name="ask who serves",
                    ),
                ),
                (
                    "add_team",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="agents.team",
                        verbose_name="ask the team",
                    ),
                ),
                (
                    "queue",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="steps",
                        to="interactions.queue",
                        verbose_name="queue",
                    ),
                ),
            ],
            options={
                "verbose_name": "step of relaxation",
                "verbose_name_plural": "steps of relaxation",
                "ordering": ["queue", "position"],
                "constraints": [
                    models.UniqueConstraint(
                        deferrable=django.db.models.constraints.Deferrable["DEFERRED"],
                        fields=("queue", "position"),
                        name="one_step_per_position",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("after__isnull", False),
                            ("when_wait_over__isnull", False),
                            ("when_level_under__isnull", False),
                            ("when_nobody", True),
                            _connector="OR",
                        ),
                        name="a_step_is_reached_somehow",
                        violation_error_message="Say when the step is reached.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("after", None), ("after__gte", datetime.timedelta(0)), _connector="OR"),
                        name="a_step_is_reached_after_arrival",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("add_queue", None),
                            models.Q(("add_queue", models.F("queue")), _negated=True),
                            _connector="OR",
                        ),
                        name="a_step_adds_another_queue",
                        violation_error_message="The queue asks its own people already.",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="StepSkill",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "level",
                    models.PositiveSmallIntegerField(
                        default=0,
                        help_text="0: not asked any more.",
                        validators=[django.core.validators.MaxValueValidator(5)],
                        verbose_name="at least",
                    ),
                ),
                (
                    "skill",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="agents.skill",
                        verbose_name="skill",
                    ),
                ),
                (
                    "step",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="skills",
                        to="interactions.step",
                        verbose_name="step",
                    ),
                ),
            ],
            options={
                "verbose_name": "relaxed skill",
                "verbose_name_plural": "relaxed skills",
                "constraints": [
                    models.UniqueConstraint(fields=("step", "skill"), name="one_level_per_step_and_skill"),
                    models.CheckConstraint(
                        condition=models.Q(("level__range", (0, 5))), name="step_skill_level_0_to_5"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Visitor",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("token_hash", models.CharField(max_length=64, unique=True, verbose_name="token hash")),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="first seen")),
                ("seen_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="last seen")),
                (
                    "customer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="visitors",
                        to="interactions.customer",
                        verbose_name="customer",
                    ),
                ),
                (
                    "entry_point",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="visitors",
                        to="interactions.entrypoint",
                        verbose_name="entry point",
                    ),
                ),
            ],
            options={
                "verbose_name": "visitor",
                "verbose_name_plural": "visitors",
            },
        ),
        migrations.CreateModel(
            name="Interaction",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "channel",
                    models.CharField(
                        choices=[
                            ("voice", "Voice"),
                            ("chat", "Chat"),
                            ("email", "Email"),
                            ("sms", "SMS"),
                            ("whatsapp", "WhatsApp"),
                        ],
                        max_length=10,
                        verbose_name="channel",
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("queued", "Waiting"),
                            ("offered", "Ringing"),
                            ("active", "With an agent"),
                            ("parked", "Parked"),
                            ("wrap_up", "Wrapping up"),
                            ("closed", "Closed"),
                            ("abandoned", "Abandoned"),
                            ("spam", "Spam"),
                            ("set_aside", "Set aside"),
                        ],
                        default="queued",
                        max_length=12,
                        verbose_name="state",
                    ),
                ),
                (
                    "live",
                    models.BooleanField(
                        default=True, help_text="No: a message was left, nobody waits on the line.", verbose_name="live"
                    ),
                ),
                ("subject", models.CharField(blank=True, max_length=200, verbose_name="subject")),
                ("language", models.CharField(blank=True, max_length=10, verbose_name="language")),
                ("priority", models.SmallIntegerField(default=0, verbose_name="priority")),
                ("arrived_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="arrived at")),
                (
                    "queued_at",
                    models.DateTimeField(default=django.utils.timezone.now, verbose_name="in this queue since"),
                ),
                (
                    "place_from",
                    models.DateTimeField(default=django.utils.timezone.now, verbose_name="place counts from"),
                ),
                ("place_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="place in line")),
                (
                    "precedence",
                    models.SmallIntegerField(
                        default=0,
                        help_text="The priority, where the queue is strict; work of a higher one goes first.",
                        verbose_name="precedence",
                    ),
                ),
                (
                    "estimated_wait",
                    models.DurationField(blank=True, null=True, verbose_name="wait estimated at arrival"),
                ),
                ("answered_at", models.DateTimeField(blank=True, null=True, verbose_name="answered at")),
                ("ended_at", models.DateTimeField(blank=True, null=True, verbose_name="ended at")),
                ("closed_at", models.DateTimeField(blank=True, null=True, verbose_name="closed at")),
                ("wrap_up_until", models.DateTimeField(blank=True, null=True, verbose_name="wrap-up until")),
                (
                    "wrap_up_mode",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("mandatory", "until the agent is done"),
                            ("optional", "beside other work"),
                            ("timed", "for a time at most"),
                            ("forced", "for exactly a time"),
                            ("requested", "if the agent asks for it"),
                        ],
                        max_length=10,
                        verbose_name="wrap-up",
                    ),
                ),
                ("wrap_up_requested", models.BooleanField(default=False, verbose_name="wrap-up asked for")),
                ("wrap_up_extensions", models.PositiveSmallIntegerField(default=0, verbose_name="times extended")),
                (
                    "holds_place",
                    models.BooleanField(default=False, editable=False, verbose_name="takes a place of its agent"),
                ),
                ("on_call", models.BooleanField(default=False, editable=False, verbose_name="on the phone")),
                ("interrupted_since", models.DateTimeField(blank=True, null=True, verbose_name="interrupted since")),
                ("held_for", models.DurationField(default=datetime.timedelta(0), verbose_name="was on hold for")),
                ("parked_until", models.DateTimeField(blank=True, null=True, verbose_name="parked until")),
                ("preferred_until", models.DateTimeField(blank=True, null=True, verbose_name="preferred until")),
                ("disposition_note", models.TextField(blank=True, max_length=4000, verbose_name="wrap-up note")),
                ("call_back", models.CharField(blank=True, max_length=32, verbose_name="number to call back")),
                ("set_aside_why", models.CharField(blank=True, max_length=300, verbose_name="set aside because")),
                ("rating", models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="rating")),
                ("rating_comment", models.TextField(blank=True, max_length=2000, verbose_name="comment")),
                ("last_seq", models.PositiveIntegerField(default=0, editable=False, verbose_name="last number")),
                (
                    "last_line",
                    models.PositiveIntegerField(default=0, editable=False, verbose_name="number of the last line"),
                ),
                (
                    "last_public_line",
                    models.PositiveIntegerField(default=0, editable=False, verbose_name="last line the customer sees"),
                ),
                (
                    "agent_read",
                    models.PositiveIntegerField(default=0, editable=False, verbose_name="read by the agent up to"),
                ),
                (
                    "customer_received",
                    models.PositiveIntegerField(
                        default=0, editable=False, verbose_name="received by the customer up to"
                    ),
                ),
                (
                    "customer_read",
                    models.PositiveIntegerField(default=0, editable=False, verbose_name="read by the customer up to"),
                ),
                (
                    "unanswered_since",
                    models.DateTimeField(blank=True, null=True, verbose_name="customer waits for a reply since"),
                ),
                ("reply_due_at", models.DateTimeField(blank=True, null=True, verbose_name="reply due at")),
                ("replied_at", models.DateTimeField(blank=True, null=True, verbose_name="first reply at")),
                (
                    "agent",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="interactions",
                        to="agents.agent",
                        verbose_name="agent",
                    ),
                ),
                (
                    "customer",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="interactions",
                        to="interactions.customer",
                        verbose_name="customer",
                    ),
                ),
                (
                    "disposition",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="interactions",
                        to="interactions.disposition",
                    ),
                ),
                (
                    "entry_point",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="interactions",
                        to="interactions.entrypoint",
                    ),
                ),
                (
                    "preferred_agent",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="agents.agent",
                    ),
                ),
                (
                    "preferred_team",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="agents.team",
                    ),
                ),
                (
                    "previous",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="following",
                        to="interactions.interaction",
                    ),
                ),
                (
                    "returned_from",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="agents.agent",
                    ),
                ),
                (
                    "queue",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="interactions",
                        to="interactions.queue",
                        verbose_name="queue",
                    ),
                ),
                (
                    "visitor",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="interactions",
                        to="interactions.visitor",
                    ),
                ),
            ],
            options={
                "verbose_name": "interaction",
                "verbose_name_plural": "interactions",
                "indexes": [
                    models.Index(
                        condition=models.Q(("state", "queued")),
                        fields=["queue", "channel", "-precedence", "place_at", "id"],
                        name="the_waiting_line",
                    ),
                    models.Index(
                        condition=models.Q(("preferred_until__isnull", False), ("state", "queued")),
                        fields=["preferred_until"],
                        name="held_for_somebody",
                    ),
                    models.Index(
                        condition=models.Q(("returned_from__isnull", False), ("state", "queued")),
                        fields=["returned_from"],
                        name="work_to_take_back",
                    ),
                    models.Index(
                        condition=models.Q(("state__in", ["active", "wrap_up", "parked"])),
                        fields=["agent"],
                        name="work_in_hand",
                    ),
                    models.Index(
                        fields=["arrived_at"],
                        include=("queue", "state", "answered_at", "ended_at", "live", "estimated_wait"),
                        name="arrivals_of_a_day",
                    ),
                    models.Index(
                        condition=models.Q(("state", "queued")),
                        fields=["queue", "live", "channel", "queued_at"],
                        name="waiting_for_how_long",
                    ),
                    models.Index(
                        condition=models.Q(("state", "set_aside")), fields=["queue", "ended_at"], name="work_set_aside"
                    ),
                    models.Index(fields=["customer", "-arrived_at"], name="a_customers_history"),
                    models.Index(
                        condition=models.Q(("agent__isnull", False)), fields=["agent"], name="work_of_an_agent"
                    ),
                    models.Index(condition=models.Q(("visitor__isnull", False)), fields=["visitor"], name="visits"),
                    models.Index(
                        condition=models.Q(("previous__isnull", False)), fields=["previous"], name="what_followed"
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "state__in",
                                [
                                    "queued",
                                    "offered",
                                    "active",
                                    "parked",
                                    "wrap_up",
                                    "closed",
                                    "abandoned",
                                    "spam",
                                    "set_aside",
                                ],
                            )
                        ),
                        name="interaction_state_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("channel__in", ["voice", "chat", "email", "sms", "whatsapp"])),
                        name="interaction_channel_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state__in", ["active", "wrap_up", "parked"]), _negated=True),
                            ("agent__isnull", False),
                            _connector="OR",
                        ),
                        name="work_in_hand_has_an_agent",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state__in", ["queued", "offered", "abandoned", "set_aside"]), _negated=True),
                            ("agent", None),
                            _connector="OR",
                        ),
                        name="waiting_work_has_no_agent",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("state__in", ["wrap_up", "closed", "abandoned", "spam", "set_aside"]),
                                ("ended_at__isnull", False),
                            ),
                            models.Q(("state__in", ["queued", "offered", "active", "parked"]), ("ended_at", None)),
                            _connector="OR",
                        ),
                        name="over_when_it_has_ended",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "wrap_up"), _negated=True),
                            ("wrap_up_until__isnull", False),
                            ("wrap_up_mode__in", ["mandatory", "optional"]),
                            _connector="OR",
                        ),
                        name="wrap_up_has_an_end",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "set_aside"), _negated=True),
                            models.Q(("set_aside_why", ""), _negated=True),
                            _connector="XOR",
                        ),
                        name="set_aside_for_a_reason",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("holds_place", False), ("state__in", ["active", "wrap_up", "parked"]), _connector="OR"
                        ),
                        name="work_in_hand_holds_places",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("rating", None), ("rating__range", (1, 5)), _connector="OR"),
                        name="rating_is_1_to_5",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(
                            ("state__in", ["queued", "offered", "active", "parked"]), ("visitor__isnull", False)
                        ),
                        fields=("visitor",),
                        name="one_open_conversation_per_visitor",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Call",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "provider",
                    models.CharField(
                        choices=[("browser", "Browser"), ("twilio", "Twilio")], max_length=10, verbose_name="provider"
                    ),
                ),
                ("sid", models.CharField(blank=True, max_length=64, verbose_name="the provider's name for it")),
                ("room", models.CharField(blank=True, max_length=64, verbose_name="the provider's name of the room")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "Waiting"),
                            ("connecting", "Connecting"),
                            ("talking", "Talking"),
                            ("held", "On hold"),
                            ("ended", "Ended"),
                        ],
                        default="waiting",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                (
                    "was",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("voice", "Voice"),
                            ("chat", "Chat"),
                            ("email", "Email"),
                            ("sms", "SMS"),
                            ("whatsapp", "WhatsApp"),
                        ],
                        help_text="Empty: it began as a call.",
                        max_length=10,
                        verbose_name="channel before",
                    ),
                ),
                ("consented", models.BooleanField(default=False, verbose_name="may be recorded")),
                ("recording_paused", models.BooleanField(default=False, verbose_name="recording is paused")),
                ("began_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="began at")),
                ("answered_at", models.DateTimeField(blank=True, null=True, verbose_name="answered at")),
                ("ended_at", models.DateTimeField(blank=True, null=True, verbose_name="ended at")),
                (
                    "interaction",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="calls", to="interactions.interaction"
                    ),
                ),
                (
                    "number",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="interactions.number",
                        verbose_name="our number",
                    ),
                ),
            ],
            options={
                "verbose_name": "call",
                "verbose_name_plural": "calls",
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state", "ended"), _negated=True),
                        fields=("interaction",),
                        name="one_live_call_per_interaction",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("sid", ""), _negated=True),
                        fields=("provider", "sid"),
                        name="one_call_per_provider_sid",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["waiting", "connecting", "talking", "held", "ended"])),
                        name="call_state_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("ended_at__isnull", False), ("state", "ended")),
                            models.Q(models.Q(("state", "ended"), _negated=True), ("ended_at", None)),
                            _connector="OR",
                        ),
                        name="a_call_that_ended_has_an_end",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state__in", ["talking", "held"]), _negated=True),
                            ("answered_at__isnull", False),
                            _connector="OR",
                        ),
                        name="who_talks_has_been_answered",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="CallLeg",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "role",
                    models.CharField(
                        choices=[
                            ("customer", "Customer"),
                            ("agent", "Agent"),
                            ("supervisor", "Supervisor"),
                            ("third", "Somebody else"),
                        ],
                        max_length=10,
                        verbose_name="role",
                    ),
                ),
                (
                    "peer",
                    models.CharField(
                        default=interactions.models.call.new_peer,
                        max_length=32,
                        unique=True,
                        verbose_name="name among the others",
                    ),
                ),
                ("sid", models.CharField(blank=True, max_length=64, verbose_name="the provider's name for it")),
                ("number", models.CharField(blank=True, max_length=32, verbose_name="telephone")),
                (
                    "state",
                    models.CharField(
                        choices=[("joining", "Asked to join"), ("joined", "On the line"), ("left", "Left")],
                        default="joining",
                        max_length=8,
                        verbose_name="state",
                    ),
                ),
                ("page", models.PositiveIntegerField(default=0, verbose_name="times joined")),
                ("muted", models.BooleanField(default=False, verbose_name="muted")),
                ("held", models.BooleanField(default=False, verbose_name="on hold")),
                ("consulted", models.BooleanField(default=False, verbose_name="asked in private")),
                (
                    "mode",
                    models.CharField(
                        blank=True,
                        choices=[("monitor", "Listening"), ("whisper", "Whispering"), ("barge", "Talking along")],
                        max_length=8,
                        verbose_name="takes part by",
                    ),
                ),
                (
                    "carried",
                    models.JSONField(
                        blank=True, default=dict, editable=False, verbose_name="what the provider is known to do"
                    ),
                ),
                ("back_by", models.DateTimeField(blank=True, null=True, verbose_name="waited for until")),
                ("joined_at", models.DateTimeField(blank=True, null=True, verbose_name="joined at")),
                ("left_at", models.DateTimeField(blank=True, null=True, verbose_name="left at")),
                ("why", models.CharField(blank=True, max_length=120, verbose_name="why")),
                (
                    "agent",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="call_legs",
                        to="agents.agent",
                    ),
                ),
                (
                    "call",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="legs", to="interactions.call"
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "via",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="coaches",
                        to="interactions.callleg",
                    ),
                ),
            ],
            options={
                "verbose_name": "leg of a call",
                "verbose_name_plural": "legs of calls",
                "indexes": [
                    models.Index(
                        condition=models.Q(("back_by__isnull", False)), fields=["back_by"], name="legs_waited_for"
                    ),
                    models.Index(
                        condition=models.Q(("state", "left"), _negated=True),
                        fields=["agent"],
                        name="agents_on_the_line",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("role", "customer"), models.Q(("state", "left"), _negated=True)),
                        fields=("call",),
                        name="one_customer_on_the_line",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("agent__isnull", False), models.Q(("state", "left"), _negated=True)),
                        fields=("call", "agent"),
                        name="an_agent_once_on_the_line",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("sid", ""), _negated=True),
                        fields=("call", "sid"),
                        name="one_leg_per_provider_sid",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state__in", ["joining", "joined", "left"]),
                            ("role__in", ["customer", "agent", "supervisor", "third"]),
                        ),
                        name="leg_state_and_role_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("role", "agent"), _negated=True), ("agent__isnull", False), _connector="OR"
                        ),
                        name="an_agents_leg_names_the_agent",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("role", "supervisor"), models.Q(("mode", ""), _negated=True)),
                            models.Q(models.Q(("role", "supervisor"), _negated=True), ("mode", "")),
                            _connector="OR",
                        ),
                        name="only_supervisors_take_part_by_a_mode",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("back_by", None), ("left_at__isnull", False), ("state", "left")),
                            models.Q(models.Q(("state", "left"), _negated=True), ("left_at", None)),
                            _connector="OR",
                        ),
                        name="who_left_is_not_waited_for",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="CallEvent",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "what",
                    models.CharField(
                        choices=[
                            ("began", "The call began"),
                            ("dialled", "Number dialled"),
                            ("joined", "Joined"),
                            ("lost", "Connection lost"),
                            ("back", "Came back"),
                            ("left", "Left"),
                            ("held", "Put on hold"),
                            ("retrieved", "Taken off hold"),
                            ("muted", "Muted"),
                            ("unmuted", "Unmuted"),
                            ("digits", "Keys pressed"),
                            ("consulted", "Colleague asked"),
                            ("merged", "Conference"),
                            ("handed_over", "Handed over"),
                            ("supervised", "Supervisor"),
                            ("recording", "Recording"),
                            ("refused", "Refused"),
                            ("quality", "Quality"),
                            ("played", "Recording played"),
                            ("ended", "The call ended"),
                        ],
                        max_length=12,
                        verbose_name="what",
                    ),
                ),
                ("why", models.CharField(blank=True, max_length=300, verbose_name="why")),
                (
                    "provider",
                    models.CharField(
                        blank=True,
                        choices=[("browser", "Browser"), ("twilio", "Twilio")],
                        max_length=10,
                        verbose_name="told by",
                    ),
                ),
                ("key", models.CharField(blank=True, max_length=160, verbose_name="the provider's key")),
                ("number", models.PositiveIntegerField(blank=True, null=True, verbose_name="the provider's number")),
                ("at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="at")),
                (
                    "by",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "call",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="events", to="interactions.call"
                    ),
                ),
                (
                    "leg",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="interactions.callleg",
                    ),
                ),
            ],
            options={
                "verbose_name": "event of a call",
                "verbose_name_plural": "events of calls",
                "ordering": ["pk"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("key", ""), _negated=True),
                        fields=("provider", "key"),
                        name="one_event_per_provider_key",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Draft",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("text", models.TextField(verbose_name="text")),
                ("saved_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="saved at")),
                ("kind", models.CharField(blank=True, max_length=10, verbose_name="kind")),
                ("answers", models.PositiveIntegerField(default=0, verbose_name="line that it answers")),
                ("subject", models.CharField(blank=True, max_length=1000, verbose_name="subject")),
                (
                    "to",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=320), blank=True, default=list, verbose_name="to"
                    ),
                ),
                (
                    "cc",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=320), blank=True, default=list, verbose_name="copy"
                    ),
                ),
                (
                    "bcc",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=320), blank=True, default=list, verbose_name="blind copy"
                    ),
                ),
                (
                    "files",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=40), blank=True, default=list, verbose_name="files"
                    ),
                ),
                (
                    "agent",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to="agents.agent"),
                ),
                (
                    "interaction",
                    models.ForeignKey(
                        help_text="None: of new mail.",
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="drafts",
                        to="interactions.interaction",
                    ),
                ),
                (
                    "mailbox",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="interactions.mailbox",
                    ),
                ),
            ],
            options={
                "verbose_name": "draft",
                "verbose_name_plural": "drafts",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("interaction", "agent"), name="one_draft_per_agent", nulls_distinct=False
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Event",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("seq", models.PositiveIntegerField(verbose_name="number")),
                (
                    "what",
                    models.CharField(
                        choices=[
                            ("arrived", "Arrived"),
                            ("offered", "Offered"),
                            ("accepted", "Accepted"),
                            ("declined", "Declined"),
                            ("timed_out", "Missed"),
                            ("rescinded", "Offer withdrawn"),
                            ("transferred", "Transferred"),
                            ("parked", "Parked"),
                            ("woken", "Woken"),
                            ("returned", "Returned to the queue"),
                            ("taken_back", "Taken back"),
                            ("abandoned", "Abandoned"),
                            ("rejoined", "Customer came back"),
                            ("ended", "Conversation ended"),
                            ("wrapped_up", "Wrapped up"),
                            ("rated", "Rated"),
                            ("overflowed", "Overflowed"),
                            ("set_aside", "Set aside"),
                            ("requeued", "Put back in line"),
                            ("interrupted", "Interrupted"),
                            ("resumed", "Resumed"),
                            ("extended", "Wrap-up extended"),
                            ("reopened", "Reopened"),
                            ("marked_spam", "Taken for spam"),
                            ("composed", "Begun by an agent"),
                            ("mailed", "Mail written"),
                            ("unsent", "Mail taken back"),
                            ("split", "Mail split off"),
                            ("undelivered", "Could not be delivered"),
                        ],
                        max_length=20,
                        verbose_name="what",
                    ),
                ),
                ("why", models.CharField(blank=True, max_length=300, verbose_name="why")),
                ("at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="at")),
                (
                    "agent",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="agents.agent",
                    ),
                ),
                (
                    "by",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="by",
                    ),
                ),
                (
                    "interaction",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="events",
                        to="interactions.interaction",
                    ),
                ),
                (
                    "queue",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="interactions.queue",
                    ),
                ),
            ],
            options={
                "verbose_name": "event",
                "verbose_name_plural": "events",
                "ordering": ["interaction", "seq"],
                "indexes": [
                    models.Index(fields=["at"], name="events_by_time"),
                    models.Index(
                        condition=models.Q(("agent__isnull", False)), fields=["agent", "at"], name="events_of_an_agent"
                    ),
                ],
                "constraints": [models.UniqueConstraint(fields=("interaction", "seq"), name="one_event_per_number")],
            },
        ),
        migrations.CreateModel(
            name="Exclusion",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("until", models.DateTimeField(verbose_name="until")),
                (
                    "agent",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to="agents.agent"),
                ),
                (
                    "interaction",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="exclusions",
                        to="interactions.interaction",
                    ),
                ),
            ],
            options={
                "verbose_name": "exclusion",
                "verbose_name_plural": "exclusions",
                "constraints": [
                    models.UniqueConstraint(fields=("interaction", "agent"), name="one_exclusion_per_agent")
                ],
            },
        ),
        migrations.CreateModel(
            name="Message",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("seq", models.PositiveIntegerField(verbose_name="number")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("inbound", "From the customer"),
                            ("outbound", "To the customer"),
                            ("note", "Internal note"),
                            ("system", "Notice"),
                        ],
                        max_length=10,
                        verbose_name="kind",
                    ),
                ),
                (
                    "notice",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("joined", "joined the conversation"),
                            ("transferred", "is being asked to take over"),
                            ("waiting", "waits for a colleague"),
                            ("ended", "ended the conversation"),
                            ("left", "left"),
                            ("busy", "was told that all are busy"),
                            ("nobody", "was told that nobody is at work"),
                            ("closed", "was told that we are closed"),
                            ("emergency", "was told of the emergency"),
                            ("call_back", "was asked for a number to call back"),
                            ("moved", "split this mail off"),
                            ("will_call", "was told that we call back"),
                            ("acknowledged", "was told that the mail has come"),
                            ("called", "began a call"),
                            ("call_over", "is no longer on the phone"),
                        ],
                        max_length=12,
                        verbose_name="notice",
                    ),
                ),
                ("text", models.TextField(blank=True, verbose_name="text")),
                ("client_id", models.CharField(blank=True, max_length=64, verbose_name="sender's id")),
                ("at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="at")),
                ("due_at", models.DateTimeField(editable=False, null=True, verbose_name="was to be said by")),
                (
                    "agent",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="agents.agent",
                    ),
                ),
                (
                    "interaction",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="messages",
                        to="interactions.interaction",
                    ),
                ),
            ],
            options={
                "verbose_name": "message",
                "verbose_name_plural": "messages",
                "ordering": ["interaction", "seq"],
                "indexes": [
                    models.Index(condition=models.Q(("due_at__isnull", False)), fields=["at"], name="replies_by_time")
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("interaction", "seq"), name="one_message_per_number"),
                    models.UniqueConstraint(
                        condition=models.Q(("client_id", ""), _negated=True),
                        fields=("interaction", "kind", "client_id"),
                        name="a_retry_is_no_second_message",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["inbound", "outbound", "note", "system"])),
                        name="message_kind_known",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Attachment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "token",
                    models.CharField(
                        default=interactions.models.message.new_token, max_length=40, unique=True, verbose_name="token"
                    ),
                ),
                (
                    "file",
                    models.FileField(
                        max_length=200, upload_to=interactions.models.message.attachment_path, verbose_name="file"
                    ),
                ),
                ("name", models.CharField(max_length=200, verbose_name="name")),
                ("content_type", models.CharField(max_length=100, verbose_name="type")),
                ("size", models.PositiveBigIntegerField(verbose_name="size")),
                ("content_id", models.CharField(blank=True, max_length=200, verbose_name="Content-ID")),
                (
                    "message",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="attachments",
                        to="interactions.message",
                    ),
                ),
            ],
            options={
                "verbose_name": "attachment",
                "verbose_name_plural": "attachments",
            },
        ),
        migrations.CreateModel(
            name="Delivery",
            fields=[
                (
                    "line",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="delivery",
                        serialize=False,
                        to="interactions.message",
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("pending", "Waits"),
                            ("sending", "Being sent"),
                            ("sent", "Sent"),
                            ("delivered", "Delivered"),
                            ("read", "Read"),
                            ("failed", "Not sent"),
                            ("bounced", "Came back"),
                            ("withdrawn", "Taken back"),
                        ],
                        default="pending",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                ("due_at", models.DateTimeField(null=True, verbose_name="looked at again at")),
                ("tries", models.PositiveSmallIntegerField(default=0, verbose_name="times tried")),
                ("queued_at", models.DateTimeField(null=True, verbose_name="given to a worker at")),
                ("claimed_at", models.DateTimeField(null=True, verbose_name="claimed at")),
                ("about_to_send_at", models.DateTimeField(null=True, verbose_name="handed over at")),
                ("answer", models.CharField(blank=True, max_length=500, verbose_name="what the server said")),
                (
                    "reached",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=320), default=list, verbose_name="accepted for"
                    ),
                ),
                ("refused", models.JSONField(default=dict, verbose_name="refused for")),
                ("provider_id", models.CharField(blank=True, max_length=200, verbose_name="known elsewhere as")),
                ("sent_at", models.DateTimeField(null=True, verbose_name="sent at")),
            ],
            options={
                "verbose_name": "delivery",
                "verbose_name_plural": "deliveries",
                "indexes": [
                    models.Index(
                        condition=models.Q(("state__in", ["pending", "sending"])),
                        fields=["due_at"],
                        name="deliveries_underway",
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "state__in",
                                ["pending", "sending", "sent", "delivered", "read", "failed", "bounced", "withdrawn"],
                            )
                        ),
                        name="delivery_state_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("due_at__isnull", False), ("state__in", ["pending", "sending"])),
                            models.Q(models.Q(("state__in", ["pending", "sending"]), _negated=True), ("due_at", None)),
                            _connector="OR",
                        ),
                        name="what_is_underway_is_looked_at_again",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "sending"), _negated=True),
                            models.Q(("claimed_at__isnull", False), ("tries__gt", 0)),
                            _connector="OR",
                        ),
                        name="sent_by_somebody",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state__in", ["sent", "delivered", "read"]), _negated=True),
                            ("sent_at__isnull", False),
                            _connector="OR",
                        ),
                        name="what_is_out_was_sent",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state__in", ["failed", "bounced"]), _negated=True),
                            models.Q(("answer", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="what_did_not_arrive_says_why",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("provider_id", ""), _negated=True),
                        fields=("provider_id",),
                        name="one_delivery_per_provider_id",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Offer",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("pending", "Ringing"),
                            ("accepted", "Accepted"),
                            ("declined", "Declined"),
                            ("timed_out", "Missed"),
                            ("rescinded", "Withdrawn"),
                        ],
                        default="pending",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                ("reason", models.CharField(blank=True, max_length=200, verbose_name="reason")),
                ("offered_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="offered at")),
                ("expires_at", models.DateTimeField(verbose_name="rings until")),
                ("accepts_at", models.DateTimeField(blank=True, null=True, verbose_name="accepted by itself at")),
                ("ended_at", models.DateTimeField(blank=True, null=True, verbose_name="ended at")),
                (
                    "agent",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="offers", to="agents.agent"
                    ),
                ),
                (
                    "interaction",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="offers",
                        to="interactions.interaction",
                    ),
                ),
                (
                    "queue",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="interactions.queue",
                    ),
                ),
            ],
            options={
                "verbose_name": "offer",
                "verbose_name_plural": "offers",
                "indexes": [
                    models.Index(
                        condition=models.Q(("state", "pending")), fields=["agent"], name="offers_ringing_at_an_agent"
                    ),
                    models.Index(
                        condition=models.Q(("state", "pending")), fields=["expires_at"], name="offers_by_expiry"
                    ),
                    models.Index(
                        condition=models.Q(("accepts_at__isnull", False), ("state", "pending")),
                        fields=["accepts_at"],
                        name="offers_that_accept_themselves",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state", "pending")),
                        fields=("interaction", "agent"),
                        name="one_pending_offer_per_interaction_and_agent",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("ended_at", None), ("state", "pending")),
                            models.Q(
                                ("state__in", ["accepted", "declined", "timed_out", "rescinded"]),
                                ("ended_at__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="an_offer_ends_once",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="RawMail",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "door",
                    models.CharField(
                        choices=[("smtp", "SMTP"), ("imap", "IMAP"), ("command", "Command"), ("hook", "Webhook")],
                        max_length=8,
                        verbose_name="door",
                    ),
                ),
                ("raw", models.BinaryField(verbose_name="source")),
                ("sha256", models.CharField(max_length=64, verbose_name="SHA-256")),
                ("envelope_from", models.CharField(blank=True, max_length=320, verbose_name="envelope sender")),
                (
                    "envelope_to",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=320), default=list, verbose_name="envelope recipients"
                    ),
                ),
                ("received_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="received at")),
                (
                    "state",
                    models.CharField(
                        choices=[("stored", "Not yet read"), ("done", "Read"), ("failed", "Could not be read")],
                        default="stored",
                        max_length=8,
                        verbose_name="state",
                    ),
                ),
                ("tries", models.PositiveSmallIntegerField(default=1, verbose_name="times tried")),
                ("tried_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="last tried at")),
                (
                    "action",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("created", "Opened an interaction"),
                            ("threaded", "Went on with one"),
                            ("duplicate", "Known already"),
                            ("bounce", "Bounce"),
                            ("auto_reply", "Automatic reply"),
                            ("spam", "Spam"),
                            ("quarantined", "Set apart"),
                        ],
                        max_length=12,
                        verbose_name="what came of it",
                    ),
                ),
                ("why", models.CharField(blank=True, max_length=300, verbose_name="why")),
                (
                    "identity",
                    models.CharField(blank=True, editable=False, max_length=64, null=True, verbose_name="known by"),
                ),
                ("sender", models.CharField(blank=True, max_length=320, verbose_name="from")),
                ("subject", models.CharField(blank=True, max_length=200, verbose_name="subject")),
                (
                    "entry_point",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="interactions.entrypoint",
                        verbose_name="entry point",
                    ),
                ),
                (
                    "interaction",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="raw_mails",
                        to="interactions.interaction",
                        verbose_name="interaction",
                    ),
                ),
            ],
            options={
                "verbose_name": "mail",
                "verbose_name_plural": "mails",
                "indexes": [
                    models.Index(
                        condition=models.Q(("state", "stored")), fields=["tried_at"], name="mail_not_yet_read"
                    ),
                    models.Index(fields=["entry_point", "sender", "received_at"], name="mails_of_a_sender"),
                    models.Index(fields=["-received_at"], name="mails_by_time"),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("entry_point", "identity"), name="one_mail_per_identity"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("action", ""), ("state", "stored")),
                            models.Q(
                                models.Q(("state", "stored"), _negated=True), models.Q(("action", ""), _negated=True)
                            ),
                            _connector="OR",
                        ),
                        name="a_mail_that_was_read_became_something",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Email",
            fields=[
                (
                    "line",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="email",
                        serialize=False,
                        to="interactions.message",
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("reply", "Reply"),
                            ("reply_all", "Reply to all"),
                            ("forward", "Forward"),
                            ("new", "New mail"),
                            ("ack", "Acknowledgement"),
                        ],
                        max_length=10,
                        verbose_name="kind",
                    ),
                ),
                ("message_id", models.CharField(blank=True, max_length=500, verbose_name="Message-ID")),
                ("in_reply_to", models.CharField(blank=True, max_length=500, verbose_name="In-Reply-To")),
                (
                    "references",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=500), default=list, verbose_name="References"
                    ),
                ),
                ("subject", models.CharField(blank=True, max_length=1000, verbose_name="subject")),
                ("subject_changed", models.BooleanField(default=False, verbose_name="the subject has changed")),
                ("from_name", models.CharField(blank=True, max_length=200, verbose_name="sender's name")),
                ("from_address", models.CharField(blank=True, max_length=320, verbose_name="sender's address")),
                ("reply_to", models.CharField(blank=True, max_length=320, verbose_name="Reply-To")),
                (
                    "to",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=320), default=list, verbose_name="to"
                    ),
                ),
                (
                    "cc",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=320), default=list, verbose_name="copy"
                    ),
                ),
                (
                    "bcc",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=320), default=list, verbose_name="blind copy"
                    ),
                ),
                ("text", models.TextField(blank=True, verbose_name="whole text")),
                ("html", models.TextField(blank=True, verbose_name="formatted text")),
                (
                    "automatic",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("bounce", "Bounce"),
                            ("auto_reply", "Automatic reply"),
                            ("list", "Mailing list"),
                            ("own", "From ourselves"),
                        ],
                        max_length=12,
                        verbose_name="automatic",
                    ),
                ),
                ("authentication", models.JSONField(default=dict, verbose_name="checks of the receiving server")),
                (
                    "notes",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=40), default=list, verbose_name="what is wrong with it"
                    ),
                ),
                ("sender_verified", models.BooleanField(default=False, verbose_name="is the customer's address")),
                (
                    "raw",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="email",
                        to="interactions.rawmail",
                    ),
                ),
            ],
            options={
                "verbose_name": "email",
                "verbose_name_plural": "emails",
                "indexes": [
                    models.Index(
                        condition=models.Q(("message_id", ""), _negated=True),
                        fields=["message_id"],
                        name="emails_by_message_id",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Recording",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("recording", "Recording"),
                            ("paused", "Paused"),
                            ("stopped", "Stopped"),
                            ("done", "Done"),
                            ("failed", "Failed"),
                        ],
                        default="recording",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                ("sid", models.CharField(blank=True, max_length=64, verbose_name="the provider's name for it")),
                (
                    "path",
                    models.CharField(
                        default=interactions.models.recording.recording_path,
                        max_length=200,
                        unique=True,
                        verbose_name="file",
                    ),
                ),
                ("page", models.PositiveIntegerField(default=0, verbose_name="page that recorded it")),
                ("chunks", models.PositiveIntegerField(default=0, verbose_name="pieces that came in")),
                ("bytes", models.PositiveBigIntegerField(default=0, verbose_name="size")),
                ("channels", models.PositiveSmallIntegerField(default=2, verbose_name="channels")),
                ("duration", models.DurationField(blank=True, null=True, verbose_name="duration")),
                ("trouble", models.CharField(blank=True, max_length=300, verbose_name="what went wrong")),
                ("asked_at", models.DateTimeField(blank=True, null=True, verbose_name="to be joined, asked at")),
                ("started_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="started at")),
                ("last_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="last piece at")),
                (
                    "call",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="recordings", to="interactions.call"
                    ),
                ),
                (
                    "leg",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="recordings",
                        to="interactions.callleg",
                    ),
                ),
            ],
            options={
                "verbose_name": "recording",
                "verbose_name_plural": "recordings",
                "ordering": ["started_at", "pk"],
                "indexes": [
                    models.Index(
                        condition=models.Q(("state", "stopped")), fields=["last_at"], name="recordings_to_join"
                    ),
                    models.Index(fields=["started_at"], name="recordings_by_age"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state__in", ["recording", "paused"])),
                        fields=("leg",),
                        name="one_recording_at_a_time_per_leg",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("sid", "")), fields=("leg", "page"), name="one_recording_per_page_of_a_leg"
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("sid", ""), _negated=True),
                        fields=("sid",),
                        name="one_recording_per_provider_sid",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["recording", "paused", "stopped", "done", "failed"])),
                        name="recording_state_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("last_at__gte", models.F("started_at"))), name="a_recording_runs_forward"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Segment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("started_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="started at")),
                ("ended_at", models.DateTimeField(blank=True, null=True, verbose_name="ended at")),
                ("wrapped_up_at", models.DateTimeField(blank=True, null=True, verbose_name="wrapped up at")),
                (
                    "ending",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("ended", "Conversation ended"),
                            ("transferred", "Transferred"),
                            ("parked", "Parked"),
                            ("returned", "Returned to the queue"),
                        ],
                        max_length=12,
                        verbose_name="ending",
                    ),
                ),
                (
                    "agent",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="segments", to="agents.agent"
                    ),
                ),
                (
                    "interaction",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="segments",
                        to="interactions.interaction",
                    ),
                ),
                (
                    "queue",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="interactions.queue",
                    ),
                ),
            ],
            options={
                "verbose_name": "segment",
                "verbose_name_plural": "segments",
                "indexes": [models.Index(fields=["agent", "started_at"], name="segments_of_an_agent")],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("ended_at", None)),
                        fields=("interaction",),
                        name="one_agent_at_a_time_per_interaction",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("ended_at", None), ("ending", "")),
                            models.Q(
                                ("ended_at__gte", models.F("started_at")),
                                ("ended_at__isnull", False),
                                models.Q(("ending", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="a_segment_ends_for_a_reason",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Sending",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("address", models.CharField(max_length=320)),
                ("at", models.DateTimeField()),
                (
                    "delivery",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="interactions.delivery"
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["address", "-at"], name="mails_to_an_address")],
                "constraints": [
                    models.UniqueConstraint(fields=("delivery", "address"), name="a_mail_counts_once_per_address")
                ],
            },
        ),
        migrations.CreateModel(
            name="WhatsAppTemplate",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=120, unique=True, verbose_name="name")),
                (
                    "content_sid",
                    models.CharField(
                        max_length=34,
                        unique=True,
                        validators=[
                            django.core.validators.RegexValidator(
                                "^HX[0-9a-fA-F]{32}$", "It is HX and 32 digits, as Twilio shows it."
                            )
                        ],
                        verbose_name="ContentSid",
                    ),
                ),
                (
                    "body",
                    models.TextField(
                        help_text="As it was approved, with its variables: Hello {{1}}, …",
                        max_length=1024,
                        verbose_name="text",
                    ),
                ),
                ("active", models.BooleanField(default=True, verbose_name="active")),
            ],
            options={
                "verbose_name": "WhatsApp template",
                "verbose_name_plural": "WhatsApp templates",
                "ordering": ["name"],
            },
        ),
        migrations.CreateModel(
            name="ShortMessage",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("sid", models.CharField(blank=True, max_length=34, null=True, unique=True, verbose_name="SID")),
                ("address", models.CharField(max_length=64, verbose_name="their number")),
                ("whatsapp", models.BooleanField(default=False, verbose_name="WhatsApp")),
                ("segments", models.PositiveSmallIntegerField(default=1, verbose_name="segments")),
                ("at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="at")),
                ("values", models.JSONField(blank=True, default=dict, verbose_name="values of the template")),
                ("files", models.JSONField(blank=True, default=list, verbose_name="files to fetch")),
                ("fetch_at", models.DateTimeField(blank=True, null=True, verbose_name="fetch them at")),
                ("tries", models.PositiveSmallIntegerField(default=0, verbose_name="times tried")),
                ("trouble", models.CharField(blank=True, max_length=300, verbose_name="trouble")),
                (
                    "line",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="short_message",
                        to="interactions.message",
                    ),
                ),
                (
                    "number",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="interactions.number",
                        verbose_name="our number",
                    ),
                ),
                (
                    "template",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="interactions.whatsapptemplate",
                    ),
                ),
            ],
            options={
                "verbose_name": "short message",
                "verbose_name_plural": "short messages",
                "indexes": [
                    models.Index(
                        condition=models.Q(("fetch_at__isnull", False)), fields=["fetch_at"], name="files_to_fetch"
                    ),
                    models.Index(
                        condition=models.Q(("sid__isnull", False)), fields=["address", "-at"], name="what_a_number_sent"
                    ),
                ],
            },
        ),
    ]
