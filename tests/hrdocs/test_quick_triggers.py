"""What triggers ask first is asked without a sub-transaction for each row, and answered as the library answers it."""

from __future__ import annotations

import pgtrigger
import pytest
from django.db import connection, transaction

from cases.models import Incident
from hrdocs.access import State
from hrdocs.audit import acting_as, history_of
from tests import factories

pytestmark = pytest.mark.django_db


def asked(sql: str, *given: object) -> object:
    with connection.cursor() as cursor:
        cursor.execute(sql, given)
        return cursor.fetchone()[0]


def test_no_trigger_opens_a_sub_transaction_for_each_row():
    """One that fails looks through all links that are still to be checked, so that many rows take the square of their time."""
    with connection.cursor() as cursor:
        cursor.execute("""
            SELECT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace AND prosrc ~* 'exception\\s+when'
              AND (prorettype = 'trigger'::regtype OR proname IN ('_pgtrigger_should_ignore', '_pgh_attach_context'))""")
        assert cursor.fetchall() == []


@pytest.mark.parametrize(("setting", "passed_over"), [("", False), ("{}", False), ("{one,other}", True), ("{other}", False)])
def test_a_trigger_is_passed_over_only_where_it_is_named(setting, passed_over):
    asked("SELECT set_config('pgtrigger.ignore', %s, true)", setting)
    assert asked("SELECT public._pgtrigger_should_ignore('one')") is passed_over


def test_a_trigger_that_was_passed_over_holds_again_afterwards():
    incident = factories.make_incident(factories.make_user())
    moved = Incident.objects.filter(pk=incident.pk)
    with transaction.atomic(), pgtrigger.ignore("cases.Incident:moves_by_decision"):
        moved.update(state=State.IN_REVIEW)
    with pytest.raises(Exception, match="without a review decision"), transaction.atomic():
        moved.update(state=State.APPROVED)


def test_history_knows_who_acts_and_nobody_where_nobody_said_so():
    analyst = factories.make_user()
    incident = factories.make_incident(analyst)
    assert history_of(Incident, incident.pk).last().pgh_context is None
    with acting_as(analyst, "A second look."):
        Incident.objects.filter(pk=incident.pk).update(duration="an hour")
    assert history_of(Incident, incident.pk).last().pgh_context.metadata == {"user": analyst.pk, "reason": "A second look."}
