import django.contrib.postgres.fields
import pgtrigger.compiler
from django.db import migrations, models

from hrdocs import news
from hrdocs.operations import AddTriggers, Together


class Migration(migrations.Migration):

    dependencies = [
        ('hrdocs', '0019_licences_of_any_length'),
    ]

    operations = [
        migrations.RunSQL([news.DIFFERING_SQL], migrations.RunSQL.noop),
        Together([
            migrations.CreateModel(
                name='Change',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('uid', models.CharField(help_text='The record.', max_length=16)),
                    ('kind', models.CharField(help_text='The list in which the record stands.', max_length=60)),
                    ('change', models.CharField(help_text='What it is for the reader who asks: added, corrected, withdrawn or retracted.', max_length=20)),
                    ('fields', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=60), help_text='The columns that were corrected, as far as she sees them.', size=None)),
                    ('at', models.DateTimeField(help_text='When the act began (UTC).')),
                    ('version', models.PositiveIntegerField(help_text='The version that first holds it; empty until one is sealed.', null=True)),
                ],
                options={
                    'managed': False,
                },
            ),
            migrations.CreateModel(
                name='News',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('uid', models.CharField(help_text='The record that the row is of or belongs to; empty for a term.', max_length=16)),
                    ('part', models.CharField(blank=True, default='', help_text='The table of the part or link that changed; empty for a row of the record itself.', max_length=63)),
                    ('was', models.PositiveSmallIntegerField(help_text="The row's audience before; empty where it was not there.", null=True)),
                    ('now', models.PositiveSmallIntegerField(help_text='Its audience after; empty where it is gone.', null=True)),
                    ('level', models.PositiveSmallIntegerField(help_text='The wider of the two: the first who are told.')),
                    ('state', models.CharField(blank=True, default='', help_text='Where the record stands in review after it; empty for a part.', max_length=20)),
                    ('changed', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=127), default=list, help_text='The columns that changed, as table.column.', size=None)),
                    ('act', models.BigIntegerField(help_text='The number of the transaction, as the database counts them.')),
                    ('at', models.DateTimeField(help_text='When that transaction began (UTC).')),
                    ('version', models.PositiveIntegerField(help_text='The first sealed batch of history made after it was committed; empty until then.', null=True)),
                ],
                options={
                    'verbose_name_plural': 'news',
                    'indexes': [
                        models.Index(fields=['at', 'uid'], name='hrdocs_news_told'),
                        models.Index(fields=['version'], name='hrdocs_news_version'),
                        models.Index(fields=['level', 'act', 'id'], name='hrdocs_news_latest'),
                    ],
                },
            ),
        ]),
        AddTriggers(
            [
                ('term', pgtrigger.compiler.Trigger(name='news_of_terms', sql=pgtrigger.compiler.UpsertTriggerSql(func="INSERT INTO public.hrdocs_news (uid, part, was, now, level, state, changed, act, at) VALUES ('', 'hrdocs_term', 0, 0, 0, '', '{}', pg_current_xact_id()::text::bigint, transaction_timestamp()); RETURN NULL;", hash='2e5cb4e14ace183d28042aebe65ca24a6571def7', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_news_of_terms_6365f', table='hrdocs_term', when='AFTER'))),
                ('news', pgtrigger.compiler.Trigger(name='is_never_deleted', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;", hash='a793d03b9bf57816c49527c320548817de686b46', operation='DELETE', pgid='pgtrigger_is_never_deleted_bc905', table='hrdocs_news', when='BEFORE'))),
                ('news', pgtrigger.compiler.Trigger(name='stays_as_it_is', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."act" IS DISTINCT FROM (NEW."act") OR OLD."at" IS DISTINCT FROM (NEW."at") OR OLD."changed" IS DISTINCT FROM (NEW."changed") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."level" IS DISTINCT FROM (NEW."level") OR OLD."now" IS DISTINCT FROM (NEW."now") OR OLD."part" IS DISTINCT FROM (NEW."part") OR OLD."state" IS DISTINCT FROM (NEW."state") OR OLD."uid" IS DISTINCT FROM (NEW."uid") OR OLD."was" IS DISTINCT FROM (NEW."was"))', func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='4d608740a59f00a825be7d3163202ffab6ed06fd', operation='UPDATE', pgid='pgtrigger_stays_as_it_is_c53d8', table='hrdocs_news', when='BEFORE'))),
                ('news', pgtrigger.compiler.Trigger(name='is_sealed_once', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."version" IS NOT NULL)', func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='ab399d7740e9e0b98f9b04705a442b6ec9b49e20', operation='UPDATE', pgid='pgtrigger_is_sealed_once_d3bb0', table='hrdocs_news', when='BEFORE'))),
            ]
        ),
    ]
