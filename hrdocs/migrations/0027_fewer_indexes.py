from django.db import migrations

from hrdocs.operations import FewerIndexes


class Migration(migrations.Migration):
    """What a table is asked has an index, and what it is not asked has none."""

    dependencies = [("hrdocs", "0026_files_are_made_in_the_background")]

    operations = [FewerIndexes()]
