from django.db import migrations

from hrdocs.operations import FewerIndexes


class Migration(migrations.Migration):
    """What a table is asked has an index, and what it is not asked has none."""

    dependencies = [("hrdocs", "0027_fewer_indexes"), ("sources", "0012_pages_of_the_web_and_time_stamps")]

    operations = [FewerIndexes(("state", "edited_at", "edited_by"))]
