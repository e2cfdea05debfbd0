"""Settings: one file, read from the environment, safe where nothing is said.

Every variable that an operator may set is read in this file and described in docs/operations.md.
"""

from pathlib import Path
from urllib.parse import urlsplit

import pghistory
from django.core.exceptions import ImproperlyConfigured
from django.core.management.utils import get_random_secret_key

from hrdocs import kept_files, logs, public_site, shared_cache
from hrdocs.environment import TESTING, Env, replica_of

env = Env()  # NAME_FILE may name a file that holds NAME
ROOT = Path(__file__).resolve().parent.parent
LOCAL = ROOT / ".local"

# ── Is this a demonstration on one machine, or a server? ─────────────────────────────────────────────
# HRDOCS_LOCAL is set by `make run` and the tests alone: plain http, loopback only, its own secret key.
LOCAL_RUN = env.bool("HRDOCS_LOCAL", default=False)
DEBUG = env.bool("DEBUG", default=False)
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])


def _secret_key() -> str:
    """The operator's key; on a local run a random one, made once and kept where git does not look."""
    key = env.str("SECRET_KEY", default="")
    if not key and not LOCAL_RUN:
        raise ImproperlyConfigured("SECRET_KEY is empty. Set it to a long random text, and keep it secret.")
    if key:
        return key
    kept = LOCAL / "secret_key"
    if not kept.exists():
        LOCAL.mkdir(exist_ok=True)
        kept.touch(mode=0o600)
        kept.write_text(get_random_secret_key())
    return kept.read_text()


SECRET_KEY = _secret_key()
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])  # earlier keys, which still open what they closed

# ── What runs ────────────────────────────────────────────────────────────────────────────────────────
INSTALLED_APPS = [
    "unfold",
    "unfold.contrib.filters",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "pgtrigger",
    "pghistory",
    "rest_framework",
    "django_filters",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "csp",
    "corsheaders",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "procrastinate.contrib.django",
    "hrdocs",
    "sources",
    "cases",
]
MIDDLEWARE = [
    "hrdocs.watching.requests.Watched",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "corsheaders.middleware.CorsMiddleware",
    "csp.middleware.CSPMiddleware",
    "hrdocs.policy.LibraryPolicy",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "hrdocs.public_site.NobodySignsIn",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "hrdocs.door.gate.NothingKept",
    "hrdocs.door.gate.SessionsEnd",
    "hrdocs.door.gate.SecondFactor",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "hrdocs.audit.HistoryMiddleware",
    "cases.consent.HonoursMidnight",
    "hrdocs.limits.Limits",
    "hrdocs.second_line.SecondLine",
    "hrdocs.slots.GivenUp",
]
# Of accounts and of the desk. All else is served to outsiders by roles that are shown nothing more (hrdocs/second_line.py).
NOT_FOR_READERS = ("/admin/", "/sign-in/", "/sign-out/", "/account/", "/join/", "/custody/")
PUBLIC_SITE = env.bool("PUBLIC_SITE", default=False)  # serve readers without an account alone
if PUBLIC_SITE:
    globals().update(public_site.SETTINGS)
ROOT_URLCONF = "hrdocs.urls"
WSGI_APPLICATION = "hrdocs.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [ROOT / "hrdocs" / "templates"],  # before those of libraries, which some of them add to
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]

# ── The database ─────────────────────────────────────────────────────────────────────────────────────
# Empty DATABASE_URL: manage.py, wsgi.py and the tests start the embedded server and fill it in.
DATABASES = {"default": env.db_url("DATABASE_URL", default="postgresql:///hrdocs")}
DATABASES["default"].update(
    ENGINE="hrdocs.postgres",
    CONN_HEALTH_CHECKS=True,
    ATOMIC_REQUESTS=True,
    TEST={"TEMPLATE": "template0", "CHARSET": "UTF8"},
)
# A statement of a shape (hrdocs/fetching.py) is planned once and run often: not again for each set of keys, and not compiled
# to machine code, which takes longer than a page may. Disks are fast now: to look a row up costs little more than to read on.
# How long one question of this process may take, whatever it does: pages and files have a time of their own besides (below).
STATEMENT_SECONDS = env.int("STATEMENT_SECONDS", default=0)
DATABASES["default"]["OPTIONS"] = {
    "prepare_threshold": 2,
    "options": "-c jit=off -c plan_cache_mode=force_generic_plan -c random_page_cost=1.1 -c work_mem=16MB "
    f"-c statement_timeout={STATEMENT_SECONDS}s",
    **DATABASES["default"].get("OPTIONS", {}),
}
if env.bool("DATABASE_POOL", default=not TESTING):
    DATABASES["default"]["OPTIONS"]["pool"] = {"min_size": 1, "max_size": 8, "timeout": 10}
