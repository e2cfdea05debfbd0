import django.db.models.deletion
import django.utils.timezone
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models

from hrdocs.operations import Together


class Migration(migrations.Migration):

    dependencies = [
        ('hrdocs', '0001_initial'),
        ('pghistory', '0007_auto_20250421_0444'),
    ]

    operations = [
        Together([
            migrations.CreateModel(
                name='Seal',
                fields=[
                    ('number', models.PositiveIntegerField(help_text='Seals are counted from one, without gaps.', primary_key=True, serialize=False)),
                    ('sealed_at', models.DateTimeField(help_text='When it was made (UTC).')),
                    ('horizon', models.DateTimeField(help_text='All history written before this moment is in this seal or an earlier one.')),
                    ('columns', models.JSONField(help_text='The columns that were sealed, by table of history.')),
                    ('rows', models.PositiveIntegerField(help_text='How many rows of history it lists.')),
                    ('root', models.CharField(help_text='SHA-256 over the hashes of the rows that it lists, in their order.', max_length=64)),
                    ('previous', models.CharField(help_text='The hash of the seal before it; zeros for the first.', max_length=64)),
                    ('hash', models.CharField(help_text='SHA-256 over all the above: the head of the chain until the next seal.', max_length=64)),
                ],
                options={
                    'ordering': ['number'],
                },
            ),
            migrations.CreateModel(
                name='SealedRow',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('position', models.PositiveIntegerField(help_text='Its place in the list.')),
                    ('events', models.CharField(help_text='The table of history that it stands in.', max_length=63)),
                    ('row', models.BigIntegerField(help_text='Its key in that table.')),
                    ('salt', models.BinaryField(help_text='Random; the salts of its fields are made from it. Gone once a part is erased.', null=True)),
                    ('hash', models.BinaryField(help_text='SHA-256 over the salted commitments of its fields.')),
                ],
            ),
            migrations.CreateModel(
                name='Tombstone',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('events', models.CharField(help_text='The table of history.', max_length=63)),
                    ('row', models.BigIntegerField(help_text='The key of the row in that table.')),
                    ('commitments', models.JSONField(help_text='Of each field that was erased, its commitment; it gives away nothing.')),
                    ('salts', models.JSONField(help_text='Of each field that is left, its salt.')),
                    ('at', models.DateTimeField(default=django.utils.timezone.now, editable=False, help_text='When (UTC).')),
                    ('reason', models.TextField(default='', help_text='On what ground.')),
                ],
            ),
            migrations.CreateModel(
                name='TombstoneEvent',
                fields=[
                    ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                    ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                    ('pgh_label', models.TextField(help_text='The event label.')),
                    ('id', models.BigIntegerField()),
                    ('events', models.CharField(help_text='The table of history.', max_length=63)),
                    ('row', models.BigIntegerField(help_text='The key of the row in that table.')),
                    ('commitments', models.JSONField(help_text='Of each field that was erased, its commitment; it gives away nothing.')),
                    ('salts', models.JSONField(help_text='Of each field that is left, its salt.')),
                    ('at', models.DateTimeField(default=django.utils.timezone.now, editable=False, help_text='When (UTC).')),
                    ('reason', models.TextField(default='', help_text='On what ground.')),
                ],
                options={
                    'abstract': False,
                },
            ),
        ]),
        Together([
            pgtrigger.migrations.AddTrigger(
                model_name='seal',
                trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='fa2924a2a74f8666a9e4593ff7f173d1ac27751d', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_d633f', table='hrdocs_seal', when='BEFORE')),
            ),
            migrations.AddField(
                model_name='sealedrow',
                name='seal',
                field=models.ForeignKey(help_text='The seal that lists it.', on_delete=django.db.models.deletion.PROTECT, related_name='listed', to='hrdocs.seal'),
            ),
            migrations.AddField(
                model_name='tombstone',
                name='by',
                field=models.ForeignKey(help_text='Who erased it.', on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
            ),
            migrations.AddField(
                model_name='tombstoneevent',
                name='by',
                field=models.ForeignKey(db_constraint=False, db_index=False, help_text='Who erased it.', on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL),
            ),
            migrations.AddField(
                model_name='tombstoneevent',
                name='pgh_context',
                field=models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context'),
            ),
            migrations.AddField(
                model_name='tombstoneevent',
                name='pgh_obj',
                field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='hrdocs.tombstone'),
            ),
            migrations.AddConstraint(
                model_name='sealedrow',
                constraint=models.UniqueConstraint(fields=('events', 'row'), name='hrdocs_sealedrow_once', violation_error_message='This row of history is sealed already.'),
            ),
            migrations.AddConstraint(
                model_name='sealedrow',
                constraint=models.UniqueConstraint(fields=('seal', 'position'), name='hrdocs_sealedrow_place', violation_error_message='This place in the seal is taken.'),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='sealedrow',
                trigger=pgtrigger.compiler.Trigger(name='is_never_deleted', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;", hash='43478d21687dd24ed3c96f1397f07eda7968dad9', operation='DELETE', pgid='pgtrigger_is_never_deleted_d2592', table='hrdocs_sealedrow', when='BEFORE')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='sealedrow',
                trigger=pgtrigger.compiler.Trigger(name='stays_as_it_is', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."events" IS DISTINCT FROM (NEW."events") OR OLD."hash" IS DISTINCT FROM (NEW."hash") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."position" IS DISTINCT FROM (NEW."position") OR OLD."row" IS DISTINCT FROM (NEW."row") OR OLD."seal_id" IS DISTINCT FROM (NEW."seal_id"))', func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='33ab96962dd27639a8c1c8c569a37eedec271377', operation='UPDATE', pgid='pgtrigger_stays_as_it_is_7a52a', table='hrdocs_sealedrow', when='BEFORE')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='sealedrow',
                trigger=pgtrigger.compiler.Trigger(name='only_loses_its_salt', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (NEW."salt" IS NOT NULL)', func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='739db58a4f0bdfdce760ddd47a41ca48e16e0cef', operation='UPDATE', pgid='pgtrigger_only_loses_its_salt_8f49c', table='hrdocs_sealedrow', when='BEFORE')),
            ),
            migrations.AddConstraint(
                model_name='tombstone',
                constraint=models.UniqueConstraint(fields=('events', 'row'), name='hrdocs_tombstone_once', violation_error_message='Something of this row was erased already.'),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='tombstone',
                trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='2c09d42e1ed8c672c70b9a8182dbb7814052610c', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_09a8a', table='hrdocs_tombstone', when='BEFORE')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='tombstone',
                trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "hrdocs_tombstoneevent" ("at", "by_id", "commitments", "events", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reason", "row", "salts") SELECT new_values."at", new_values."by_id", new_values."commitments", new_values."events", new_values."id", _pgh_attached_context.value, NOW(), \'insert\', new_values."id", new_values."reason", new_values."row", new_values."salts" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='bbee623fca65487770674152e4e81f6b6a2c4fb7', level='STATEMENT', operation='INSERT', pgid='pgtrigger_insert_insert_413fd', referencing='REFERENCING NEW TABLE AS new_values ', table='hrdocs_tombstone', when='AFTER')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='tombstone',
                trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "hrdocs_tombstoneevent" ("at", "by_id", "commitments", "events", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reason", "row", "salts") VALUES (NEW."at", NEW."by_id", NEW."commitments", NEW."events", NEW."id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."reason", NEW."row", NEW."salts"); RETURN NULL;', hash='2f8e06777771d7b4c0cee3f8fbdc806fa54c2c12', operation='UPDATE', pgid='pgtrigger_update_update_7d9b9', table='hrdocs_tombstone', when='AFTER')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='tombstone',
                trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "hrdocs_tombstoneevent" ("at", "by_id", "commitments", "events", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reason", "row", "salts") SELECT old_values."at", old_values."by_id", old_values."commitments", old_values."events", old_values."id", _pgh_attached_context.value, NOW(), \'delete\', old_values."id", old_values."reason", old_values."row", old_values."salts" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;', hash='77b39d670ce188abbfce50b56f08dff64b26bf37', level='STATEMENT', operation='DELETE', pgid='pgtrigger_delete_delete_9701a', referencing='REFERENCING OLD TABLE AS old_values ', table='hrdocs_tombstone', when='AFTER')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='tombstoneevent',
                trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='1616fc4fab6e0fc74314e1df764d0179aa1bf477', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_738b1', table='hrdocs_tombstoneevent', when='BEFORE')),
            ),
        ]),
    ]
