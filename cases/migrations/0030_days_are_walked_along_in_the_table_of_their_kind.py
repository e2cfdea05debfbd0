"""Kinds of statement that say when repeat the uid, and are walked along where the days stand; here for those that there are."""

import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models

KINDS = ("allegation", "estimate", "response")
# It is no change of what anybody entered: no history and no news of it.
REPEATED = [
    f"""ALTER TABLE cases_{kind} DISABLE TRIGGER USER;
    UPDATE cases_{kind} k SET statement_uid = s.uid FROM cases_statement s WHERE s.id = k.statement_ptr_id;
    ALTER TABLE cases_{kind} ENABLE TRIGGER USER;"""
    for kind in KINDS
]


class Migration(migrations.Migration):

    dependencies = [
        ('cases', '0029_a_point_is_told_as_it_was_worked_out'),
        ('hrdocs', '0027_fewer_indexes'),
        ('sources', '0013_fewer_indexes'),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name='allegation',
            name='news_of_change',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='estimate',
            name='news_of_change',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='response',
            name='news_of_change',
        ),
        migrations.RemoveIndex(
            model_name='estimate',
            name='cases_estimate_covers',
        ),
        migrations.AddField(
            model_name='allegation',
            name='statement_uid',
            field=models.CharField(default='', editable=False, help_text='The uid again, for lists in its order. Kept by the database.', max_length=16),
        ),
        migrations.AddField(
            model_name='estimate',
            name='statement_uid',
            field=models.CharField(default='', editable=False, help_text='The uid again, for lists in its order. Kept by the database.', max_length=16),
        ),
        migrations.AddField(
            model_name='response',
            name='statement_uid',
            field=models.CharField(default='', editable=False, help_text='The uid again, for lists in its order. Kept by the database.', max_length=16),
        ),
        # Before the indexes, which then take it in at once.
        migrations.RunSQL(REPEATED, migrations.RunSQL.noop),
        migrations.AddIndex(
            model_name='allegation',
            index=models.Index(fields=['statement_uid'], include=('statement_ptr', 'period_earliest', 'period_latest', 'period_precision'), name='cases_allegation_along'),
        ),
        migrations.AddIndex(
            model_name='estimate',
            index=models.Index(fields=['statement_uid'], include=('statement_ptr', 'period_earliest', 'period_latest', 'period_precision'), name='cases_estimate_along'),
        ),
        migrations.AddIndex(
            model_name='response',
            index=models.Index(fields=['statement_uid'], include=('statement_ptr', 'date_earliest', 'date_latest', 'date_precision'), name='cases_response_along'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='allegation',
            trigger=pgtrigger.compiler.Trigger(name='knows_its_uid', sql=pgtrigger.compiler.UpsertTriggerSql(func='\n                NEW.statement_uid := (SELECT uid FROM cases_statement WHERE id = NEW.statement_ptr_id);\n                RETURN NEW;\n            ', hash='e37aed54f069c0eb5d23f739a1a3d20d40e203b0', operation='INSERT OR UPDATE OF "statement_ptr_id", "statement_uid"', pgid='pgtrigger_knows_its_uid_e2cf7', table='cases_allegation', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='allegation',
            trigger=pgtrigger.compiler.Trigger(name='news_of_change', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func="INSERT INTO public.hrdocs_news (uid, part, was, now, level, state, changed, act, at)\nSELECT o.uid, '', o.audience, o.audience, least(o.audience, o.audience), o.state, CASE WHEN greatest(o.audience, o.audience) <= 1 THEN public.hrdocs_differing('cases_allegation', to_jsonb(OLD), to_jsonb(NEW), '{statement_uid}') ELSE '{}' END, pg_current_xact_id()::text::bigint, transaction_timestamp()\nFROM public.cases_statement o WHERE least(o.audience, o.audience) <= 1 AND o.id IN (OLD.statement_ptr_id, NEW.statement_ptr_id);\nRETURN NULL;", hash='2a7dace202a065de0cfea39bfc69cb497295b8f5', operation='UPDATE', pgid='pgtrigger_news_of_change_35285', table='cases_allegation', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='estimate',
            trigger=pgtrigger.compiler.Trigger(name='knows_its_uid', sql=pgtrigger.compiler.UpsertTriggerSql(func='\n                NEW.statement_uid := (SELECT uid FROM cases_statement WHERE id = NEW.statement_ptr_id);\n                RETURN NEW;\n            ', hash='51d88788d236c7011b9e92cc6c1c1f0b108e20f5', operation='INSERT OR UPDATE OF "statement_ptr_id", "statement_uid"', pgid='pgtrigger_knows_its_uid_68acf', table='cases_estimate', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='estimate',
            trigger=pgtrigger.compiler.Trigger(name='news_of_change', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func="INSERT INTO public.hrdocs_news (uid, part, was, now, level, state, changed, act, at)\nSELECT o.uid, '', o.audience, o.audience, least(o.audience, o.audience), o.state, CASE WHEN greatest(o.audience, o.audience) <= 1 THEN public.hrdocs_differing('cases_estimate', to_jsonb(OLD), to_jsonb(NEW), '{statement_uid}') ELSE '{}' END, pg_current_xact_id()::text::bigint, transaction_timestamp()\nFROM public.cases_statement o WHERE least(o.audience, o.audience) <= 1 AND o.id IN (OLD.statement_ptr_id, NEW.statement_ptr_id);\nRETURN NULL;", hash='bf8f078a4fc253d7a9db836fabb1f553650dd77a', operation='UPDATE', pgid='pgtrigger_news_of_change_4ee41', table='cases_estimate', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='response',
            trigger=pgtrigger.compiler.Trigger(name='knows_its_uid', sql=pgtrigger.compiler.UpsertTriggerSql(func='\n                NEW.statement_uid := (SELECT uid FROM cases_statement WHERE id = NEW.statement_ptr_id);\n                RETURN NEW;\n            ', hash='a15ac8173a8760a8c782e0a428f205e93fd4e072', operation='INSERT OR UPDATE OF "statement_ptr_id", "statement_uid"', pgid='pgtrigger_knows_its_uid_dd6ea', table='cases_response', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='response',
            trigger=pgtrigger.compiler.Trigger(name='news_of_change', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func="INSERT INTO public.hrdocs_news (uid, part, was, now, level, state, changed, act, at)\nSELECT o.uid, '', o.audience, o.audience, least(o.audience, o.audience), o.state, CASE WHEN greatest(o.audience, o.audience) <= 1 THEN public.hrdocs_differing('cases_response', to_jsonb(OLD), to_jsonb(NEW), '{statement_uid}') ELSE '{}' END, pg_current_xact_id()::text::bigint, transaction_timestamp()\nFROM public.cases_statement o WHERE least(o.audience, o.audience) <= 1 AND o.id IN (OLD.statement_ptr_id, NEW.statement_ptr_id);\nRETURN NULL;", hash='cdbdf8c76ac0919e4d939953d49b8ad98e7afd1e', operation='UPDATE', pgid='pgtrigger_news_of_change_6d08a', table='cases_response', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='statement',
            trigger=pgtrigger.compiler.Trigger(name='uid_stays', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."uid" IS DISTINCT FROM (NEW."uid"))', func="\n                    RAISE EXCEPTION 'A statement is cited by its uid (%), which never changes. Enter another statement.', OLD.uid\n                        USING ERRCODE = 'check_violation';\n                ", hash='f3d3e169f045720ea714f46c902f7c88bb590013', operation='UPDATE', pgid='pgtrigger_uid_stays_7e571', table='cases_statement', when='BEFORE')),
        ),
    ]
