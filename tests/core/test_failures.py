"""Providers' words for why money came back."""

import pytest

from ansinh_app.core.failures import ACCOUNT_CLOSED, NOT_COLLECTED, OTHER, WRONG_ACCOUNT, WRONG_NAME, kind_of


@pytest.mark.parametrize(
    ("reason", "kind"),
    [
        ("Tài khoản đã đóng", ACCOUNT_CLOSED),
        ("TK thụ hưởng đã tất toán", ACCOUNT_CLOSED),
        ("Đóng TK theo yêu cầu khách hàng", ACCOUNT_CLOSED),
        ("Tai khoan bi khoa", ACCOUNT_CLOSED),
        ("Account closed", ACCOUNT_CLOSED),
        ("Sai tên người thụ hưởng", WRONG_NAME),
        ("Tên chủ tài khoản không khớp", WRONG_NAME),
        ("Số tài khoản không tồn tại", WRONG_ACCOUNT),
        ("Sai số TK", WRONG_ACCOUNT),
        ("Tài khoản không hợp lệ", WRONG_ACCOUNT),
        ("Người hưởng chưa đến nhận", NOT_COLLECTED),
        ("Vắng mặt tại địa phương", NOT_COLLECTED),
        ("Lỗi hệ thống", OTHER),
        ("", OTHER),
    ],
)
def test_kinds(reason, kind):
    assert kind_of(reason) == kind
