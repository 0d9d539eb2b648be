"""Loads and units in use change with every offer: with room on the page, no index of the row is written anew."""

from django.db import migrations

HALF_FULL = "alter table agents_agent set (fillfactor = 50); alter table agents_capacity set (fillfactor = 50)"
FULL = "alter table agents_agent reset (fillfactor); alter table agents_capacity reset (fillfactor)"


class Migration(migrations.Migration):
    dependencies = [("agents", "0001_squashed_0005_phone_checks")]

    operations = [migrations.RunSQL(HALF_FULL, FULL)]
