"""What a web server runs."""

from __future__ import annotations

import gc
import runpy

from django.urls import get_resolver

import hrdocs.wsgi


def test_all_addresses_are_loaded_before_the_first_who_asks():
    addresses = get_resolver()
    vars(addresses).pop("url_patterns", None)
    runpy.run_path(hrdocs.wsgi.__file__)
    assert "url_patterns" in vars(addresses)


def test_what_is_loaded_is_looked_through_by_no_collection():
    gc.unfreeze()
    runpy.run_path(hrdocs.wsgi.__file__)
    assert gc.get_freeze_count() > 100_000
