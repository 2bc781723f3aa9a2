"""The pages of jobs, mails and errors, as the person who looks after the site meets them."""

import re

import frappe
import pytest
from desk_browser import Browser, text_of
from desk_world import CLERK, PASSWORD, make_world
from frappe.desk.doctype.notification_log.notification_log import enqueue_create_notification
from frappe.utils import background_jobs

from benchless import worker

KEEPER = "desk-keeper@example.com"


def fail_on_purpose(what):
    raise ValueError(f"failed on purpose: {what}")


@pytest.fixture(autouse=True)
def world(site):
    make_world()
    if not frappe.db.exists("User", KEEPER):
        frappe.get_doc(
            {
                "doctype": "User",
                "email": KEEPER,
                "first_name": "Keeper",
                "send_welcome_email": 0,
                "new_password": PASSWORD,
                "roles": [{"role": "System Manager"}],
            }
        ).insert(ignore_permissions=True)
    frappe.db.commit()
    yield
    frappe.set_user("Administrator")
    background_jobs.rows().all().delete()
    frappe.db.commit()


@pytest.fixture
def keeper():
    return Browser().sign_in(KEEPER)


@pytest.fixture
def failed():
    job = frappe.enqueue(fail_on_purpose, what="the papers")
    frappe.db.commit()
    worker.burst(frappe.local.site, frappe.local.sites_path)
    return job


def reconnect():
    """A page in this thread has closed the connection."""
    if not getattr(frappe.local, "db", None):
        frappe.init("test.local")
        frappe.connect()
    frappe.set_user("Administrator")
    frappe.db.rollback()


def test_the_list_shows_failed_jobs_and_leads_to_one(keeper, failed):
    page = keeper.get("/desk/list/RQ%20Job")
    assert page.status_code == 200
    assert "fail_on_purpose" in text_of(page)
    assert keeper.get("/desk/list/RQ%20Job?status=queued").status_code == 200
    assert "fail_on_purpose" not in text_of(keeper.get("/desk/list/RQ%20Job?status=queued"))
    assert "fail_on_purpose" in text_of(keeper.get("/desk/list/RQ%20Job?status=failed"))
    form = keeper.get(f"/desk/form/RQ%20Job/{failed.id}")
    assert form.status_code == 200
    shown = form.content.decode()
    assert "failed on purpose: the papers" in shown
    assert "retry_job" in shown


def test_a_failed_job_is_put_back_by_its_button(keeper, failed):
    form = keeper.get(f"/desk/form/RQ%20Job/{failed.id}").content.decode()
    document = re.search(r'id="d-doc"[^>]*>([^<]*)<', form).group(1)
    token = re.search(r'name="csrf-token" content="([^"]+)"', form).group(1)
    method = "/api/method/frappe.core.doctype.rq_job.rq_job.retry_job"
    answer = keeper.post(method, {"doc": document}, headers={"X-Frappe-CSRF-Token": token})
    assert answer.status_code == 200, answer.content
    reconnect()
    assert failed.get_status() == "queued"


def test_others_do_not_see_the_jobs(failed):
    clerk = Browser().sign_in(CLERK)
    assert clerk.get("/desk/list/RQ%20Job").status_code == 403
    assert clerk.get(f"/desk/form/RQ%20Job/{failed.id}").status_code == 403
    answer = clerk.post("/api/method/frappe.core.doctype.rq_job.rq_job.remove_failed_jobs", {})
    assert answer.status_code == 403
    reconnect()
    assert failed.get_status() == "failed"


@pytest.mark.parametrize(
    "doctype",
    [
        "Error Log",
        "Scheduled Job Type",
        "Scheduled Job Log",
        "Email Queue",
        "Notification",
        "Auto Email Report",
    ],
)
def test_the_other_pages_open(keeper, doctype):
    assert keeper.get(f"/desk/list/{doctype}").status_code == 200


def test_a_notification_is_made_on_the_desk(keeper):
    assert keeper.get("/desk/new/Notification").status_code == 200
    assert keeper.get("/desk/new/Auto%20Email%20Report").status_code == 200


def test_they_stand_on_a_workspace_of_their_own(keeper):
    page = keeper.get("/desk/workspace/System")
    assert page.status_code == 200
    for doctype in ("RQ Job", "Error Log", "Email Queue", "Notification", "Auto Email Report"):
        assert f"/desk/list/{doctype.replace(' ', '%20')}" in page.content.decode()
    clerk = Browser().sign_in(CLERK)
    assert clerk.get("/desk/workspace/System").status_code == 403


def test_what_the_site_has_to_tell_is_offered_until_it_is_read(keeper):
    told = {"type": "Alert", "subject": "Come and see", "document_type": "Role", "document_name": "All"}
    frappe.db.delete("Notification Log")
    frappe.db.commit()
    assert "Notification%20Log?read=0" not in keeper.get("/desk/list/Role").content.decode()
    enqueue_create_notification([KEEPER], told)
    frappe.db.commit()
    assert "/desk/list/Notification%20Log?read=0" in keeper.get("/desk/list/Role").content.decode()
    assert "Come and see" in text_of(keeper.get("/desk/list/Notification%20Log?read=0"))
    name = frappe.get_last_doc("Notification Log", {"for_user": KEEPER}).name
    form = keeper.get(f"/desk/form/Notification%20Log/{name}").content.decode()
    assert "/desk/form/Role/All" in form
    token = re.search(r'name="csrf-token" content="([^"]+)"', form).group(1)
    method = "/api/method/frappe.desk.doctype.notification_log.notification_log.mark_read"
    answer = keeper.post(method, {"doc": f'{{"name": "{name}"}}'}, headers={"X-Frappe-CSRF-Token": token})
    assert answer.status_code == 200, answer.content
    assert "Notification%20Log?read=0" not in keeper.get("/desk/list/Role").content.decode()
    stranger = Browser().sign_in(CLERK)
    assert stranger.get(f"/desk/form/Notification%20Log/{name}").status_code == 403
