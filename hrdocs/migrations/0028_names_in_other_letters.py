"""Names in Cyrillic, Greek or Hebrew letters are kept in Latin ones too; those that are here are folded anew above, where all
tables of names are."""

from django.db import migrations

from hrdocs import folding


class Migration(migrations.Migration):

    dependencies = [
        ('hrdocs', '0027_fewer_indexes'),
    ]

    operations = [migrations.RunSQL([folding.functions_sql()], migrations.RunSQL.noop)]
