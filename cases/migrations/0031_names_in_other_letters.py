"""What is kept for search is worked out anew of names in Cyrillic, Greek or Hebrew letters. Nobody changed a name, so there is
no history and no news of it."""

from django.db import migrations

ANEW = """
DO $anew$
DECLARE named regclass;
BEGIN
    FOR named IN SELECT attrelid FROM pg_attribute a JOIN pg_class c ON c.oid = attrelid
        WHERE attname = 'search' AND attgenerated = 's' AND relkind = 'r' AND relnamespace = 'public'::regnamespace
    LOOP
        EXECUTE format('ALTER TABLE %s DISABLE TRIGGER USER', named);
        EXECUTE format('UPDATE %s SET id = id WHERE search ~ ''[\\u0370-\\u05FF]''', named);
        EXECUTE format('ALTER TABLE %s ENABLE TRIGGER USER', named);
    END LOOP;
END $anew$;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('cases', '0030_days_are_walked_along_in_the_table_of_their_kind'),
        ('hrdocs', '0028_names_in_other_letters'),
        ('sources', '0013_fewer_indexes'),
    ]

    operations = [migrations.RunSQL([ANEW], migrations.RunSQL.noop)]
