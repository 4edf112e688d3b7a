"""Journey 4: a customer is found by the search, then her orders, which are taken along as files."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from uuid import uuid4

import openpyxl
from desks import Desk
from journeys import goods
from trading import shopper


def test_a_customer_and_her_orders(every_desk: Desk) -> None:
    desk, town = every_desk, every_desk.town
    nickname = f"小满{uuid4().hex[:6]}"
    her = shopper(desk, nickname)
    sku_id = goods(town, "checker-cookie")["skus"][0]["id"]
    orders = {her.bought(sku_id, units) for units in (1, 2)}
    desk.sign_in("staff")
    desk.open(f"/desk/search?words={nickname[:6]}")
    desk.page.locator("main").get_by_text(nickname).first.click()
    desk.see(her.number)
    assert not desk.wide()
    assert not desk.barriers()
    desk.tap(desk.t("全部订单", "All orders"))
    for order_id in orders:
        desk.see(order_id.hex[:16])
    assert desk.page.locator("tbody tr").count() == len(orders)
    assert not desk.wide()
    assert not desk.barriers()

    files = {}
    desk.tap(desk.t("导出", "Export"))
    for kind in ("CSV", "Excel (XLSX)"):
        with desk.page.expect_download() as downloaded:
            desk.page.get_by_text(kind, exact=True).click()
        files[kind] = Path(downloaded.value.path()).read_bytes()
    rows = list(csv.reader(io.StringIO(files["CSV"].decode("utf-8-sig"))))
    sheet = openpyxl.load_workbook(io.BytesIO(files["Excel (XLSX)"])).active
    cells = [[cell.value for cell in row] for row in sheet.iter_rows()]
    for table in (rows, cells):
        assert {row[0] for row in table[1:]} == {one.hex[:16] for one in orders}
        assert all(nickname in row for row in table[1:])
