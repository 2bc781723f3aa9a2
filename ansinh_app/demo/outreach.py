"""Outreach in the sample city: notices to the communes, activities, people who are stuck, one inspection."""

import io

import frappe
import segno
from frappe.model.workflow import apply_workflow
from frappe.utils import add_days, nowdate

from ansinh_app.demo.office import (
    BANK_USER,
    COMMUNE_USER,
    CULTURE_USER,
    MANAGER,
    OFFICE,
    OFFICER,
    unit_name,
)
from ansinh_app.outreach import notices
from ansinh_app.outreach.doctype.outreach_activity.outreach_activity import mark_done

PERIOD = f"{OFFICE}-2024-09"
_HERE = "05971"
# subject, channel, commune, by whom, day, times, people to be reached, people reached (0: still planned)
ACTIVITIES = (
    ("Mở tài khoản nhận trợ cấp xã hội", "Loudspeaker", _HERE, "Đài truyền thanh phường", "2024-05-20", 10, 1200, 1100),
    ("Họp khối: lợi ích của nhận trợ cấp qua tài khoản", "Meeting", "05974", "Khối trưởng, công chức phường",
     "2024-05-22", 2, 120, 96),
    ("Niêm yết thông báo chi trả có mã QR", "Posted Notice", _HERE, "Công chức phường", "2024-08-26", 6, 800, 800),
    ("Bài đăng: không ai được thu phí khi nhận trợ cấp", "Social Network", None, "Phòng Văn hóa - Thông tin",
     "2024-08-28", 1, 3000, 0),
)  # fmt: skip
FEE_TOLD = "Gia đình báo tin nhắn trừ 11.000 đồng phí quản lý tài khoản, trong khi hợp đồng cam kết miễn phí."
FEE_ANSWERED = "Tài khoản được mở sai gói. Ngân hàng đã chuyển sang gói an sinh xã hội và hoàn 11.000 đồng."


def tell(say=print) -> None:
    """Play it once; what is there stays."""
    if frappe.db.exists("Inspection", {"office": OFFICE}):
        return say("  Truyền thông: đã làm trước đó")
    frappe.set_user(OFFICER)
    made = notices.create(PERIOD)["made"]
    for name in made[:3]:
        notices.mark_sent({"name": name})
    _activities()
    _cases()
    _inspection()
    frappe.db.commit()
    cases = frappe.db.count("Support Case", {"office": OFFICE})
    told = f"{len(made)} thông báo, {len(ACTIVITIES)} hoạt động, {cases} vướng mắc, 1 cuộc kiểm tra"
    return say(f"  Truyền thông: {told}")


def _activities() -> None:
    for subject, channel, code, by_whom, day, times, planned, reached in ACTIVITIES:
        frappe.set_user(CULTURE_USER if code is None else COMMUNE_USER[code])
        doc = frappe.get_doc(
            {
                "doctype": "Outreach Activity",
                "subject": subject,
                "channel": channel,
                "office": OFFICE,
                "administrative_unit": unit_name(code or "178"),
                "by_whom": by_whom,
                "planned_from": day,
                "planned_times": times,
                "planned_reach": planned,
                "reach": reached,
                "payment_notice": _notice(code) if channel == "Posted Notice" else None,
            }
        ).insert()
        if channel == "Posted Notice":
            caption = "Áp phích niêm yết tại nhà văn hóa khối, có mã QR lịch chi trả"
            doc.append("pictures", {"picture": _poster(doc.name), "caption": caption})
            doc.save()
        if reached:
            mark_done({"name": doc.name})


def _notice(code: str) -> str | None:
    return frappe.db.get_value(
        "Payment Notice", {"period": PERIOD, "administrative_unit": unit_name(code)}, "name"
    )


def _poster(activity: str) -> str:
    """The code on the poster, as a picture."""
    picture = io.BytesIO()
    segno.make("https://langson.example/lich-chi-tra", error="m").save(
        picture, kind="png", scale=12, border=4
    )
    file = frappe.get_doc(
        {
            "doctype": "File",
            "file_name": "ap-phich-ma-qr.png",
            "is_private": 1,
            "content": picture.getvalue(),
            "attached_to_doctype": "Outreach Activity",
            "attached_to_name": activity,
        }
    )
    return file.insert(ignore_permissions=True).file_url


