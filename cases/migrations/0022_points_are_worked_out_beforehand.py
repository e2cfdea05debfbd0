"""Points as far as they are shown are worked out for each place when it changes, and in 0029 for those that there are."""

import pgtrigger.compiler
from django.db import migrations, models

from cases.models import points
from hrdocs.operations import AddTriggers, Together


class Migration(migrations.Migration):

    dependencies = [
        ('cases', '0021_what_was_found_is_told_in_a_language'),
    ]

    operations = [
        migrations.CreateModel(
            name='ShownPoint',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('audience', models.PositiveSmallIntegerField(help_text='The level, as a number, for whose readers it was worked out: 0 for anybody, 1 for researchers.')),
                ('place', models.BigIntegerField(help_text='The key of the place. No link: it goes when the place goes, whatever is done with it.')),
                ('shown', models.CharField(blank=True, choices=[('exact', 'As it is'), ('settlement', 'Settlement'), ('district', 'District'), ('region', 'Region'), ('country', 'Country')], default='', help_text='How much of the place the record lets be shown.', max_length=40)),
                ('longitude', models.FloatField(help_text='Degrees east of the point that is shown.')),
                ('latitude', models.FloatField(help_text='Degrees north of the point that is shown.')),
            ],
        ),
        Together([
            migrations.AddIndex(
                model_name='shownpoint',
                index=models.Index(fields=['audience', 'latitude', 'longitude'], name='cases_shownpoint_lies'),
            ),
            migrations.AddConstraint(
                model_name='shownpoint',
                constraint=models.UniqueConstraint(fields=('place', 'shown', 'audience'), name='cases_shownpoint_once', violation_error_message='A place has one point for each level; run shown_points --mend.'),
            ),
        ]),
        migrations.RunSQL([points.WORKED_OUT_SQL, points.POINTS_ANEW_SQL], migrations.RunSQL.noop),
        AddTriggers(
            [
                ('place', pgtrigger.compiler.Trigger(name='works_out_points_of_more', sql=pgtrigger.compiler.UpsertTriggerSql(func='\n                PERFORM public.cases_points_anew(array_agg(id)) FROM (SELECT id FROM now WHERE audience <= 1) AS changed;\n                RETURN NULL;\n            ', hash='d0871be6f087ccb566d1094898fa34f92e1c6999', level='STATEMENT', operation='INSERT', pgid='pgtrigger_works_out_points_of_more_6dadb', referencing='REFERENCING NEW TABLE AS now ', table='cases_place', when='AFTER'))),
                ('place', pgtrigger.compiler.Trigger(name='works_out_points_of_change', sql=pgtrigger.compiler.UpsertTriggerSql(func='\n                PERFORM public.cases_points_anew(array_agg(id)) FROM (SELECT now.id FROM was JOIN now ON now.id = was.id WHERE least(was.audience, now.audience) <= 1 AND (was.audience, was.level, was.parent_id, was.longitude, was.latitude) IS DISTINCT FROM (now.audience, now.level, now.parent_id, now.longitude, now.latitude)) AS changed;\n                RETURN NULL;\n            ', hash='eab7aaf5223a47e2fcd2dbac0374561a9c9a522a', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_works_out_points_of_change_9ba8e', referencing='REFERENCING OLD TABLE AS was  NEW TABLE AS now ', table='cases_place', when='AFTER'))),
                ('place', pgtrigger.compiler.Trigger(name='works_out_points_of_less', sql=pgtrigger.compiler.UpsertTriggerSql(func='\n                PERFORM public.cases_points_anew(array_agg(id)) FROM (SELECT id FROM was WHERE audience <= 1) AS changed;\n                RETURN NULL;\n            ', hash='e86992155f63589e556e3b30ed19d5f54ce391af', level='STATEMENT', operation='DELETE', pgid='pgtrigger_works_out_points_of_less_a59e8', referencing='REFERENCING OLD TABLE AS was ', table='cases_place', when='AFTER'))),
            ]
        ),
    ]
