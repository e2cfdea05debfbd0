from django.db import migrations

from hrdocs.formats import cells


class Migration(migrations.Migration):

    dependencies = [
        ('hrdocs', '0011_lawful_acts'),
    ]

    operations = [migrations.RunSQL([cells.FUNCTIONS_SQL], migrations.RunSQL.noop)]
