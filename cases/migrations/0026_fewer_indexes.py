from django.db import migrations

from hrdocs.operations import FewerIndexes, Together


class Migration(migrations.Migration):
    """What a table is asked has an index, and what it is not asked has none."""

    dependencies = [("cases", "0025_a_public_site_is_told_that_consent_ran_out"), ("sources", "0013_fewer_indexes")]

    operations = [
        Together([
            migrations.RemoveIndex("estimate", "cases_estim_lower_8a9926_idx"),
            migrations.RemoveIndex("estimate", "cases_estim_upper_e4e043_idx"),
            migrations.RemoveIndex("estimate", "cases_estim_best_e6e493_idx"),
        ]),
        FewerIndexes(("state", "edited_at", "edited_by", "last_import")),
    ]
