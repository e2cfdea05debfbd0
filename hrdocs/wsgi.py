"""What a web server runs: `gunicorn hrdocs.wsgi`."""

import gc
import os

from django.core.wsgi import get_wsgi_application
from django.urls import resolve

from hrdocs import embedded

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hrdocs.settings")
embedded.start_if_needed()
application = get_wsgi_application()
resolve("/")  # all that answers is loaded before the first who asks, and not while she waits
gc.freeze()  # and stays for good: no collection looks through it while somebody waits
