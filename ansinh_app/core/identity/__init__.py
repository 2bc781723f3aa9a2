"""Identifiers of people and accounts, one module each: compact, validate, is_valid, format, mask.

`compact` brings a cell to the bare number, `validate` returns findings (doubts somebody should look at)
or raises BadIdentifier. Rejecting a valid number is worse than accepting an invalid one.
"""

from . import account, cccd, certificate, cmnd, phone
from .common import Finding

__all__ = ["Finding", "account", "cccd", "certificate", "cmnd", "phone"]
