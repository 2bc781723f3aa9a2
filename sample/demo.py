"""`make demo`: a site, four months of a made-up city with real files in and out, then a desk to look at."""

import argparse
import os
import shutil
import sys
import time
from pathlib import Path

import benchless

benchless.activate()

import frappe  # noqa: E402 - needs activate()

from benchless import cli  # noqa: E402
from benchless.settings import sites_folder  # noqa: E402
from sample.mail_sink import MailSink  # noqa: E402

OUT = Path(__file__).parent / "out"
ADMIN_PASSWORD = "admin-mau-2024"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--site", default="demo.local")
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--share", type=float, default=1.0, help="a smaller city, for tests: 0.1 is a tenth")
    parser.add_argument("--out", type=Path, default=OUT)
    parser.add_argument("--no-serve", action="store_true")
    options = parser.parse_args()
    started = time.monotonic()

    heading("1. Trang (site)")
    make_site(options.site)
    with MailSink(options.out / "mail") as mail, connected(options.site, mail.port):
        summary = tell_story(options)
        papers(options.out / "paper", summary)
        send_report(mail)
        table(summary, options.out, time.monotonic() - started)
    if options.no_serve:
        return 0
    serve(options.site, options.port)


def serve(site: str, port: int) -> None:
    """7. Who may log in, then the server in this one's place: it starts fresh, and Ctrl+C is its own."""
    print_logins(port)
    sys.stdout.flush()  # what is printed into a file or a pipe would be gone with this process
    os.execv(sys.executable, [sys.executable, "-m", "benchless", "--site", site, "serve", "--port", str(port)])


def make_site(site: str) -> None:
    """A SQLite site with the app from this folder; one that exists is brought up to date."""
    if (sites_folder() / site / "site_config.json").exists():
        cli.main(["--site", site, "migrate"])
        return
    cli.main(["--site", site, "new-site", "--admin-password", ADMIN_PASSWORD, "--install-app", "ansinh_app"])


class connected:
    """The site connected, with its mail going to the local server."""

    def __init__(self, site: str, mail_port: int):
        self.site, self.mail_port = site, mail_port

    def __enter__(self):
        frappe.init(site=self.site)
        frappe.connect()
        frappe.local.lang = "vi"
        frappe.conf.update(
            mail_server="127.0.0.1", mail_port=self.mail_port, use_tls=0, auto_email_id="ansinh@langson.example"
        )

    def __exit__(self, kind, *_rest):
        if kind:
            frappe.db.rollback()
        frappe.destroy()


def tell_story(options) -> dict:
    from ansinh_app.demo import story

    if options.out.exists() and options.out == OUT and not frappe.db.exists("Paying Office", "LS"):
        for folder in options.out.iterdir():
            if folder.name != "mail":
                shutil.rmtree(folder)
    heading("2-4. Danh sách vào, chi trả bốn tháng, kho bạc và đối soát")
    return story.run(str(options.out), share=options.share)


def papers(folder: Path, summary: dict) -> None:
    """5. The payment list, the drawdown and the settlement of the last month as PDF."""
    heading("5. Giấy tờ")
    folder.mkdir(parents=True, exist_ok=True)
    last = max(batch.period for batch in summary["batches"])
    batches = frappe.get_all("Payout Batch", {"period": last, "docstatus": 1}, ["name", "channel"], order_by="total_amount desc")
    chosen = [("Payout Batch", next(one.name for one in batches if one.channel == "Bank Transfer"), "Payment List")]
    chosen += [("Payout Batch", one.name, "Payment List") for one in batches if one.channel == "Cash"][:1]
    for doctype, print_format in (("Treasury Drawdown", "Treasury Drawdown C2-02a"), ("Settlement", "Settlement Sheet")):
        names = frappe.get_all(doctype, {"period": last, "docstatus": 1}, pluck="name", order_by="name asc")
        chosen += [(doctype, names[0], print_format)]
    for doctype, name, print_format in chosen:
        path = folder / f"{print_format} {name}.pdf"
        path.write_bytes(frappe.get_print(doctype, name, print_format, as_pdf=True))
        summary["files"].append(("paper", str(path)))
        print(f"  {path.name}")


