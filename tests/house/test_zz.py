import time


def test_world(django_db_setup, django_db_blocker):
    from django.db import transaction

    from tests.house import canaries

    with django_db_blocker.unblock(), transaction.atomic():
        t = time.time()
        w = canaries.build()
        print("BUILD", time.time() - t, len(w.rows), len(w.tokens), len(w.bonds))
        import collections

        print(collections.Counter(type(r).__name__ for r in w.rows))
        transaction.set_rollback(True)
