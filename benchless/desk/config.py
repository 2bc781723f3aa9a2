"""Django settings of the desk and the REST interface; `benchless.settings` merges them into its own."""

from pathlib import Path
from urllib.parse import urlparse

SESSION_HOURS = 12
MAX_FORM_FIELDS = 20_000  # a grid row is a dozen fields; Django's default of 1000 refuses a 90-row grid
MEGABYTE = 1024 * 1024


def desk_settings(site: str, site_path: Path, conf: dict) -> dict:
    """Return the Django settings the web part needs.

    site: the site's name; site_path: its folder; conf: its site_config.json.
    Sessions are files of the site, so that signing in never waits for a long database transaction.
    """
    session_path = Path(site_path) / "sessions"
    if Path(site_path).is_dir():
        session_path.mkdir(mode=0o700, exist_ok=True)
    host_name = conf.get("host_name") or ""
    behind_https = host_name.startswith("https://")
    return {
        "ROOT_URLCONF": "benchless.urls",
        "INSTALLED_APPS": [
            "benchless.desk",
            "unfold",
            "django.contrib.admin",
            "django.contrib.auth",
            "django.contrib.contenttypes",
            "django.contrib.sessions",
            "django.contrib.messages",
            "django.contrib.staticfiles",
            "django_tasks_db",
        ],
        "MIDDLEWARE": [
            "django.middleware.security.SecurityMiddleware",
            "benchless.desk.middleware.SecurityHeadersMiddleware",
            "whitenoise.middleware.WhiteNoiseMiddleware",
            "django.contrib.sessions.middleware.SessionMiddleware",
            "django.middleware.common.CommonMiddleware",
            "benchless.desk.middleware.FrappeMiddleware",
            "django.middleware.csrf.CsrfViewMiddleware",
            "django.contrib.messages.middleware.MessageMiddleware",
            "django.middleware.clickjacking.XFrameOptionsMiddleware",
        ],
        "TEMPLATES": [
            {
                "BACKEND": "django.template.backends.django.DjangoTemplates",
                "APP_DIRS": True,
                "OPTIONS": {
                    "context_processors": [
                        "django.template.context_processors.request",
                        "django.contrib.messages.context_processors.messages",
                        "benchless.desk.context.desk",
                    ],
                },
            }
        ],
        "ALLOWED_HOSTS": allowed_hosts(site, host_name, conf),
        "CSRF_TRUSTED_ORIGINS": [host_name.rstrip("/")] if behind_https else [],
        "SECURE_PROXY_SSL_HEADER": ("HTTP_X_FORWARDED_PROTO", "https") if behind_https else None,
        "STATIC_URL": "/static/",
        "WHITENOISE_USE_FINDERS": True,
        "WHITENOISE_MAX_AGE": 3600,
        "WHITENOISE_ALLOW_ALL_ORIGINS": False,
        "SESSION_ENGINE": "django.contrib.sessions.backends.file",
        "SESSION_FILE_PATH": str(session_path),
        "SESSION_COOKIE_NAME": "sid",
        "SESSION_COOKIE_AGE": SESSION_HOURS * 3600,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_COOKIE_SECURE": behind_https,
        "CSRF_USE_SESSIONS": True,
        "CSRF_COOKIE_SECURE": behind_https,
        "CSRF_HEADER_NAME": "HTTP_X_FRAPPE_CSRF_TOKEN",
        "CSRF_FAILURE_VIEW": "benchless.desk.views.errors.csrf_failure",
        "MESSAGE_STORAGE": "django.contrib.messages.storage.session.SessionStorage",
        "SECURE_CONTENT_TYPE_NOSNIFF": True,
        "SECURE_REFERRER_POLICY": "same-origin",
        "SECURE_CROSS_ORIGIN_OPENER_POLICY": "same-origin",
        "SECURE_HSTS_SECONDS": 30 * 24 * 3600 if behind_https else 0,
        "X_FRAME_OPTIONS": "SAMEORIGIN",
        "DATA_UPLOAD_MAX_NUMBER_FIELDS": MAX_FORM_FIELDS,
        "DATA_UPLOAD_MAX_MEMORY_SIZE": int(conf.get("max_file_size") or 25 * MEGABYTE),
        "APPEND_SLASH": False,
        "USE_I18N": True,
        "LANGUAGE_CODE": "vi",
        "LANGUAGES": [("vi", "Tiếng Việt"), ("en", "English")],
        "LOGGING": {
            "version": 1,
            "disable_existing_loggers": False,
            "handlers": {"console": {"class": "logging.StreamHandler"}},
            "loggers": {
                "django.request": {"handlers": ["console"], "level": "ERROR", "propagate": False},
                "django.security": {"handlers": ["console"], "level": "ERROR", "propagate": False},
            },
        },
        "UNFOLD": unfold_settings(conf),
    }


def allowed_hosts(site: str, host_name: str, conf: dict) -> list[str]:
    """Host names this process answers to: this machine, the site's own name, and what site_config.json adds."""
    hosts = ["localhost", "127.0.0.1", "[::1]", site, *(conf.get("allowed_hosts") or [])]
    if hostname := urlparse(host_name).hostname:
        hosts.append(hostname)
    return hosts


def unfold_settings(conf: dict) -> dict:
    """The shell's look: names come from the site, colours are an office's calm blue-green."""
    return {
        "SITE_TITLE": "benchless.desk.context.site_title",
        "SITE_HEADER": "benchless.desk.context.site_title",
        "SITE_SUBHEADER": "benchless.desk.context.site_subheader",
        "SITE_URL": None,
        "SITE_SYMBOL": conf.get("app_symbol") or "diversity_1",
        "SITE_FAVICONS": [{"rel": "icon", "type": "image/svg+xml", "href": "/static/benchless/icon.svg"}],
        "SHOW_HISTORY": False,
        "SHOW_VIEW_ON_SITE": False,
        "SHOW_LANGUAGES": True,
        "LANGUAGES": {
            "action": "/desk/language",
            "navigation": "benchless.desk.context.languages",
        },
        "STYLES": [
            "benchless.desk.context.stylesheet",
            "benchless.desk.context.lists_stylesheet",
            "benchless.desk.context.grid_stylesheet",
        ],
        "SCRIPTS": [
            "benchless.desk.context.charts_script",
            "benchless.desk.context.desk_script",
            "benchless.desk.context.grid_script",
            "benchless.desk.context.list_script",
            "benchless.desk.context.tree_script",
            "benchless.desk.context.keys_script",
        ],
        "BORDER_RADIUS": "6px",
        "COLORS": {
            "primary": {
                "50": "oklch(97.5% .013 200)",
                "100": "oklch(94.5% .03 200)",
                "200": "oklch(89.5% .055 202)",
                "300": "oklch(81% .085 205)",
                "400": "oklch(69% .1 210)",
                "500": "oklch(58% .1 215)",
                "600": "oklch(49% .095 218)",
                "700": "oklch(43% .085 220)",
                "800": "oklch(37% .07 222)",
                "900": "oklch(31% .055 225)",
                "950": "oklch(23% .04 228)",
            },
        },
        "SIDEBAR": {
            "show_search": True,
            "command_search": True,
            "show_all_applications": False,
            "navigation": "benchless.desk.context.sidebar",
        },
    }
