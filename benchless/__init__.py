"""benchless: an embedded host that runs a Frappe app on Django, SQLite or MariaDB in one process."""

import importlib.util
import sys
from pathlib import Path

API_FOLDER = Path(__file__).parent / "api"


def activate() -> None:
    """Make `import frappe` find the embedded host's module; does nothing where `frappe` is importable already."""
    if "frappe" in sys.modules or str(API_FOLDER) in sys.path:
        return
    if importlib.util.find_spec("frappe") is None:
        sys.path.insert(0, str(API_FOLDER))
