from django.contrib.postgres.operations import BtreeGinExtension
from django.db import migrations


class Migration(migrations.Migration):
    """Closed lists and texts of a table can stand in one index (hrdocs/quick_filters.py makes it after migrating)."""

    dependencies = [("hrdocs", "0013_cells")]

    operations = [BtreeGinExtension()]
