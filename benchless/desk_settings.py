"""The part of Django's settings that the desk and the REST interface need; sites cannot change it."""

from pathlib import Path

from benchless.desk.config import desk_settings


def django_options(site_path: str, conf: dict) -> dict:
    """Django settings besides database and secret."""
    return {
        "DEBUG": False,  # its error pages show settings and values; developer_mode shows tracebacks over REST
        "USE_TZ": False,
        "TIME_ZONE": conf.get("time_zone") or "Asia/Ho_Chi_Minh",
        "DEFAULT_AUTO_FIELD": "django.db.models.BigAutoField",
        "TRUSTED_PROXY": conf.get("trusted_proxy") or "127.0.0.1",  # of interest only where host_name is https
        "PASSWORD_HASHERS": ["django.contrib.auth.hashers.PBKDF2PasswordHasher"],
        **desk_settings(Path(site_path).name, Path(site_path), conf),
    }