# Servers that follow this one and only read: readers from outside are served by them too (hrdocs/replicas.py).
for number, url in enumerate(env.list("REPLICA_URLS", default=[]), start=1):
    DATABASES[f"replica_{number}"] = replica_of(DATABASES["default"], env.db_url_config(url))
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# History is written by the database itself (hrdocs/audit.py), once per statement, and only ever added to.
# The copied links carry no index: history is read by the record that it belongs to.
PGHISTORY_APPEND_ONLY = True
PGHISTORY_FOREIGN_KEY_FIELD = pghistory.ForeignKey(db_index=False)
PGHISTORY_MIDDLEWARE_METHODS = ("POST", "PUT", "PATCH", "DELETE")

# What must be the same for all processes and may be lost: which codes of a second factor were used just now, what is counted.
globals().update(shared_cache.configured(env))  # KEPT_MB, CACHE_URL, CACHES

# ── Who signs in (hrdocs/door/) ──────────────────────────────────────────────────────────────────────
AUTH_USER_MODEL = "hrdocs.User"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",  # of accounts from before; renewed at their next sign-in
]
# Whoever may do more than read needs a second factor on a server, always. A local run can ask for it, to try it.
SECOND_FACTOR = not LOCAL_RUN or env.bool("SECOND_FACTOR", default=False)
FAILURES_PER_ADDRESS = env.int("FAILURES_PER_ADDRESS", default=10)  # of all accounts together, in a quarter of an hour
SESSION_IDLE_SECONDS = 30 * 60  # of whoever needs a second factor
SESSION_COOKIE_AGE = 12 * 60 * 60  # of everybody, however busy
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
LOGIN_URL = "sign-in"
LOGIN_REDIRECT_URL = LOGOUT_REDIRECT_URL = "start"
# django-allauth brings the pages of signing in, second factors and sessions. It knows no sign-up, no e-mail and no reset
# by mail here: hrdocs/door/urls.py names the views that there are. Guesses are counted by hrdocs/door/lock_out.py.
ACCOUNT_ADAPTER = "hrdocs.door.adapters.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_RATE_LIMITS = False
MFA_ADAPTER = "hrdocs.door.adapters.FactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "hrdocs"
MFA_TOTP_TOLERANCE = 1  # telephones' clocks are half a minute off
MFA_RECOVERY_CODE_DIGITS = 10
MFA_RECOVERY_CODES_SHOW_ONCE = True
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = LOCAL_RUN
MFA_FORMS = {
    "authenticate": "hrdocs.door.forms.CodeForm",
    "reauthenticate": "hrdocs.door.forms.CodeAgainForm",
    "add_webauthn": "hrdocs.door.forms.PasskeyForm",
}
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = not LOCAL_RUN
SECURE_HSTS_SECONDS = 0 if LOCAL_RUN else env.int("HSTS_SECONDS", default=31_536_000)
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = not LOCAL_RUN
BEHIND_PROXY = env.bool("BEHIND_PROXY", default=False)
if BEHIND_PROXY:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
DATA_UPLOAD_MAX_MEMORY_SIZE = 10 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 10_000

# Nothing is ever loaded from another site. hrdocs/policy.py loosens the policy for the admin's interface and its evaluations.
# A map has no tiles unless the operator names a server of them, which then sees what is looked at. It gives pictures alone.
MAP_TILES = env.str("MAP_TILES", default="")  # https://tiles.example.org/{z}/{x}/{y}.png
MAP_CREDIT = env.str("MAP_CREDIT", default="")
MAP_GEOJSON = env.str("MAP_GEOJSON", default="")  # a file with outlines of countries and towns, which this server gives itself
_TILE_SERVER = ["{0.scheme}://{0.netloc}".format(urlsplit(MAP_TILES)).replace("{s}", "*")] if MAP_TILES else []
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:", *_TILE_SERVER],
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        "form-action": ["'self'"],
        "base-uri": ["'none'"],
        "frame-ancestors": ["'none'"],
    }
}

