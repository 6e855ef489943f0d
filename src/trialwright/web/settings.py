"""Settings of the application. Everything that differs between sites comes from the environment `serve` makes.

TRIALWRIGHT_TRIAL     the trial's directory, or the address of its ledger in PostgreSQL
TRIALWRIGHT_ACCOUNTS  where accounts and sessions are kept: a directory (site.db, site.key in it)
TRIALWRIGHT_HTTPS     1 where browsers reach the application by HTTPS; 0 on a loopback address only
TRIALWRIGHT_HOSTS     the names and addresses browsers may use, separated by commas
TRIALWRIGHT_PASSWORD_DAYS  how long a password lasts (365)
TRIALWRIGHT_DEMO      1 where the participants are simulated and demo accounts may be shown
"""

import os
from pathlib import Path
from secrets import token_urlsafe
from typing import Any

from trialwright.web.secret import secret_key

ROOM = Path(__file__).parent
TRIAL = os.environ.get("TRIALWRIGHT_TRIAL", ".")
ACCOUNTS = Path(os.environ.get("TRIALWRIGHT_ACCOUNTS", TRIAL))
HTTPS = os.environ.get("TRIALWRIGHT_HTTPS", "1") == "1"
DEMO = os.environ.get("TRIALWRIGHT_DEMO", "0") == "1"

DEBUG = False
SECRET_KEY = secret_key(ACCOUNTS) if "TRIALWRIGHT_TRIAL" in os.environ else token_urlsafe(64)
ALLOWED_HOSTS = os.environ.get("TRIALWRIGHT_HOSTS", "127.0.0.1,localhost,[::1]").split(",")
ROOT_URLCONF = "trialwright.web.urls"
WSGI_APPLICATION = "trialwright.web.wsgi.application"

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_htmx",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "trialwright.web.people",
    "trialwright.web",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "trialwright.web.middleware.headers",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "trialwright.web.people.middleware.sessions",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "trialwright.web.middleware.faults",
    "trialwright.web.access.matrix",
]
TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [ROOM / "templates"],
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "trialwright.web.chrome.chrome",
            ],
            "builtins": ["django.templatetags.i18n", "django.templatetags.static", "trialwright.web.templatetags.tw"],
        },
    }
]

# --- accounts and sessions --------------------------------------------------------------------------------------------

DATABASES: dict[str, dict[str, Any]] = {
    "default": {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": ACCOUNTS / "site.db",
        "OPTIONS": {"transaction_mode": "IMMEDIATE", "init_command": "PRAGMA journal_mode=WAL;PRAGMA synchronous=FULL"},
    }
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_USER_MODEL = "people.Person"
AUTHENTICATION_BACKENDS = ["trialwright.web.people.checking.Codes"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.ScryptPasswordHasher"]
PASSWORD_DAYS = int(os.environ.get("TRIALWRIGHT_PASSWORD_DAYS", "365"))  # after so many a new one is demanded
AUTH_PASSWORD_VALIDATORS: list[dict[str, Any]] = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in ("CommonPasswordValidator", "NumericPasswordValidator")
] + [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "trialwright.web.people.passwords.NotTheCode"},
]
LOGIN_URL = "log-in"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "log-in"
SESSION_COOKIE_AGE = 15 * 60  # seconds without a request
# A session in use is written once a minute at most (`people.middleware`), so that reading costs no write.
SESSION_EXPIRE_AT_BROWSER_CLOSE = True

ACCOUNT_ADAPTER = "trialwright.web.people.adapters.Accounts"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = "code"
ACCOUNT_USER_MODEL_EMAIL_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_RATE_LIMITS = False  # `people.tries` counts, in the database, for every worker
MFA_ADAPTER = "trialwright.web.people.adapters.Factors"
MFA_FORMS = {
    "authenticate": "trialwright.web.people.adapters.SecondFactor",
    "reauthenticate": "trialwright.web.people.adapters.SecondFactorAgain",
}
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_RECOVERY_CODES_SHOW_ONCE = True
MFA_TOTP_TOLERANCE = 1  # steps of 30 seconds: a ward's tablet is rarely right to the second
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not HTTPS  # http://localhost, where the browser itself allows it

# --- what leaves the host, and how ------------------------------------------------------------------------------------

SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Strict"
SECURE_SSL_REDIRECT = HTTPS
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin" if HTTPS else None
X_FRAME_OPTIONS = "DENY"
CSRF_FAILURE_VIEW = "trialwright.web.pages.faults.forged"
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024

# --- languages, files, messages ---------------------------------------------------------------------------------------

USE_TZ = True
TIME_ZONE = "UTC"  # pages say a site's own time, from the core
USE_I18N = True
LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("zh-hans", "中文")]
LOCALE_PATHS = [ROOM / "locale"]
LANGUAGE_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_SECURE = HTTPS
LANGUAGE_COOKIE_SAMESITE = "Strict"

STATIC_URL = "/static/"
WHITENOISE_USE_FINDERS = True
WHITENOISE_MAX_AGE = 3600
LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"stderr": {"class": "logging.StreamHandler"}},
    "root": {"handlers": ["stderr"], "level": "ERROR"},
}
