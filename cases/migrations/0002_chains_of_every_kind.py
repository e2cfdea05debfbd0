"""Hand-ons of every kind of statement are compared now; those that were not are worked out at the next read."""

from django.db import migrations

FORGET = "UPDATE cases_handon SET drift = NULL FROM cases_statement s WHERE s.id = later_id AND s.kind NOT IN ('estimate', 'allegation')"


class Migration(migrations.Migration):
    dependencies = [("cases", "0001_initial")]

    operations = [migrations.RunSQL(FORGET, migrations.RunSQL.noop)]