def send_report(mail: MailSink) -> None:
    """6. Account coverage by commune goes to the province over SMTP."""
    heading("6. Báo cáo gửi tỉnh")
    from frappe.email.queue import flush

    from ansinh_app.demo.office import OFFICE
    from ansinh_app.oversight import sending
    from ansinh_app.oversight.doctype.report_schedule.report_schedule import send_now

    # Every office has its set, off; the province's report is switched on.
    doc = frappe.get_doc("Report Schedule", {"report": "Account Coverage", "office": OFFICE})
    doc.enabled = 1
    doc.save()
    send_now(doc.as_json())
    frappe.db.commit()
    flush()
    sending.carry_back()
    frappe.db.commit()
    doc.reload()
    print(f"  {doc.last_status}; máy chủ thư nhận {len(mail.messages)} thư, {len(mail.attachments)} tệp đính kèm")
    if not mail.messages:
        sys.exit("The mail server took no message.")


def table(summary: dict, out: Path, seconds: float) -> None:
    from ansinh_app.core.money import as_dong, format_dong

    def money(value) -> str:
        return format_dong(as_dong(value or 0)).rjust(15)

    heading("Đã làm được")
    print(f"  Đối tượng {summary['people']}, quyết định hưởng {summary['entitlements']}, tài khoản {summary['accounts']}")
    print(f"\n  {'Kỳ':12}{'CT':6}{'Đơn vị':9}{'Hình thức':15}{'Dòng':>6}{'Tổng (đồng)':>16}{'Đã trả':>8}{'Chưa':>6}")
    for one in summary["batches"]:
        print(
            f"  {one.period:12}{one.programme:6}{one.provider:9}{frappe._(one.channel):15}{one.line_count:>6} "
            f"{money(one.total_amount)}{one.paid_count or 0:>8}{one.unpaid_count or 0:>6}"
        )
    print(f"\n  {'Kỳ':12}{'CT':6}{'Nhận':9}{'Phải chi':>16}{'Còn giữ':>16}{'Rút kho bạc':>16}")
    for one in summary["drawdowns"]:
        print(
            f"  {one.period:12}{one.programme:6}{one.receiver:9} {money(one.batch_total)} "
            f"{money(one.held_by_provider)} {money(one.amount)}"
        )
    print(f"\n  {'Kỳ':12}{'Đối soát':9}{'A':>16}{'B':>16}{'D':>16}{'F':>16}{'G':>16}")
    for one in summary["settlements"]:
        print(
            f"  {one.period:12}{one.provider:9} {money(one.opening_held)} {money(one.received)} {money(one.paid)} "
            f"{money(one.returned)} {money(one.closing_held)}"
        )
    for one in summary["recoveries"]:
        print(f"\n  Đề nghị thu hồi {one.name}: {one.full_name}, {money(one.amount).strip()} đồng ({frappe._(one.status)})")
    print(f"\n  Tệp trong {out}:")
    for folder in sorted(one for one in out.iterdir() if one.is_dir()):
        print(f"    {folder.name}/: {sum(1 for _ in folder.iterdir())}")
    print(f"  Thời gian: {seconds:.0f} giây")


def print_logins(port: int) -> None:
    from ansinh_app.demo.office import logins

    heading(f"7. Bàn làm việc: http://127.0.0.1:{port}")
    for role, email, password in logins():
        print(f"  {role:24}{email:32}{password}")
    print(f"  {'Administrator':24}{'Administrator':32}{ADMIN_PASSWORD}\n  (Ctrl+C để dừng)")


def heading(text: str) -> None:
    print(f"\n== {text}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
