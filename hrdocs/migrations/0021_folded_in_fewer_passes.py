from django.db import migrations

from hrdocs import folding


class Migration(migrations.Migration):

    dependencies = [
        ('hrdocs', '0020_news_for_readers'),
    ]

    operations = [migrations.RunSQL([folding.functions_sql()], migrations.RunSQL.noop)]