# ── Mail: none unless configured. Notices stand in the admin in any case ─────────────────────────────
NOTICES_BY_MAIL = bool(env.str("EMAIL_URL", default=""))
if NOTICES_BY_MAIL:
    globals().update(env.email("EMAIL_URL"))
DEFAULT_FROM_EMAIL = env.str("MAIL_FROM", default="hrdocs@localhost")
SITE_ADDRESS = env.str("SITE_ADDRESS", default=f"http://localhost:{env.str('PORT', default='') or 8000}")  # for links in mails

# ── People who come in, and programs that read ──────────────────────────────────────────────────────────────────
TERMS_FILE = env.str("TERMS_FILE", default="")  # the terms of use as plain text; empty: those that come with the program

# How often somebody may ask. A demonstration on one machine is not in anybody's way.
_A_LOT = "100000/hour" if LOCAL_RUN else ""
LIMITS = {
    "anonymous": env.limit("LIMIT_ANONYMOUS", default=_A_LOT or "600/hour"),
    "anonymous_files": env.limit("LIMIT_ANONYMOUS_FILES", default=_A_LOT or "30/hour"),
    "account": env.limit("LIMIT_ACCOUNT", default=_A_LOT or "5000/hour"),
    "account_files": env.limit("LIMIT_ACCOUNT_FILES", default=_A_LOT or "120/hour"),
    "join": env.limit("LIMIT_JOIN", default=_A_LOT or "10/hour"),
}

# ── What is said of files that leave ─────────────────────────────────────────────────────────────────
DATA_LICENCE = env.str("DATA_LICENCE", default="")  # of our own words and the arrangement: CC-BY-4.0
CITE_AS = env.str("CITE_AS", default="hrdocs")  # who is named in citations
REPORT_STYLE = env.str("REPORT_STYLE", default="")  # a folder with the logo, colours, imprint and templates of reports
MANIFEST_DAYS = env.int("MANIFEST_DAYS", default=730)  # how long manifests of what anybody could take are kept

RELEASES_ROOT = env.str("RELEASES_ROOT", default=str(LOCAL / "releases"))  # files by SHA-256; no web server may read there
MADE_ROOT = env.str("MADE_ROOT", default=str(LOCAL / "made"))  # files made in the background; web and worker share it
WITHDRAWN = "cases.imports.withdrawn.withdrawn_of"  # in which releases the source of a record no longer has it, in words
WITHDRAWN_IN = "cases.imports.withdrawn.withdrawn_rows"  # and as rows
# Backups (hrdocs/backups/): where they are made, for which public keys they are locked, and how long they are kept.
BACKUPS_ROOT = env.str("BACKUPS_ROOT", default=str(LOCAL / "backups"))
BACKUP_KEYS = env.list("BACKUP_KEYS", default=[])
BACKUP_SIGNER = env.str("BACKUP_SIGNER", default="")  # the private key that signs them, as PEM
BACKUP_DAYS = env.int("BACKUP_DAYS", default=30)
TERMS_OF_OTHERS = "cases.imports.terms.terms_of"  # of the data sets from which some of the rows came that leave
SETTLED_BEFORE_READING = "cases.chains.settle_drift"  # what is worked out late is, before a release reads it
# How many files leave at once, of all processes together, and how many seconds the database may work for one answer.
EXPORTS_AT_ONCE = env.int("EXPORTS_AT_ONCE", default=4)
PAGE_SECONDS = env.int("PAGE_SECONDS", default=30)
EXPORT_SECONDS = env.int("EXPORT_SECONDS", default=1800)