def _cases() -> None:
    account = frappe.qb.DocType("Payment Account")
    person = frappe.qb.DocType("Beneficiary")
    people = (
        frappe.qb.from_(person)
        .join(account)
        .on(person.payment_account == account.name)
        .select(person.name)
        .where(person.administrative_unit == unit_name(_HERE))
        .where(person.status == "Active")
        .where(account.provider == "STB")
        .where(account.status == "Active")
        .orderby(person.name)
        .limit(2)
        .run(pluck=True)
    )
    if not people:  # a very small city
        return
    charged, waiting = people[0], people[-1]
    fee = _case("FEE-TAKEN", FEE_TOLD, beneficiary=charged, commitment_no=1, came_by="At the Desk")
    _step(fee, BANK_USER, "Take in Hand")
    _step(fee, BANK_USER, "Answer", answer=FEE_ANSWERED)
    _step(fee, OFFICER, "Close", breach_finding="Confirmed")
    credit = _case(
        "NOT-CREDITED", "Đến nay tài khoản chưa có tiền tháng 9.", beneficiary=waiting, came_by="By Phone"
    )
    _step(credit, BANK_USER, "Take in Hand")
    _case(
        "IDENTITY", "Căn cước đã hết hạn, cụ không đi lại được, đề nghị cấp đổi tại nhà.", beneficiary=waiting
    )
    _case("NOT-INFORMED", "Khối 3 không nghe được loa, nhiều hộ không biết ngày chi trả.", came_by="Meeting")


def _case(kind: str, description: str, **values):
    frappe.set_user(COMMUNE_USER[_HERE])
    return frappe.get_doc(
        {"doctype": "Support Case", "kind": kind, "description": description, **values}
    ).insert()


def _step(case, user: str, action: str, **values) -> None:
    frappe.set_user(user)
    doc = frappe.get_doc("Support Case", case.name)
    if values:
        doc.update(values)
        doc.save()
    apply_workflow(doc, action)


def _inspection() -> None:
    frappe.set_user(OFFICER)
    point = frappe.db.get_value("Pay Point", {"point_name": "Bưu cục Hoàng Văn Thụ"}, "name")
    doc = frappe.get_doc(
        {
            "doctype": "Inspection",
            "office": OFFICE,
            "subject": "Kiểm tra việc chi trả trợ cấp tháng 9/2024 tại Bưu cục Hoàng Văn Thụ",
            "plan_no": "12/KH-LĐTBXH",
            "inspected_agency": "Pay Point",
            "pay_point": point,
            "administrative_unit": unit_name(_HERE),
            "planned_from": add_days(nowdate(), -7),
            "scope": "Chi đúng người, đúng mức, đúng hạn\nNiêm yết lịch chi trả và mức hưởng",
            "team": [
                {"full_name": "Hoàng Thị Mẫu Bình", "job_title": "Trưởng phòng", "agency": "Phòng LĐ-TBXH", "duty": "Leader"},
                {"full_name": "Nông Thị Mẫu An", "job_title": "Chuyên viên", "agency": "Phòng LĐ-TBXH", "duty": "Secretary"},
            ],
            "visited_from": f"{add_days(nowdate(), -7)} 08:00:00",
            "visited_to": f"{add_days(nowdate(), -7)} 10:30:00",
            "place": "Bưu cục Hoàng Văn Thụ",
            "received_by": "Lục Văn Mẫu Bưu, Trưởng bưu cục",
            "results": "Đối chiếu 20 trường hợp ký nhận: đúng người, đúng số tiền.\nChưa niêm yết mức hưởng mới từ 01/7/2024.",
            "opinion": "Bưu cục thống nhất, sẽ niêm yết trước kỳ chi trả tới.",
            "findings": [
                {
                    "finding": "Chưa niêm yết mức hưởng mới từ 01/7/2024",
                    "severity": "Minor",
                    "demand": "Niêm yết tại quầy và nhà văn hóa khối",
                    "responsible": "Trưởng bưu cục",
                    "due_on": add_days(nowdate(), 7),
                }
            ],
        }
    ).insert()  # fmt: skip
    doc = apply_workflow(doc, "Record Visit")
    frappe.set_user(MANAGER)
    apply_workflow(frappe.get_doc("Inspection", doc.name), "Follow Up")
    frappe.set_user(OFFICER)
    summary = {"doctype": "Obstacle Summary", "office": OFFICE, "month": nowdate()}
    words = "Sacombank rà soát toàn bộ tài khoản an sinh xã hội, bảo đảm không thu phí quản lý."
    frappe.get_doc({**summary, "proposals": words}).insert()
