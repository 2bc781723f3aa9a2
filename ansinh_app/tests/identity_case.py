"""A test case with a commune, its police and its office, whose people's identities go before the police."""

import io

import frappe
import openpyxl
from frappe.model.workflow import apply_workflow
from frappe.tests.utils import FrappeTestCase

from ansinh_app.registry.doctype.identity_verification_list import identity_verification_list as lists
from ansinh_app.tests.factories import MAI_PHA, VINH_TRAI, attach, make_office, make_person, make_user

COMMUNE, OTHER_COMMUNE = "idv-commune@ansinh.example", "idv-neighbour@ansinh.example"
POLICE, LOST_POLICE = "idv-police@ansinh.example", "idv-lost-police@ansinh.example"
OFFICER, MANAGER = "idv-officer@ansinh.example", "idv-manager@ansinh.example"


class IdentityCase(FrappeTestCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        make_user(COMMUNE, "Commune Officer", units=[VINH_TRAI])
        make_user(OTHER_COMMUNE, "Commune Officer", units=[MAI_PHA])
        make_user(POLICE, "Police Officer", units=[VINH_TRAI])
        make_user(LOST_POLICE, "Police Officer")

    def setUp(self):
        self.office = make_office("IDV-" + frappe.generate_hash(length=6).upper())
        make_user(OFFICER, "Social Affairs Officer", offices=[self.office])
        make_user(MANAGER, "Social Affairs Manager", offices=[self.office])

    def person(self, full_name: str = "Nguyễn Văn Mẫu", **values):
        return make_person(full_name, office=self.office, **values)

    def make_list(self, send: bool = True, **values):
        found = frappe.get_doc(
            {
                "doctype": "Identity Verification List",
                "administrative_unit": VINH_TRAI,
                "office": self.office,
                **values,
            }
        ).insert()
        lists.collect(found.as_dict())
        if send:
            lists.write_and_send(found.as_dict())
        return found.reload()

    def rows(self, found) -> dict:
        return {
            row.full_name: row
            for row in frappe.get_all(
                "Identity Verification",
                filters={"verification_list": found.name},
                fields=["name", "full_name", "row_no", "status", "result", "verified_by", "beneficiary"],
            )
        }

    def book(self, found):
        file = frappe.get_doc("File", {"file_url": found.list_file})
        return openpyxl.load_workbook(io.BytesIO(file.get_content()))

    def answer(self, found, said: dict, shape=None, **values):
        """Fill the list's own workbook in (name -> {heading: value}), reshape its rows, and take it in."""
        book = self.book(found)
        sheet = book.active
        heads = {cell.value: cell.column for cell in sheet[10] if cell.value}
        for row in sheet.iter_rows(min_row=11):
            for heading, value in said.get(row[heads["Họ và tên"] - 1].value, {}).items():
                sheet.cell(row[0].row, heads[heading], value)
        if shape:
            shape(sheet, heads)
        target = io.BytesIO()
        book.save(target)
        found.reload().update({"answer_file": attach(target.getvalue(), "tra loi.xlsx"), **values})
        found.save()
        lists.apply_answer(found.as_dict())
        return found.reload()

    def step(self, name: str, action: str, **values):
        """What a form does: save what was entered, then press the button."""
        request = frappe.get_doc("Identity Verification", name).update(values)
        request.save()
        return apply_workflow(request, action)

    def status(self, person) -> str:
        return frappe.db.get_value(person.doctype, person.name, "verification_status")
