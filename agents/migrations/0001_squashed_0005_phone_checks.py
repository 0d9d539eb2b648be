import datetime

import django.contrib.auth.models
import django.contrib.auth.validators
import django.contrib.postgres.fields
import django.core.validators
import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import agents.models.person


class Migration(migrations.Migration):
    replaces = [
        ("agents", "0001_initial"),
        ("agents", "0002_router"),
        ("agents", "0003_rules_that_work"),
        ("agents", "0004_fewer_indexes"),
        ("agents", "0005_phone_checks"),
    ]

    initial = True

    dependencies = [
        ("auth", "0012_alter_user_first_name_max_length"),
    ]

    operations = [
        migrations.CreateModel(
            name="AwayReason",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=80, unique=True, verbose_name="name")),
                ("active", models.BooleanField(default=True, verbose_name="active")),
            ],
            options={
                "verbose_name": "reason for being away",
                "verbose_name_plural": "reasons for being away",
                "ordering": ["name"],
            },
        ),
        migrations.CreateModel(
            name="Person",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("password", models.CharField(max_length=128, verbose_name="password")),
                ("last_login", models.DateTimeField(blank=True, null=True, verbose_name="last login")),
                (
                    "is_superuser",
                    models.BooleanField(
                        default=False,
                        help_text="Designates that this user has all permissions without explicitly assigning them.",
                        verbose_name="superuser status",
                    ),
                ),
                (
                    "username",
                    models.CharField(
                        error_messages={"unique": "A user with that username already exists."},
                        help_text="Required. 150 characters or fewer. Letters, digits and @/./+/-/_ only.",
                        max_length=150,
                        unique=True,
                        validators=[django.contrib.auth.validators.UnicodeUsernameValidator()],
                        verbose_name="username",
                    ),
                ),
                ("email", models.EmailField(blank=True, max_length=254, verbose_name="email address")),
                (
                    "is_staff",
                    models.BooleanField(
                        default=False,
                        help_text="Designates whether the user can log into this admin site.",
                        verbose_name="staff status",
                    ),
                ),
                (
                    "is_active",
                    models.BooleanField(
                        default=True,
                        help_text="Designates whether this user should be treated as active. Unselect this instead of deleting accounts.",
                        verbose_name="active",
                    ),
                ),
                ("date_joined", models.DateTimeField(default=django.utils.timezone.now, verbose_name="date joined")),
                ("name", models.CharField(max_length=120, verbose_name="name")),
                (
                    "role",
                    models.CharField(
                        choices=[("agent", "Agent"), ("supervisor", "Supervisor"), ("administrator", "Administrator")],
                        default="agent",
                        max_length=20,
                        verbose_name="role",
                    ),
                ),
                (
                    "time_zone",
                    models.CharField(
                        choices=agents.models.person.time_zones, default="UTC", max_length=64, verbose_name="time zone"
                    ),
                ),
                (
                    "language",
                    models.CharField(
                        choices=[("en", "English"), ("nl", "Dutch"), ("de", "German"), ("fr", "French")],
                        default="en",
                        max_length=10,
                        verbose_name="language",
                    ),
                ),
                (
                    "groups",
                    models.ManyToManyField(
                        blank=True,
                        help_text="The groups this user belongs to. A user will get all permissions granted to each of their groups.",
                        related_name="user_set",
                        related_query_name="user",
                        to="auth.group",
                        verbose_name="groups",
                    ),
                ),
                (
                    "user_permissions",
                    models.ManyToManyField(
                        blank=True,
                        help_text="Specific permissions for this user.",
                        related_name="user_set",
                        related_query_name="user",
                        to="auth.permission",
                        verbose_name="user permissions",
                    ),
                ),
            ],
            options={
                "verbose_name": "person",
                "verbose_name_plural": "people",
                "ordering": ["name"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("is_staff", True), ("role", "administrator")),
                            models.Q(
                                models.Q(("role", "administrator"), _negated=True),
                                ("is_staff", False),
                                ("is_superuser", False),
                            ),
                            _connector="OR",
                        ),
                        name="only_administrators_are_staff",
                    )
                ],
            },
            managers=[
                ("objects", django.contrib.auth.models.UserManager()),
            ],
        ),
        migrations.CreateModel(
            name="Skill",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=80, unique=True, verbose_name="name")),
            ],
            options={
                "verbose_name": "skill",
                "verbose_name_plural": "skills",
                "ordering": ["name"],
            },
        ),
        migrations.CreateModel(
            name="Team",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=120, unique=True, verbose_name="name")),
                (
                    "supervisors",
                    models.ManyToManyField(
                        blank=True,
                        limit_choices_to={"role__in": ["supervisor", "administrator"]},
                        related_name="supervised_teams",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="supervisors",
                    ),
                ),
            ],
            options={
                "verbose_name": "team",
                "verbose_name_plural": "teams",
                "ordering": ["name"],
            },
        ),
        migrations.CreateModel(
            name="Agent",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "engagement",
                    models.CharField(
                        choices=[("formal", "Agent"), ("informal", "Informal employee")],
                        default="formal",
                        max_length=10,
                        verbose_name="engagement",
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[("offline", "Offline"), ("available", "Available"), ("away", "Away")],
                        default="offline",
                        max_length=10,
                        verbose_name="status",
                    ),
                ),
                (
                    "status_since",
                    models.DateTimeField(default=django.utils.timezone.now, verbose_name="in this status since"),
                ),
                (
                    "next_status",
                    models.CharField(
                        blank=True,
                        choices=[("offline", "Offline"), ("available", "Available"), ("away", "Away")],
                        max_length=10,
                        verbose_name="next status",
                    ),
                ),
                (
                    "withheld",
                    models.CharField(
                        blank=True,
                        choices=[("disconnected", "Connection lost"), ("not_responding", "Not responding")],
                        max_length=20,
                        verbose_name="withheld",
                    ),
                ),
                ("withheld_since", models.DateTimeField(blank=True, null=True, verbose_name="withheld since")),
                ("gone_since", models.DateTimeField(blank=True, null=True, verbose_name="no desk open since")),
                ("idle_since", models.DateTimeField(default=django.utils.timezone.now, verbose_name="idle since")),
                ("missed", models.PositiveSmallIntegerField(default=0, verbose_name="offers missed in a row")),
                (
                    "units_in_use",
                    models.PositiveSmallIntegerField(default=0, editable=False, verbose_name="units in use"),
                ),
                (
                    "cool_down",
                    models.DurationField(
                        default=datetime.timedelta(seconds=10),
                        help_text="An informal employee who missed or declined is left alone for so long.",
                        verbose_name="cool-down",
                    ),
                ),
                (
                    "cooling_until",
                    models.DateTimeField(blank=True, editable=False, null=True, verbose_name="left alone until"),
                ),
                (
                    "backup",
                    models.ForeignKey(
                        blank=True,
                        help_text="Rung when work waits for this agent and they are not there.",
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="agents.agent",
                        verbose_name="back-up",
                    ),
                ),
                (
                    "person",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="agent",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="person",
                    ),
                ),
                (
                    "away_reason",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="agents.awayreason",
                        verbose_name="away because of",
                    ),
                ),
                (
                    "next_reason",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="agents.awayreason",
                        verbose_name="next reason",
                    ),
                ),
                (
                    "team",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="agents",
                        to="agents.team",
                        verbose_name="team",
                    ),
                ),
            ],
            options={
                "verbose_name": "agent",
                "verbose_name_plural": "agents",
                "ordering": ["person__name"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("status__in", ["offline", "available", "away"])), name="agent_status_known"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("units_in_use__lte", 100)), name="units_never_exceed_100"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("backup", None), models.Q(("backup", models.F("id")), _negated=True), _connector="OR"
                        ),
                        name="nobody_is_their_own_backup",
                        violation_error_message="Nobody is their own back-up.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("next_status__in", ["", "offline", "away"])),
                        name="next_status_is_a_way_out",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("withheld", ""), ("withheld_since", None)),
                            models.Q(models.Q(("withheld", ""), _negated=True), ("withheld_since__isnull", False)),
                            _connector="OR",
                        ),
                        name="withheld_has_a_time",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="AgentSkill",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "level",
                    models.PositiveSmallIntegerField(
                        default=3,
                        help_text="1 (basic) to 5 (expert)",
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(5),
                        ],
                        verbose_name="level",
                    ),
                ),
                (
                    "agent",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="skills",
                        to="agents.agent",
                        verbose_name="agent",
                    ),
                ),
                (
                    "skill",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="holders",
                        to="agents.skill",
                        verbose_name="skill",
                    ),
                ),
            ],
            options={
                "verbose_name": "skill of an agent",
                "verbose_name_plural": "skills of agents",
                "constraints": [
                    models.UniqueConstraint(fields=("agent", "skill"), name="one_level_per_agent_and_skill"),
                    models.CheckConstraint(
                        condition=models.Q(("level__range", (1, 5))), name="agent_skill_level_1_to_5"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Capacity",
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
                    "maximum",
                    models.PositiveSmallIntegerField(
                        default=1, validators=[django.core.validators.MaxValueValidator(50)], verbose_name="at once"
                    ),
                ),
                (
                    "units",
                    models.PositiveSmallIntegerField(
                        blank=True,
                        help_text="Of the 100 an agent has over all channels. Empty: voice 100, chat 33, others 20.",
                        null=True,
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(100),
                        ],
                        verbose_name="units each",
                    ),
                ),
                (
                    "interrupted_by",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(
                            choices=[
                                ("voice", "Voice"),
                                ("chat", "Chat"),
                                ("email", "Email"),
                                ("sms", "SMS"),
                                ("whatsapp", "WhatsApp"),
                            ],
                            max_length=10,
                        ),
                        blank=True,
                        help_text="Channels whose work may be offered on top of this. Empty: a call may interrupt an email.",
                        null=True,
                        verbose_name="may be interrupted by",
                    ),
                ),
                ("load", models.PositiveSmallIntegerField(default=0, editable=False, verbose_name="now")),
                ("phone_passed", models.BooleanField(editable=False, null=True, verbose_name="phone passed its check")),
                (
                    "agent",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="capacities",
                        to="agents.agent",
                        verbose_name="agent",
                    ),
                ),
            ],
            options={
                "verbose_name": "capacity",
                "verbose_name_plural": "capacities",
                "constraints": [
                    models.UniqueConstraint(fields=("agent", "channel"), name="one_capacity_per_agent_and_channel"),
                    models.CheckConstraint(
                        condition=models.Q(("channel__in", ["voice", "chat", "email", "sms", "whatsapp"])),
                        name="capacity_channel_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("load__lte", models.F("maximum"))), name="load_never_exceeds_capacity"
                    ),
                    models.CheckConstraint(condition=models.Q(("maximum__lte", 50)), name="capacity_at_most_50"),
                    models.CheckConstraint(
                        condition=models.Q(("units", None), ("units__range", (1, 100)), _connector="OR"),
                        name="units_are_1_to_100",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("interrupted_by", None),
                            models.Q(("interrupted_by__contains", [models.F("channel")]), _negated=True),
                            _connector="OR",
                        ),
                        name="work_is_not_interrupted_by_its_own_channel",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Lease",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("connection", models.UUIDField(unique=True, verbose_name="connection")),
                ("device", models.CharField(blank=True, max_length=64, verbose_name="device")),
                ("opened_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="opened at")),
                ("expires_at", models.DateTimeField(verbose_name="expires at")),
                (
                    "agent",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="leases",
                        to="agents.agent",
                        verbose_name="agent",
                    ),
                ),
            ],
            options={
                "verbose_name": "presence lease",
                "verbose_name_plural": "presence leases",
                "indexes": [models.Index(fields=["agent", "expires_at"], name="leases_of_an_agent")],
            },
        ),
        migrations.CreateModel(
            name="PhoneCheck",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="at")),
                ("device", models.CharField(blank=True, max_length=120, verbose_name="device")),
                ("microphone", models.CharField(blank=True, max_length=120, verbose_name="microphone")),
                ("round_trip", models.PositiveIntegerField(blank=True, null=True, verbose_name="round trip (ms)")),
                (
                    "troubles",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(
                            choices=[
                                ("denied", "The browser does not let the page use the microphone"),
                                ("no_microphone", "No microphone was found"),
                                ("busy", "The microphone could not be opened"),
                                ("silent", "The microphone gives no sound at all"),
                                ("no_output", "No loudspeaker or headset was found"),
                                ("no_network", "The network offers no way for sound"),
                                ("no_relay", "The relay for sound (TURN) does not answer"),
                                ("no_socket", "The live connection to the server does not open"),
                                ("slow", "The server answers too slowly for a call"),
                            ],
                            max_length=16,
                        ),
                        default=list,
                        verbose_name="troubles",
                    ),
                ),
                (
                    "agent",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="phone_checks",
                        to="agents.agent",
                        verbose_name="agent",
                    ),
                ),
            ],
            options={
                "verbose_name": "check of a phone",
                "verbose_name_plural": "checks of phones",
            },
        ),
        migrations.CreateModel(
            name="StatusChange",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("status", models.CharField(max_length=10, verbose_name="status")),
                ("next_status", models.CharField(blank=True, max_length=10, verbose_name="next status")),
                ("reason", models.CharField(blank=True, max_length=80, verbose_name="reason")),
                ("withheld", models.CharField(blank=True, max_length=20, verbose_name="withheld")),
                ("present", models.BooleanField(default=True, verbose_name="desk open")),
                ("why", models.CharField(blank=True, max_length=200, verbose_name="why")),
                ("at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="at")),
                (
                    "agent",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="status_changes",
                        to="agents.agent",
                        verbose_name="agent",
                    ),
                ),
                (
                    "by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="by",
                    ),
                ),
            ],
            options={
                "verbose_name": "status change",
                "verbose_name_plural": "status changes",
                "indexes": [models.Index(fields=["agent", "at"], name="status_changes_of_an_agent")],
            },
        ),
    ]
