"""The tests' own PostgreSQL: started where DATABASE_URL is empty, in a folder of its own, and gone afterwards."""

import os

import pytest

os.environ["HRDOCS_LOCAL"] = "1"

if not os.environ.get("DATABASE_URL"):
    import psycopg

    from hrdocs import embedded

    url = embedded.start(embedded.DATA.with_name(f"test-{os.getpid()}"), cleanup="delete")
    with psycopg.connect(url, autocommit=True) as connection:
        for setting in ("fsync", "synchronous_commit", "full_page_writes"):  # nothing here has to survive a crash
            connection.execute(f"ALTER SYSTEM SET {setting} = off")
        connection.execute("SELECT pg_reload_conf()")
    os.environ["DATABASE_URL"] = os.environ["HRDOCS_TESTS_OWN"] = url  # the other test processes join this server


def pytest_configure(config: pytest.Config) -> None:
    """The databases go with their server; to drop them first takes seconds, and fails while anybody is still leaving them."""
    config.option.reuse_db = config.option.reuse_db or "HRDOCS_TESTS_OWN" in os.environ
