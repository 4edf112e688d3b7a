"""Papers to print: labels of 100 x 150 mm, and pick lists of A4.

The Chinese is set in `STSong-Light`, which every reader of PDF knows by its name and shows with a
font of the machine it runs on: nothing is embedded, so a label is a few kilobytes.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from io import BytesIO
from zoneinfo import ZoneInfo

import msgspec
import segno
from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

from frontline.shop.order.views.shipping import ToSend, picks
from frontline.shop.order.words import short
from frontline.web.shops import Shop

FONT = "STSong-Light"
LABEL = (100 * mm, 150 * mm)
CODE_SIDE = 26 * mm
SIZE_MIN = 6.0  # Of letters, in points.
LINES_MAX = 50
LABEL_LINES_MAX = 8  # Of goods; more are counted.

pdfmetrics.registerFont(UnicodeCIDFont(FONT))


class Sheet(msgspec.Struct, frozen=True):
    """Whose paper it is, in which language, made when."""

    shop: Shop
    language: str
    at: datetime

    def t(self, zh: str, en: str) -> str:
        return en if self.language == "en" else zh

    def said(self, at: datetime) -> str:
        return f"{at.astimezone(ZoneInfo(self.shop.timezone)):%Y-%m-%d %H:%M}"


def wrapped(text: str, size: float, width: float) -> list[str]:
    """Lines no wider than `width`, broken between any two characters, as Chinese is."""
    lines = [""]
    for character in " ".join(text.split()):
        if pdfmetrics.stringWidth(lines[-1] + character, FONT, size) > width:
            lines.append(character.strip())
        else:
            lines[-1] += character
    return lines


class _Pen:
    """Writes down a page, line by line."""

    def __init__(self, canvas: Canvas, left: float, top: float, width: float) -> None:
        self.canvas, self.left, self.y, self.width = canvas, left, top, width

    def write(self, text: str, size: float, *, lines_max: int = 3, right: str = "") -> None:
        """Over several lines if need be; `right` stands at the end of the first one."""
        room = pdfmetrics.stringWidth(right, FONT, size) + 2 * mm if right else 0
        lines = wrapped(text, size, self.width - room)
        if len(lines) > lines_max:
            lines = [*lines[: lines_max - 1], lines[lines_max - 1][:-1] + "…"]
        for number, line in enumerate(lines):
            self.y -= size * 1.25
            self.canvas.setFont(FONT, size)
            self.canvas.drawString(self.left, self.y, line)
            if right and not number:
                self.canvas.drawRightString(self.left + self.width, self.y, right)
        self.y -= size * 0.2

    def write_whole(self, text: str, size: float, *, lines: int) -> None:
        """Nothing is left out: smaller, if it does not fit into so many lines of this size."""
        room = lines * size
        while size > SIZE_MIN and len(wrapped(text, size, self.width)) * size > room:
            size -= 0.5
        self.write(text, size, lines_max=LINES_MAX)

    def rule(self) -> None:
        self.y -= 1.5 * mm
        self.canvas.setLineWidth(0.3)
        self.canvas.line(self.left, self.y, self.left + self.width, self.y)
        self.y -= 0.5 * mm


def _code(canvas: Canvas, content: str, left: float, bottom: float, side: float) -> None:
    """A QR code of squares, sharp at every size."""
    rows = [list(row) for row in segno.make(content, error="m", micro=False).matrix]
    step = side / len(rows)
    for y, row in enumerate(rows):
        for x, dark in enumerate(row):
            if dark:
                canvas.rect(
                    left + x * step, bottom + side - (y + 1) * step, step, step, stroke=0, fill=1
                )


# -- Labels -----------------------------------------------------------------------------


def labels(sheet: Sheet, orders: Sequence[ToSend]) -> bytes:
    """A page an order: whom it goes to, what is in it, and its number to scan at the desk."""
    out = BytesIO()
    canvas = Canvas(out, pagesize=LABEL, pageCompression=1)
    canvas.setTitle(sheet.t("面单", "Labels"))
    for order in orders:
        _label(canvas, sheet, order)
        canvas.showPage()
    canvas.save()
    return out.getvalue()


def _label(canvas: Canvas, sheet: Sheet, order: ToSend) -> None:
    width, height = LABEL
    margin = 6 * mm
    pen = _Pen(canvas, margin, height - 4 * mm, width - 2 * margin)
    address = order.address
    pen.write(sheet.shop.name, 11, lines_max=1, right=short(order.id))
    pen.rule()
    pen.write(sheet.t("收", "To"), 9)
    pen.write_whole(f"{address.get('name', '')}  {address.get('phone', '')}", 17, lines=2)
    pen.write_whole(address.get("region", ""), 13, lines=2)
    pen.write_whole(address.get("detail", ""), 15, lines=4)
    pen.rule()
    floor = margin + CODE_SIDE + 23 * mm  # Room for what may follow the goods.
    shown = 0
    for line in order.lines[:LABEL_LINES_MAX]:
        if pen.y < floor:
            break
        name = f"{line.code} {line.title}".strip()
        pen.write(name, 9.5, lines_max=2, right=f"×{line.units}")
        shown += 1
    if (more := len(order.lines) - shown) > 0:
        pen.write(sheet.t(f"另有 {more} 种商品，见拣货单", f"and {more} more: see pick list"), 9)
    if order.note:
        pen.write(sheet.t(f"留言：{order.note}", f"Note: {order.note}"), 9, lines_max=2)
    _code(canvas, order.id.hex.upper(), width - margin - CODE_SIDE, margin, CODE_SIDE)
    foot = _Pen(canvas, margin, margin + CODE_SIDE, width - 2 * margin - CODE_SIDE - 3 * mm)
    units = order.units
    foot.write(sheet.t(f"共 {units} 件", f"{units} units in all"), 13)
    foot.write(sheet.t("下单 ", "Placed ") + sheet.said(order.placed_at), 8.5)
    foot.write(sheet.t("打印 ", "Printed ") + sheet.said(sheet.at), 8.5)
    foot.write(order.id.hex, 7)


# -- Pick lists -------------------------------------------------------------------------


def pick_list(sheet: Sheet, orders: Sequence[ToSend]) -> bytes:
    """First what to take from the shelves, then what goes into each parcel."""
    out = BytesIO()
    canvas = Canvas(out, pagesize=A4, pageCompression=1)
    canvas.setTitle(sheet.t("拣货单", "Pick list"))
    left, width, top, bottom = 15 * mm, A4[0] - 30 * mm, A4[1] - 12 * mm, 18 * mm
    pen = _Pen(canvas, left, top, width)
    pen.write(
        sheet.t(f"{sheet.shop.name} 拣货单", f"Pick list · {sheet.shop.name}"),
        15,
        lines_max=1,
        right=sheet.said(sheet.at),
    )
    number = 1
    for text, right, size in _rows(sheet, orders):
        if pen.y < bottom:
            _end(canvas, number)
            number += 1
            pen = _Pen(canvas, left, top, width)
        if not text:
            pen.rule()
        else:
            pen.write(text, size, lines_max=2, right=right)
    _end(canvas, number)
    canvas.save()
    return out.getvalue()


def _rows(sheet: Sheet, orders: Sequence[ToSend]) -> Iterator[tuple[str, str, float]]:
    """Text, what stands at the right, size; without text a rule."""
    taken = picks(orders)
    units = sum(one.units for one in taken)
    yield (
        sheet.t(f"一、按商品拣货（{len(taken)} 种）", f"1. From the shelves ({len(taken)} SKUs)"),
        sheet.t(f"共 {units} 件", f"{units} units"),
        12,
    )
    yield "", "", 0
    for pick in taken:
        yield f"□ {pick.code} {pick.title}".replace("  ", " "), f"×{pick.units}", 10.5
    yield "", "", 0
    yield (
        sheet.t(f"二、按订单装箱（{len(orders)} 单）", f"2. Into parcels ({len(orders)} orders)"),
        "",
        12,
    )
    for order in orders:
        yield "", "", 0
        address = order.address
        whom = f"{address.get('name', '')} {address.get('phone', '')} {address.get('region', '')}"
        yield f"□ {short(order.id)}  {whom}", sheet.said(order.placed_at), 10.5
        for line in order.lines:
            yield f"　　{line.code} {line.title}".replace("  ", " "), f"×{line.units}", 10
        if order.note:
            yield sheet.t(f"　　留言：{order.note}", f"　　Note: {order.note}"), "", 10
        for said in order.memos:
            yield sheet.t(f"　　备注：{said}", f"　　Memo: {said}"), "", 10


def _end(canvas: Canvas, number: int) -> None:
    canvas.setFont(FONT, 9)
    canvas.drawCentredString(A4[0] / 2, 9 * mm, str(number))
    canvas.showPage()
