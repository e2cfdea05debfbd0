from django.db import migrations

from hrdocs.formats import cells


class Migration(migrations.Migration):

    dependencies = [
        ('hrdocs', '0012_case_teams'),
    ]

    operations = [migrations.RunSQL([cells.FUNCTIONS_SQL], migrations.RunSQL.noop)]
