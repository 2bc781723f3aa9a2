"""Who waits for a job sees on the open page how far it is, and how it ended."""

import threading

import frappe
from desk_world import CASE, MANAGER, make_case

from benchless import worker

gate = threading.Event()


def long_work(name, fails):
    """Half of it, a pause until the test goes on, and the end."""
    frappe.publish_progress(50, title="Counting", doctype=CASE, docname=name, description="1 of 2")
    gate.wait(60)
    if fails:
        frappe.throw("Row 7 has no name")
    frappe.publish_progress(100, title="Counting", doctype=CASE, docname=name, description="2 of 2")


def run_beside(name: str, fails: bool) -> threading.Thread:
    gate.clear()
    frappe.enqueue(long_work, name=name, fails=fails)
    frappe.db.commit()
    thread = threading.Thread(target=worker.burst, args=(frappe.local.site, frappe.local.sites_path))
    return thread


def test_progress_is_shown_and_a_failure_says_why(open_page):
    page = open_page(MANAGER)
    name = make_case(full_name="Trình Duyệt", town="T1", amount=540000).name
    frappe.db.commit()
    for fails in (False, True):
        frappe.publish_progress(1, title="Counting", doctype=CASE, docname=name, description="waits")
        with page.expect_response(lambda response: "get_progress" in response.url):
            page.goto(f"/desk/form/{CASE}/{name}")
        job = run_beside(name, fails)
        job.start()
        try:
            page.wait_for_selector("#d-progress:not([hidden]) >> text=Counting: 1 of 2")
        finally:
            gate.set()
            job.join()
        if fails:
            page.wait_for_selector(".d-note.red >> text=Row 7 has no name")
            assert page.is_hidden("#d-progress")
        else:
            page.wait_for_selector("#d-progress >> text=Counting: 2 of 2")
