"""How many origins statements have is counted when a hand-on changes, and here for those that there are."""

import pgtrigger.compiler
from django.db import migrations, models

from cases.models import origins
from hrdocs.operations import AddTriggers, Together


class Migration(migrations.Migration):

    dependencies = [
        ('cases', '0022_points_are_worked_out_beforehand'),
    ]

    operations = [
        migrations.CreateModel(
            name='SeveralOrigins',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('audience', models.PositiveSmallIntegerField(help_text='The level, as a number, for whose readers it was worked out: 0 for anybody, 1 for researchers.')),
                ('statement', models.BigIntegerField(help_text='The key of the statement. No link: it goes when its hand-ons go, whatever is done with it.')),
                ('origins', models.PositiveIntegerField(help_text='How many statements stand at the far end of its chain: two or more.')),
            ],
            options={'verbose_name': 'number of origins', 'verbose_name_plural': 'numbers of origins'},
        ),
        Together([
            migrations.AlterConstraint(
                model_name='shownpoint',
                name='cases_shownpoint_once',
                constraint=models.UniqueConstraint(fields=('place', 'shown', 'audience'), name='cases_shownpoint_once', violation_error_message='A place has one point for each level; run worked_out --mend.'),
            ),
            migrations.AddIndex(
                model_name='severalorigins',
                index=models.Index(fields=['audience', 'origins', 'statement'], name='cases_severalorigins_number'),
            ),
            migrations.AddConstraint(
                model_name='severalorigins',
                constraint=models.UniqueConstraint(fields=('statement', 'audience'), name='cases_severalorigins_once', violation_error_message='A statement has one number for each level; run worked_out --mend.'),
            ),
        ]),
        migrations.RunSQL([origins.COUNTED_SQL, origins.ORIGINS_ANEW_SQL], migrations.RunSQL.noop),
        AddTriggers(
            [
                ('handon', pgtrigger.compiler.Trigger(name='counts_origins_of_more', sql=pgtrigger.compiler.UpsertTriggerSql(func='\n                PERFORM public.cases_origins_anew(array_agg(later_id)) FROM (SELECT later_id FROM now WHERE audience <= 2) AS changed;\n                RETURN NULL;\n            ', hash='db6385a8d90aacbf933072b19b2d49ae916770f3', level='STATEMENT', operation='INSERT', pgid='pgtrigger_counts_origins_of_more_8c610', referencing='REFERENCING NEW TABLE AS now ', table='cases_handon', when='AFTER'))),
                ('handon', pgtrigger.compiler.Trigger(name='counts_origins_of_change', sql=pgtrigger.compiler.UpsertTriggerSql(func='\n                PERFORM public.cases_origins_anew(array_agg(later_id)) FROM (SELECT now.later_id FROM was JOIN now ON now.id = was.id WHERE least(was.audience, now.audience) <= 2 AND (was.audience, was.stated, was.how) IS DISTINCT FROM (now.audience, now.stated, now.how)) AS changed;\n                RETURN NULL;\n            ', hash='47d0b235ef8156bb86f12de17d677dae15f84afe', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_counts_origins_of_change_d82f7', referencing='REFERENCING OLD TABLE AS was  NEW TABLE AS now ', table='cases_handon', when='AFTER'))),
                ('handon', pgtrigger.compiler.Trigger(name='counts_origins_of_less', sql=pgtrigger.compiler.UpsertTriggerSql(func='\n                PERFORM public.cases_origins_anew(array_agg(later_id)) FROM (SELECT later_id FROM was WHERE audience <= 2) AS changed;\n                RETURN NULL;\n            ', hash='5b66d2808f1e5dda7ea70fe1c4a23fba4238eef3', level='STATEMENT', operation='DELETE', pgid='pgtrigger_counts_origins_of_less_73cca', referencing='REFERENCING OLD TABLE AS was ', table='cases_handon', when='AFTER'))),
            ]
        ),
        migrations.RunSQL(["SELECT public.cases_origins_anew((SELECT array_agg(DISTINCT later_id) FROM cases_handon))"], migrations.RunSQL.noop),
    ]
