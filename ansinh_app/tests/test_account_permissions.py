"""Who sees whose accounts: each agency its own, whichever way it asks; a role without an area sees nothing."""

import frappe
from frappe.tests.utils import FrappeTestCase

from ansinh_app.payee_accounts.doctype.provider_inquiry import provider_inquiry
from ansinh_app.tests.factories import (
    BINH_HOA,
    MAI_PHA,
    VINH_TRAI,
    as_user,
    make_account,
    make_office,
    make_person,
    make_personas,
)

# "a": a ward's person at Sacombank; "b": next door, at VietinBank through the Post; "c": another office, at BIDV.
A, B, C = "a", "b", "c"
FORBIDDEN = None
# DocType -> user -> what the user sees; FORBIDDEN where the role has no business with it at all.
_SEEN = {
    "Account Request": {
        "ward": {A}, "next_door": {B}, "far": {C}, "ward_of_nowhere": set(),
        "stb": {A}, "ctg": {B}, "bid": {C}, "bank_of_nowhere": set(),
        "post": {B}, "post_of_nowhere": set(),
        "officer": {A, B}, "manager": {A, B}, "officer_elsewhere": {C}, "auditor": {A, B},
        "police": FORBIDDEN, "finance": FORBIDDEN, "treasury": FORBIDDEN, "province": FORBIDDEN,
    },
    "Account Request List": {
        "ward": FORBIDDEN, "next_door": FORBIDDEN, "far": FORBIDDEN, "ward_of_nowhere": FORBIDDEN,
        "stb": {A}, "ctg": {B}, "bid": {C}, "bank_of_nowhere": set(),
        "post": {B}, "post_of_nowhere": set(),
        "officer": {A, B}, "manager": {A, B}, "officer_elsewhere": {C}, "auditor": {A, B},
        "police": FORBIDDEN, "finance": FORBIDDEN, "treasury": FORBIDDEN, "province": FORBIDDEN,
    },
    "Account Campaign": {
        "ward": {A, B}, "next_door": {A, B}, "far": {C}, "ward_of_nowhere": set(),
        "stb": {A}, "ctg": {B}, "bid": {C}, "bank_of_nowhere": set(),
        "post": {B}, "post_of_nowhere": set(),
        "officer": {A, B}, "manager": {A, B}, "officer_elsewhere": {C}, "auditor": {A, B},
        "police": FORBIDDEN, "finance": FORBIDDEN, "treasury": FORBIDDEN, "province": FORBIDDEN,
    },
    "Payment Account": {
        "ward": {A}, "next_door": {B}, "far": {C}, "ward_of_nowhere": set(),
        "stb": {A}, "ctg": {B}, "bid": {C}, "bank_of_nowhere": set(),
        "post": set(), "post_of_nowhere": set(),
        "officer": {A, B}, "manager": {A, B}, "officer_elsewhere": {C}, "auditor": {A, B},
        "police": FORBIDDEN, "finance": FORBIDDEN, "treasury": FORBIDDEN, "province": FORBIDDEN,
    },
    "Bank Contract": {
        "ward": FORBIDDEN, "next_door": FORBIDDEN, "far": FORBIDDEN, "ward_of_nowhere": FORBIDDEN,
        "stb": {A}, "ctg": {B}, "bid": {C}, "bank_of_nowhere": set(),
        "post": {B}, "post_of_nowhere": set(),
        "officer": {A, B}, "manager": {A, B}, "officer_elsewhere": {C}, "auditor": {A, B},
        "police": FORBIDDEN, "finance": {A, B}, "treasury": FORBIDDEN, "province": FORBIDDEN,
    },
    "Pay Point": {
        "ward": {A}, "next_door": {B}, "far": {C}, "ward_of_nowhere": set(),
        "stb": {A}, "ctg": {B}, "bid": {C}, "bank_of_nowhere": set(),
        "post": set(), "post_of_nowhere": set(),
        "officer": {A, B}, "manager": {A, B}, "officer_elsewhere": {C}, "auditor": {A, B},
        "police": FORBIDDEN, "finance": FORBIDDEN, "treasury": FORBIDDEN, "province": {A, B, C},
    },
    "Provider Inquiry": {
        "ward": FORBIDDEN, "next_door": FORBIDDEN, "far": FORBIDDEN, "ward_of_nowhere": FORBIDDEN,
        "stb": {A}, "ctg": {B}, "bid": {C}, "bank_of_nowhere": set(),
        "post": set(), "post_of_nowhere": set(),
        "officer": {A, B}, "manager": {A, B}, "officer_elsewhere": {C}, "auditor": {A, B},
        "police": FORBIDDEN, "finance": FORBIDDEN, "treasury": FORBIDDEN, "province": FORBIDDEN,
    },
}  # fmt: skip
_USERS = {
    "ward": ("Commune Officer", {"units": [VINH_TRAI]}),
    "next_door": ("Commune Officer", {"units": [MAI_PHA]}),
    "far": ("Commune Officer", {"units": [BINH_HOA]}),
    "ward_of_nowhere": ("Commune Officer", {}),
    "stb": ("Bank Officer", {"providers": ["STB"]}),
    "ctg": ("Bank Officer", {"providers": ["CTG"]}),
    "bid": ("Bank Officer", {"providers": ["BID"]}),
    "bank_of_nowhere": ("Bank Officer", {}),
    "post": ("Post Office Clerk", {"providers": ["VNPOST"]}),
    "post_of_nowhere": ("Post Office Clerk", {}),
    "officer": ("Social Affairs Officer", {"offices": ["TEST-LS"]}),
    "manager": ("Social Affairs Manager", {"offices": ["TEST-LS"]}),
    "officer_elsewhere": ("Social Affairs Officer", {"offices": ["TEST-BS"]}),
    "auditor": ("Auditor", {"offices": ["TEST-LS"]}),
    "police": ("Police Officer", {"units": [VINH_TRAI]}),
    "finance": ("Finance Officer", {"offices": ["TEST-LS"]}),
    "treasury": ("Treasury Officer", {"offices": ["TEST-LS"]}),
    "province": ("Province Viewer", {}),
}
# What a role may write: user, DocType, whose document, field and value; the neighbour's is refused.
_WRITES = (
    ("stb", "Account Request", A, B, "account_no", "060155557777"),
    ("post", "Account Request", B, A, "account_no", "060155557778"),
    ("ward", "Account Request", A, B, "has_id_card", 1),
    ("officer", "Account Campaign", A, C, "notice", "Mang theo căn cước"),
    ("officer", "Payment Account", A, C, "closed_reason", "x"),
    ("stb", "Pay Point", A, B, "phone", "0253800000"),
)


