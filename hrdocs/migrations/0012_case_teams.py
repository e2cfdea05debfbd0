from django.db import migrations

from hrdocs import access
from hrdocs.operations import Reword


class Migration(migrations.Migration):

    dependencies = [
        ('hrdocs', '0011_lawful_acts'),
    ]

    operations = [
        migrations.RunSQL([access.OPENS_SQL], migrations.RunSQL.noop),
        Reword({'Restricted: by named grant': 'Restricted: author, team, grants'}),
    ]
