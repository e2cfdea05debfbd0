"""The count of origins is asked among the hand-ons that the asking role is shown."""

from django.db import migrations

from cases.querysets import ORIGINS_SQL


class Migration(migrations.Migration):
    dependencies = [("cases", "0002_chains_of_every_kind")]

    operations = [migrations.RunSQL([ORIGINS_SQL], migrations.RunSQL.noop)]
