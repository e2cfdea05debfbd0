from django.db import migrations

from cases.models import triggers


class Migration(migrations.Migration):

    dependencies = [("cases", "0024_lists_of_statements_are_walked_along_an_index_alone")]

    operations = [
        migrations.RunSQL([triggers.CONSENT_RAN_OUT_SQL], "DROP FUNCTION IF EXISTS public.cases_consent_ran_out()"),
    ]