# Which other sites may read the API in a visitor's browser. Never with her cookies: what they get is what is public, or
# what a token opens that they bring themselves.
READ_FROM = env.list("READ_FROM", default=["*"])
CORS_ALLOW_ALL_ORIGINS = "*" in READ_FROM
CORS_ALLOWED_ORIGINS = [origin for origin in READ_FROM if origin != "*"]
CORS_URLS_REGEX = r"^/api/"
CORS_ALLOW_METHODS, CORS_ALLOW_HEADERS = ("GET", "HEAD", "OPTIONS"), ("accept", "authorization", "if-none-match")
CORS_EXPOSE_HEADERS = ("Link", "ETag", "Retry-After", "Content-Disposition", "Memento-Datetime")

# ── Languages, time ──────────────────────────────────────────────────────────────────────────────────
LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("ar", "العربية")]
LOCALE_PATHS = [ROOT / "hrdocs" / "locale"]
TIME_ZONE = "UTC"
USE_TZ = True

# ── Static files ─────────────────────────────────────────────────────────────────────────────────────
STATIC_URL = "/static/"
STATIC_ROOT = env.str("STATIC_ROOT", default=str((LOCAL if LOCAL_RUN else ROOT) / "staticfiles"))
WHITENOISE_USE_FINDERS = LOCAL_RUN or DEBUG
globals().update(kept_files.configured(env, LOCAL, shelf="sources.evidence.shelf.Shelf", on_a_server=not (LOCAL_RUN or DEBUG)))

# ── The API ──────────────────────────────────────────────────────────────────────────────────────────
REST_FRAMEWORK = {
    # visible_to() decides, row by row; a token opens no more than its scopes
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.AllowAny", "hrdocs.tokens.WithinScope"],
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "hrdocs.tokens.TokenAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_RENDERER_CLASSES": ["hrdocs.formats.json.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_SCHEMA_CLASS": "hrdocs.openapi.RecordSchema",
    "EXCEPTION_HANDLER": "hrdocs.api.problem",
    "URL_FORMAT_OVERRIDE": "format",
    "DEFAULT_VERSION": "v1",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "hrdocs",
    "VERSION": "1",
    "OAS_VERSION": "3.1.0",
    "DESCRIPTION": "Who said what, where and in which words: a human-rights documentation case database. "
    "Everything here is what some source said, or a signed conclusion that names what it rests on.",
    "SERVE_INCLUDE_SCHEMA": False,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "ENUM_GENERATE_CHOICE_DESCRIPTION": True,
}

# ── The admin ────────────────────────────────────────────────────────────────────────────────────────
UNFOLD = {
    "SITE_TITLE": "hrdocs", "SITE_HEADER": "hrdocs", "SITE_SUBHEADER": "hrdocs.admin.door.demonstration",
    "SITE_SYMBOL": "account_tree",
    "SITE_FAVICONS": [{"rel": "icon", "type": "image/svg+xml", "href": "/static/hrdocs/icon.svg"}],
    "SHOW_HISTORY": True, "SHOW_VIEW_ON_SITE": False, "SHOW_LANGUAGES": True,
    "DASHBOARD_CALLBACK": "cases.admin.desk.desk",
    "STYLES": ["/static/hrdocs/admin.css"],
    "SCRIPTS": ["/static/hrdocs/dates.js", "/static/hrdocs/unsaved.js", "/static/hrdocs/alike.js", "/static/hrdocs/reach.js"],
    "COLORS": {
        "primary": {
            "50": "240 249 255", "100": "224 242 254", "200": "186 230 253", "300": "125 211 252", "400": "56 189 248",
            "500": "3 105 161", "600": "7 89 133", "700": "12 74 110", "800": "8 47 73", "900": "7 36 58", "950": "4 22 38",
        }
    },
    "SIDEBAR": {"show_search": True, "show_all_applications": False, "navigation": "cases.admin.menu.navigation"},
}  # fmt: skip
# ── Watching (hrdocs/watching/) ──────────────────────────────────────────────────────────────────────
LOGGING = logs.configured(env.str("LOG_LEVEL", default="WARNING"), for_people=LOCAL_RUN)
SLOW_QUERY_MS = env.int("SLOW_QUERY_MS", default=1000)  # from when on a question to the database is noted; 0 for never
METRICS_TOKEN = env.str("METRICS_TOKEN", default="")  # who brings it reads /metrics; without one nobody does
