# The program for a server: one image for the web, the worker and the backup. It writes to /tmp and /var/lib/hrdocs alone.
FROM python:3.11-slim-bookworm AS packages
COPY requirements.txt .
RUN python -m venv /venv && /venv/bin/pip install --no-cache-dir --require-hashes -r requirements.txt

FROM python:3.11-slim-bookworm
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 HOME=/tmp \
    STATIC_ROOT=/srv/staticfiles RELEASES_ROOT=/var/lib/hrdocs/releases EVIDENCE_ROOT=/var/lib/hrdocs/evidence \
    MADE_ROOT=/var/lib/hrdocs/made BACKUPS_ROOT=/var/lib/hrdocs/backups
COPY --from=packages /venv /venv
WORKDIR /srv/hrdocs
COPY manage.py ./
COPY hrdocs hrdocs
COPY sources sources
COPY cases cases
# The key and the address serve this one step, which opens neither. Both come as secrets when the program runs.
RUN SECRET_KEY=to-collect-files-alone DATABASE_URL=postgresql:///none python manage.py collectstatic --noinput \
 && useradd --system --uid 10001 --no-create-home hrdocs \
 && install -d -o hrdocs -m 700 /var/lib/hrdocs /var/lib/hrdocs/releases /var/lib/hrdocs/evidence /var/lib/hrdocs/made \
    /var/lib/hrdocs/backups /var/lib/hrdocs/heads
USER 10001
VOLUME ["/var/lib/hrdocs/releases", "/var/lib/hrdocs/evidence", "/var/lib/hrdocs/made", "/var/lib/hrdocs/backups", "/var/lib/hrdocs/heads"]
EXPOSE 8000
HEALTHCHECK --interval=15s --timeout=5s --start-period=60s \
  CMD ["python", "-c", "import urllib.request as u; u.urlopen('http://127.0.0.1:8000/health/live', timeout=4)"]
CMD ["gunicorn", "--config", "python:hrdocs.serving", "hrdocs.wsgi", "--bind", "0.0.0.0:8000"]
