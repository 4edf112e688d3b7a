"""Journey 2: tracking numbers come in a file; right rows are sent, wrong ones told."""

from __future__ import annotations

import io
from pathlib import Path

import openpyxl
from desks import Desk
from journeys import state_of
from playwright.sync_api import expect
from trading import sold

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def test_a_file_of_tracking_numbers(every_desk: Desk) -> None:
    desk, town = every_desk, every_desk.town
    orders = [sold(desk) for _ in range(3)]
    desk.sign_in("staff")
    desk.open("/desk/shipping")
    desk.tap(desk.t("批量上传运单号", "Upload tracking numbers"))
    with desk.page.expect_download() as downloaded:
        desk.tap(desk.t("下载 Excel 模板", "Template as Excel"))
    book = openpyxl.load_workbook(io.BytesIO(Path(downloaded.value.path()).read_bytes()))
    sheet = book.active
    rows = {row[0].value: row for row in sheet.iter_rows(min_row=2)}
    for order_id, tracking in zip(orders, ("A1", "B2", None), strict=True):
        _, carrier, number, *_ = rows[order_id.hex]
        carrier.value, number.value = "中通快递", tracking and f"{tracking}{order_id.hex[-8:]}"
    out = io.BytesIO()
    book.save(out)

    for again in (False, True):
        desk.upload(desk.t("文件", "File"), "numbers.xlsx", out.getvalue(), XLSX)
        desk.tap(desk.t("上传并发货", "Upload and send"))
        desk.see(desk.t("缺少运单号", "The tracking number is missing"))
        told = desk.page.locator("#outcome")
        expect(told.locator(".order-number")).to_have_text(
            ["0", "2", "1"] if again else ["2", "0", "1"]
        )
        assert str(rows[orders[2].hex][0].row) in told.locator("tbody tr").first.inner_text()
    assert not desk.wide()
    assert not desk.barriers()
    assert [state_of(town, one) for one in orders] == ["shipped", "shipped", "to_ship"]
    parcels = town.rows("SELECT tracking FROM order_parcel WHERE order_id = ANY($1)", orders)
    assert {one["tracking"] for one in parcels} == {
        f"A1{orders[0].hex[-8:]}",
        f"B2{orders[1].hex[-8:]}",
    }
