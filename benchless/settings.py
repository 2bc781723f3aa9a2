"""Django's settings for one site, read from the site's site_config.json."""

import os
import secrets
from pathlib import Path

import django
from django.conf import settings as django_settings

PACKAGE = Path(__file__).parent
BUSY_TIMEOUT_SECONDS = 30

PRAGMAS = """
PRAGMA journal_mode=WAL;
PRAGMA synchronous=NORMAL;
PRAGMA temp_store=MEMORY;
PRAGMA cache_size=-65536;
PRAGMA foreign_keys=OFF;
"""


def sites_folder() -> Path:
    """Where sites live: BENCHLESS_SITES, or `sites` beside the package (the repository root in development)."""
    return Path(os.environ.get("BENCHLESS_SITES") or PACKAGE.parent / "sites").resolve()


def default_config() -> dict:
    """What a new site's site_config.json says: a database file and a secret of its own."""
    return {
        "db_type": "sqlite",
        "db_name": "site.db",
        "secret_key": secrets.token_urlsafe(48),
        "encryption_key": secrets.token_urlsafe(32),
    }


def database_config(site_path: str, conf: dict) -> dict:
    """Django's DATABASES entry of a site."""
    return {
        "ENGINE": "benchless.sqlite",
        "NAME": str(Path(site_path, conf.get("db_name") or "site.db")),
        "AUTOCOMMIT": True,
        "ATOMIC_REQUESTS": False,
        "CONN_MAX_AGE": None,
        "CONN_HEALTH_CHECKS": False,
        "TIME_ZONE": None,
        "HOST": "",
        "PORT": "",
        "USER": "",
        "PASSWORD": "",
        "TEST": {},
        "OPTIONS": {
            "timeout": BUSY_TIMEOUT_SECONDS,
            "transaction_mode": "IMMEDIATE",
            "init_command": PRAGMAS,
        },
    }


def use_site(site_path: str, conf: dict) -> None:
    """Configure Django for the site, or point it at another site of the same process."""
    if not django_settings.configured:
        from benchless.desk_settings import django_options

        django_settings.configure(
            DATABASES={"default": database_config(site_path, conf)},
            SECRET_KEY=conf.get("secret_key") or secrets.token_urlsafe(48),
            **django_options(site_path, conf),
        )
        django.setup(set_prefix=False)
        return

    from django.db import connections

    wanted = database_config(site_path, conf)
    databases = connections.settings
    if databases["default"]["NAME"] != wanted["NAME"]:
        connections["default"].close()
        databases["default"].update(wanted)
        connections["default"].settings_dict.update(wanted)
        django_settings.SECRET_KEY = conf.get("secret_key") or django_settings.SECRET_KEY
