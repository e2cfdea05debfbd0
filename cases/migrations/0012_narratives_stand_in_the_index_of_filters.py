from django.db import migrations

from hrdocs.operations import Together


class Migration(migrations.Migration):
    """The index of filters finds letters within narratives too (hrdocs/quick_filters.py)."""

    dependencies = [
        ('cases', '0011_words_are_kept_for_search'),
    ]

    operations = [
        Together([
            migrations.RemoveIndex(
                model_name='incident',
                name='cases_narrative_en_words',
            ),
            migrations.RemoveIndex(
                model_name='incident',
                name='cases_narrative_ar_words',
            ),
        ]),
    ]
