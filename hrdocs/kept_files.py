"""Settings of files: where evidence lies, how large a piece of it may be, and who outside is asked for anything about it.

Nothing outside is asked unless the operator says so.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from hrdocs.environment import Env

_MANIFEST_STATIC = "whitenoise.storage.CompressedManifestStaticFilesStorage"
_PLAIN_STATIC = "django.contrib.staticfiles.storage.StaticFilesStorage"


def configured(env: Env, local: Path, *, shelf: str, on_a_server: bool) -> dict[str, Any]:
    """The settings by their names, read from the environment."""
    bucket = env.str("EVIDENCE_BUCKET", default="")  # empty: a folder of this machine
    return {
        "EVIDENCE_ROOT": env.str("EVIDENCE_ROOT", default=str(local / "evidence")),
        "EVIDENCE_BUCKET": bucket,
        "EVIDENCE_LARGEST": env.int("EVIDENCE_MB", default=200) * 2**20,
        "TSA_URL": env.str("TSA_URL", default=""),
        "TSA_CERTIFICATES": env.str("TSA_CERTIFICATES", default=""),
        "FETCH_PAGES": env.bool("FETCH_PAGES", default=False),
        "STORAGES": {
            "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
            "staticfiles": {"BACKEND": _MANIFEST_STATIC if on_a_server else _PLAIN_STATIC},
            "evidence": _in_a_bucket(env, bucket) if bucket else {"BACKEND": shelf},
        },
    }


def _in_a_bucket(env: Env, bucket: str) -> dict[str, Any]:
    """Any store that speaks S3. No address of it is ever given out: files leave through the program alone."""
    return {
        "BACKEND": "storages.backends.s3.S3Storage",
        "OPTIONS": {
            "bucket_name": bucket,
            "endpoint_url": env.str("EVIDENCE_ENDPOINT", default="") or None,
            "region_name": env.str("EVIDENCE_REGION", default="") or None,
            "access_key": env.str("EVIDENCE_KEY", default="") or None,
            "secret_key": env.str("EVIDENCE_SECRET", default="") or None,
            "default_acl": None,
            "file_overwrite": True,  # of one name there is one content; the library would make up another name
            "max_memory_size": 8 * 2**20,  # what is larger is read from a temporary file
        },
    }