class TestAccountPermissions(FrappeTestCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        make_office()
        make_office("TEST-BS", unit=BINH_HOA)
        cls.users = make_personas(_USERS, "accounts.example")
        cls.documents: dict[str, dict[str, str]] = {doctype: {} for doctype in _SEEN}
        for number, (key, name, unit, office, provider, via) in enumerate(
            (
                (A, "Lý Văn Phường", VINH_TRAI, "TEST-LS", "STB", None),
                (B, "Lý Văn Xã", MAI_PHA, "TEST-LS", "CTG", "VNPOST"),
                (C, "Lý Văn Huyện", BINH_HOA, "TEST-BS", "BID", None),
            ),
            start=1,
        ):
            cls.make_one(key, name, unit, make_office(office), provider, via, number)

    @classmethod
    def make_one(cls, key, name, unit, office, provider, via, number):
        person = make_person(name, administrative_unit=unit, office=office)
        contract = frappe.get_doc(
            {
                "doctype": "Bank Contract", "office": office, "provider": provider, "via_provider": via,
                "contract_no": f"P-{key}", "valid_from": "2024-01-01", "pays_accounts": 1,
            }
        ).insert()  # fmt: skip
        contract.submit()
        account = make_account(person, account_no=f"0601777700{number}", provider=provider)
        made = {
            "Bank Contract": contract,
            "Payment Account": account,
            "Pay Point": {"point_name": f"Điểm {key}", "kind": "ATM", "provider": provider, "administrative_unit": unit},
            "Account Campaign": {
                "office": office, "campaign_title": f"Đợt {key}", "provider": provider, "contract": contract.name,
                "starts_on": "2024-06-03", "ends_on": "2024-06-04",
            },
            "Account Request List": {"office": office, "provider": provider, "contract": contract.name},
            "Account Request": {"beneficiary": person.name, "provider": provider, "contract": contract.name},
            "Provider Inquiry": {"payment_account": account.name, "kind": "Balance", "question": "Số dư?"},
        }  # fmt: skip
        for doctype, values in made.items():
            doc = (
                frappe.get_doc({"doctype": doctype, **values}).insert()
                if isinstance(values, dict)
                else values
            )
            cls.documents[doctype][key] = doc.name
        provider_inquiry.ask({"name": cls.documents["Provider Inquiry"][key]})

    def test_lists_and_documents_show_each_agency_its_own(self):
        for doctype, by_user in _SEEN.items():
            names = self.documents[doctype]
            self.assertEqual(by_user.keys(), self.users.keys(), doctype)
            for user, wanted in by_user.items():
                with self.subTest(doctype=doctype, user=user), as_user(self.users[user]):
                    if wanted is FORBIDDEN:
                        self.assertRaises(frappe.PermissionError, frappe.get_list, doctype)
                    else:
                        listed = set(frappe.get_list(doctype, pluck="name", limit_page_length=0))
                        self.assertEqual({key for key in names if names[key] in listed}, wanted)
                    read = {key for key in names if frappe.has_permission(doctype, "read", doc=names[key])}
                    self.assertEqual(read, wanted or set())

    def test_what_is_written_stays_in_the_area(self):
        for user, doctype, own, others, field, value in _WRITES:
            with self.subTest(doctype=doctype, user=user), as_user(self.users[user]):
                doc = frappe.get_doc(doctype, self.documents[doctype][own])
                doc.set(field, value)
                doc.save()
                foreign = frappe.get_doc(doctype, self.documents[doctype][others])
                foreign.set(field, value)
                self.assertRaises(frappe.PermissionError, foreign.save)

    def test_a_bank_cannot_take_over_another_bank_s_request(self):
        with as_user(self.users["stb"]):
            for values in (
                {"provider": "STB"},
                {"provider": "STB", "contract": self.documents["Bank Contract"][A]},
            ):
                foreign = frappe.get_doc("Account Request", self.documents["Account Request"][B])
                foreign.update(values)
                self.assertRaises(frappe.PermissionError, foreign.save)

    def test_layouts_are_the_office_s_and_providers_are_known_to_all_of_them(self):
        for user, (role, _areas) in _USERS.items():
            may_read = role in ("Social Affairs Officer", "Social Affairs Manager", "Auditor")
            with self.subTest(user), as_user(self.users[user]):
                self.assertEqual(bool(frappe.has_permission("Provider File Profile", "read")), may_read)
                self.assertEqual(
                    bool(frappe.has_permission("Provider File Profile", "write")),
                    may_read and role != "Auditor",
                )
                self.assertEqual(
                    bool(frappe.has_permission("Payment Service Provider", "read")), role != "Police Officer"
                )
