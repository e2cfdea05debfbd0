from django.db import migrations

from hrdocs import facets, words


class Migration(migrations.Migration):

    dependencies = [
        ('hrdocs', '0015_notes_of_a_risk'),
    ]

    operations = [migrations.RunSQL([words.WORDS_SQL, facets.YEARS_SQL], migrations.RunSQL.noop)]
