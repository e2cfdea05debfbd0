"""Mails that wait are sent by the number of their notice alone: whose record it is stood where administrators look."""

from django.db import migrations

FORGET = "UPDATE procrastinate_jobs SET args = args - 'uid' WHERE task_name = 'hrdocs.tasks.mail_notice' AND args ? 'uid'"


class Migration(migrations.Migration):

    dependencies = [
        ('hrdocs', '0023_saved_searches'),
        ('procrastinate', '0041_post_retry_failed_job'),
    ]

    operations = [migrations.RunSQL(FORGET, migrations.RunSQL.noop, elidable=True)]
