from django.db import migrations

from hrdocs import folding


class Migration(migrations.Migration):

    dependencies = [
        ('hrdocs', '0021_files_of_a_past_moment'),
    ]

    operations = [migrations.RunSQL([folding.functions_sql()], migrations.RunSQL.noop)]
