"""The desk as a Django application (so that its templates and static files are found)."""

from django.apps import AppConfig


class DeskConfig(AppConfig):
    name = "benchless.desk"
    label = "benchless_desk"
