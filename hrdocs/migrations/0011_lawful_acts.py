from django.db import migrations

from hrdocs import closing


class Migration(migrations.Migration):
    """What the triggers of closed records ask: it speaks of acts whose tables stand only now."""

    dependencies = [
        ('hrdocs', '0010_erasures'),
    ]

    operations = [migrations.RunSQL([closing.functions_sql()], migrations.RunSQL.noop)]
