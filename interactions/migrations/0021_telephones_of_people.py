"""A supervisor's page can be a telephone, too: leave is a person's. What was given lasts an hour, so none is carried over."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import interactions.models.phone_grant


class Migration(migrations.Migration):
    dependencies = [
        ("interactions", "0020_splitting"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.DeleteModel(name="PhoneGrant"),
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
    ]
