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
        "method": "支付方式",
        "change": "零钱",
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
        "method": "Pay with",
        "change": "Balance",
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
body{margin:0;font:16px/1.5 -apple-system,"PingFang SC","Noto Sans SC","Noto Sans CJK SC",
sans-serif;background:#4c4c4c;color:#191919}
main{max-width:430px;min-height:100vh;min-height:100dvh;margin:0 auto;display:flex;
flex-direction:column;justify-content:flex-end}
h1{font-size:16px;font-weight:500;margin:0}p{margin:0}
.rehearsal{margin:0 auto auto;padding:6px 16px;border-radius:0 0 12px 12px;background:#191919;
color:#fff;font-size:13px}
.sheet{background:#fff;border-radius:16px 16px 0 0;padding:16px 24px
calc(24px + env(safe-area-inset-bottom));text-align:center;animation:up .25s ease-out}
@keyframes up{from{transform:translateY(40%)}}
@media(prefers-reduced-motion:reduce){.sheet{animation:none}}
header{display:flex;align-items:center;justify-content:center;gap:8px;min-height:32px;
color:#067a3e}
.face{width:56px;height:56px;margin:20px auto 8px;border-radius:50%;background:#e7f3ec;
color:#067a3e;font-size:24px;line-height:56px}
.what,.reason{overflow-wrap:anywhere}.reason{color:#595959;font-size:14px}
.amount{font-size:44px;line-height:1.2;font-weight:600;margin:4px 0 24px;
font-variant-numeric:tabular-nums}
dl{margin:0 0 24px;font-size:14px;border-top:1px solid #ebebeb}
dl div{display:flex;justify-content:space-between;gap:16px;min-height:48px;align-items:center;
border-bottom:1px solid #ebebeb}
dt{flex:none;color:#595959}dd{margin:0;text-align:right;overflow-wrap:anywhere}
form{display:grid;gap:8px}
button,a{display:block;font:inherit;min-height:48px;line-height:48px;border:0;border-radius:8px;
padding:0 16px;text-decoration:none;cursor:pointer;background:none;color:#595959}
button.pay,a{background:#067a3e;color:#fff;font-weight:500}
button:focus-visible,a:focus-visible{outline:3px solid #1565c0;outline-offset:2px}
"""
_MARK = (
    '<svg width="24" height="24" viewBox="0 0 24 24" aria-hidden="true" fill="currentColor">'
    '<path fill-rule="evenodd" d="M12 3c5.2 0 9.4 3.5 9.4 7.9s-4.2 7.9-9.4 7.9c-1.1 0-2.2-.2-3.2-.4'
    "L5.4 20.6l.6-3.3C3.9 15.900 2.600 13.600 2.600 10.900 2.600 6.500 6.800 3 12 3zm-1.500 12"
    'L17.200 8.200l-1.300-1.300-5.400 5.500-2.300-2.300-1.300 1.300z"/></svg>'
)
_ENDS = {
    Screen.PAID: ("#067a3e", "✓"),
    Screen.CANCELLED: ("#595959", "–"),
    Screen.FAILED: ("#b3261e", "!"),
}
_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'none'; "
    "base-uri 'none'"
)


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
        f'<p class="face" aria-hidden="true">{escape(trade.description[:1])}</p>'
        f'<p class="what">{escape(trade.description)}</p>'
        f'<p class="amount">{_money(trade)}</p>'
        f"<dl><div><dt>{words['method']}</dt><dd>{words['change']}</dd></div>"
        f"<div><dt>{words['order']}</dt><dd>{escape(trade.out_trade_no)}</dd></div></dl>"
        f'<form method="post" action="/simulator/h5/pay">{fields}'
        f'<button class="pay" name="action" value="pay">{words["pay"]}</button>'
        f'<button name="action" value="cancel">{words["cancel"]}</button></form>',
    )


def ended(screen: Screen, language: str, redirect_url: str, reason: str) -> Answer:
    """Say what became of it."""
    back = ""
    if redirect_url:
        back = f'<a href="{escape(redirect_url)}">{_WORDS[language]["back"]}</a>'
    colour, mark = _ENDS[screen]
    return _document(
        language,
        f'<p class="face" style="background:{colour};color:#fff" aria-hidden="true">{mark}</p>'
        f'<p class="what" role="status">{_WORDS[language][screen]}</p>'
        f'<p class="reason">{escape(reason)}</p><p>&nbsp;</p>{back}',
    )


def way_back(redirect_url: str, host: str) -> str:
    """Where the payer returns to; "" if that is no page of the shop.

    `host` is the one they came by, where the page is shown at the shop's own address: then no
    other will do. WeChat, too, goes back to the merchant's own domain only.
    """
    if any(letter in redirect_url for letter in "\\\r\n\t"):
        return ""
    parts = urlsplit(redirect_url)
    if not parts.scheme and not parts.netloc:
        return redirect_url if parts.path.startswith("/") else ""
    here = parts.scheme in {"http", "https"} and host in {"", parts.netloc}
    return redirect_url if here else ""


def _document(language: str, inside: str) -> Answer:
    words = _WORDS[language]
    tag = "zh-CN" if language == "zh" else "en"
    html = (
        f'<!doctype html><html lang="{tag}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1,viewport-fit=cover">'
        '<link rel="icon" href="data:,">'
        f"<title>{words['title']}</title><style>{_STYLE}</style></head><body><main>"
        f'<p class="rehearsal">{words["rehearsal"]}</p><section class="sheet">'
        f"<header>{_MARK}<h1>{words['title']}</h1></header>{inside}</section></main></body></html>"
    )
    headers = {"content-security-policy": _POLICY, "cache-control": "no-store"}
    return Answer(HTTPStatus.OK, html.encode(), "text/html; charset=utf-8", headers)


def _money(trade: Trade) -> str:
    yuan, fen = divmod(trade.amount, _FEN_PER_YUAN)
    sign = "¥" if trade.currency == "CNY" else f"{escape(trade.currency)} "
    return f"{sign}{yuan}.{fen:02d}"
