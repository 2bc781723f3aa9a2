"""Locks that outlive a transaction, as files of the site."""

import os
import time

import frappe


def _path(name: str) -> str:
    folder = frappe.get_site_path("locks")
    os.makedirs(folder, exist_ok=True)
    return os.path.join(folder, f"{name}.lock")


def lock_exists(name: str) -> bool:
    return os.path.exists(_path(name))


def lock_age(name: str) -> float:
    return time.time() - os.path.getmtime(_path(name))


def create_lock(name: str, wait: int = 0) -> None:
    """Take the lock; DocumentLockedError when somebody holds it still after `wait` seconds."""
    until = time.monotonic() + wait
    while True:
        try:
            os.close(os.open(_path(name), os.O_CREAT | os.O_EXCL | os.O_WRONLY))
            return
        except FileExistsError:
            if time.monotonic() >= until:
                raise frappe.DocumentLockedError from None
            time.sleep(0.2)


def delete_lock(name: str) -> None:
    try:
        os.remove(_path(name))
    except FileNotFoundError:
        pass
