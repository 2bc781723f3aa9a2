"""Run on a fresh site: a small city with June paid and July's batches waiting for the manager."""

import sys

import frappe
from frappe.model.workflow import apply_workflow

from ansinh_app import api
from ansinh_app.demo import police
from ansinh_app.demo.office import OFFICER, set_up_office
from ansinh_app.demo.story import RUNS, Story

story = Story(sys.argv[1], share=0.02, say=lambda _line: None)
set_up_office(story.say)
frappe.db.commit()
story.bring_in_the_lists()
story.pay(*RUNS[0], 0)
story.before_the_run(RUNS[1][0])
police.verify(lambda *_file: None)
period = story.open_period(*RUNS[1])
frappe.set_user(OFFICER)
api.prepare_period(period)
for name in frappe.get_all("Payout Batch", {"period": period}, pluck="name", order_by="name"):
    apply_workflow(frappe.get_doc("Payout Batch", name), "Submit for Approval")
frappe.db.commit()
