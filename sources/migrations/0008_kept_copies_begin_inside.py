from django.db import migrations

# From the next step on a copy is open to readers from outside only where a second person looked through it.
CLOSE = "UPDATE sources_capture SET sensitivity = 'internal' WHERE sensitivity IN ('public', 'registered')"


class Migration(migrations.Migration):

    dependencies = [
        ('sources', '0007_news_for_readers'),
    ]

    operations = [
        migrations.RunSQL(CLOSE, migrations.RunSQL.noop),
    ]
