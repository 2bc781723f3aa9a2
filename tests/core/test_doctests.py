"""The examples in the docstrings of the core are true."""

import doctest
import importlib
import pkgutil

import pytest

import ansinh_app.core as core

MODULES = [module.name for module in pkgutil.walk_packages(core.__path__, core.__name__ + ".")]


@pytest.mark.parametrize("name", MODULES)
def test_examples_of_the_module_hold(name):
    assert doctest.testmod(importlib.import_module(name)).failed == 0


def test_the_core_reaches_no_framework_and_no_files():
    for name in MODULES:
        source = importlib.import_module(name).__file__
        with open(source, encoding="utf-8") as file:
            text = file.read()
        for forbidden in ("import frappe", "import django", "open(", "date.today", "datetime.now", "float("):
            assert forbidden not in text.replace("date_of_number(float(", ""), (name, forbidden)
