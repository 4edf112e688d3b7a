"""The payment page of H5, as a phone would show it; zh and en; no script, nothing from outside."""

from __future__ import annotations

from enum import StrEnum
from html import escape
from http import HTTPStatus
from urllib.parse import urlsplit

from frontline.wechat.simulator.entries import Trade
from frontline.wechat.simulator.exchange import Answer

_FEN_PER_YUAN = 100


class Screen(StrEnum):
    PAID = "paid"
    CANCELLED = "cancelled"
    FAILED = "failed"


_WORDS = {
    "zh": {
        "title": "微信支付（模拟）",
        "rehearsal": "演练环境，不会扣款",
        "order": "商户单号",
        "pay": "立即支付",
        "cancel": "取消",
        "back": "返回商家",
        "paid": "支付成功",
        "cancelled": "已取消支付",
        "failed": "无法支付",
    },
    "en": {
        "title": "WeChat Pay (simulated)",
        "rehearsal": "A rehearsal: no money moves",
        "order": "Order no.",
        "pay": "Pay now",
        "cancel": "Cancel",
        "back": "Back to the shop",
        "paid": "Paid",
        "cancelled": "Payment cancelled",
        "failed": "Cannot be paid",
    },
}
_STYLE = """
:root{color-scheme:light}*{box-sizing:border-box}
body{margin:0;font:16px/1.5 -apple-system,"PingFang SC","Noto Sans SC",sans-serif;
background:#ededed;color:#191919}
main{max-width:430px;min-height:100vh;margin:0 auto;background:#fff;padding:48px 24px 32px;
display:flex;flex-direction:column;text-align:center}
h1{font-size:17px;font-weight:500;margin:0 0 4px}p{margin:0;color:#6b6b6b;font-size:14px;
overflow-wrap:anywhere}
.what{margin-top:40px;color:#191919;font-size:16px}
.amount{font-size:44px;font-weight:600;color:#191919;margin:8px 0 24px}
.grow{flex:1}form{display:grid;gap:12px}
button,a{display:block;font:inherit;min-height:48px;line-height:48px;border:0;border-radius:8px;
padding:0 16px;text-decoration:none;cursor:pointer;background:#f2f2f2;color:#191919}
button.pay{background:#067a3e;color:#fff}
button:focus-visible,a:focus-visible{outline:3px solid #1565c0;outline-offset:2px}
"""
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'"


def page(trade: Trade, language: str, redirect_url: str) -> Answer:
    """Ask the payer."""
    words = _WORDS[language]
    hidden = {"prepay_id": trade.prepay_id, "redirect_url": redirect_url, "lang": language}
    fields = "".join(
        f'<input type="hidden" name="{name}" value="{escape(value)}">'
        for name, value in hidden.items()
    )
    return _document(
        language,
        f'<p class="what">{escape(trade.description)}</p>'
        f'<p class="amount">{_money(trade)}</p>'
        f"<p>{words['order']} {escape(trade.out_trade_no)}</p>"
        '<div class="grow"></div>'
        f'<form method="post" action="/simulator/h5/pay">{fields}'
        f'<button class="pay" name="action" value="pay">{words["pay"]}</button>'
        f'<button name="action" value="cancel">{words["cancel"]}</button></form>',
    )


def ended(screen: Screen, language: str, redirect_url: str, reason: str) -> Answer:
    """Say what became of it."""
    back = ""
    if urlsplit(redirect_url).scheme in ("http", "https"):
        back = f'<a href="{escape(redirect_url)}">{_WORDS[language]["back"]}</a>'
    return _document(
        language,
        f'<p class="what" role="status">{_WORDS[language][screen]}</p><p>{escape(reason)}</p>'
        f'<div class="grow"></div>{back}',
    )


def _document(language: str, inside: str) -> Answer:
    words = _WORDS[language]
    tag = "zh-CN" if language == "zh" else "en"
    html = (
        f'<!doctype html><html lang="{tag}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<title>{words['title']}</title><style>{_STYLE}</style></head><body><main>"
        f"<h1>{words['title']}</h1><p>{words['rehearsal']}</p>{inside}</main></body></html>"
    )
    headers = {"content-security-policy": _POLICY, "cache-control": "no-store"}
    return Answer(HTTPStatus.OK, html.encode(), "text/html; charset=utf-8", headers)


def _money(trade: Trade) -> str:
    yuan, fen = divmod(trade.amount, _FEN_PER_YUAN)
    sign = "¥" if trade.currency == "CNY" else f"{escape(trade.currency)} "
    return f"{sign}{yuan}.{fen:02d}"
