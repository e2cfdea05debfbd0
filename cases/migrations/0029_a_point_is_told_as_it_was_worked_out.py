"""A point is told as it was worked out beforehand, with how precise it is; here for the places that there are."""

import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models

from cases.models import points


class Migration(migrations.Migration):

    dependencies = [
        ('cases', '0028_modes_are_found_by_an_index'),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name='place',
            name='works_out_points_of_change',
        ),
        migrations.AddField(
            model_name='shownpoint',
            name='precision',
            field=models.CharField(blank=True, choices=[('exact', 'Exact'), ('vicinity', 'Vicinity, up to 1 km'), ('settlement', 'Settlement'), ('district', 'District'), ('region', 'Region'), ('country', 'Country')], default='', help_text='How precise the point is that is shown.', max_length=40),
        ),
        migrations.AddField(
            model_name='shownpoint',
            name='radius_m',
            field=models.PositiveIntegerField(help_text='How many metres off the point may be, as far as that is told.', null=True),
        ),
        migrations.RunSQL(
            ["DROP FUNCTION public.cases_points_worked_out(bigint[])", points.WORKED_OUT_SQL, points.POINTS_ANEW_SQL,
             "SELECT public.cases_points_anew((SELECT array_agg(id) FROM cases_place))"],
            migrations.RunSQL.noop),
        pgtrigger.migrations.AddTrigger(
            model_name='place',
            trigger=pgtrigger.compiler.Trigger(name='works_out_points_of_change', sql=pgtrigger.compiler.UpsertTriggerSql(func='\n                PERFORM public.cases_points_anew(array_agg(id)) FROM (SELECT now.id FROM was JOIN now ON now.id = was.id WHERE least(was.audience, now.audience) <= 1 AND (was.audience, was.level, was.parent_id, was.longitude, was.latitude, was.precision, was.radius_m) IS DISTINCT FROM (now.audience, now.level, now.parent_id, now.longitude, now.latitude, now.precision, now.radius_m)) AS changed;\n                RETURN NULL;\n            ', hash='694ce9cf6da55a57aa209e8df226e5e85b03b8d1', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_works_out_points_of_change_9ba8e', referencing='REFERENCING OLD TABLE AS was  NEW TABLE AS now ', table='cases_place', when='AFTER')),
        ),
    ]
