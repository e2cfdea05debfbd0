"""A point is shown as precisely as was decided: a function of the database says it, for columns, files and filters."""

from django.db import migrations

from cases.shown import POINT_SHOWN_SQL


class Migration(migrations.Migration):
    dependencies = [("cases", "0003_origins_by_the_reader")]

    operations = [migrations.RunSQL([POINT_SHOWN_SQL], migrations.RunSQL.noop)]
