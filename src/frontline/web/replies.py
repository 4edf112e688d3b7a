"""How an answer looks on the wire, and every way to say no.

A refusal is a value with a text in two languages and a status; a fault is 503 with
Retry-After; anything else is a bug, logged and answered 500 without detail.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum
from functools import lru_cache
from typing import Any

import msgspec

from frontline.kernel.authority import Held
from frontline.kernel.text import Text
from frontline.kernel.words import SharedRefusal

encode = msgspec.json.Encoder().encode

LANGUAGES_MAX = 1_000  # Headers remembered; browsers send few different ones.


class WebRefusal(StrEnum):
    MALFORMED = "malformed"
    TOO_LARGE = "too_large"
    SIGNED_OUT = "signed_out"
    FORBIDDEN = "forbidden"
    WRONG_SHOP = "wrong_shop"
    SHOP_UNKNOWN = "shop_unknown"
    NOT_FOUND = "not_found"
    WRONG_METHOD = "wrong_method"
    BUSY = "busy"
    BUG = "bug"


TEXTS: Mapping[StrEnum, Text] = {
    WebRefusal.MALFORMED: Text(
        "提交的内容有误，请检查后重试", "Something in the request is wrong; see `detail`", 400
    ),
    WebRefusal.TOO_LARGE: Text("提交的内容太大，请分批提交", "The request is too large", 413),
    WebRefusal.SIGNED_OUT: Text("登录已过期，请重新登录", "Please sign in again", 401),
    WebRefusal.FORBIDDEN: Text("您没有权限进行此操作", "You are not allowed to do this", 403),
    WebRefusal.WRONG_SHOP: Text(
        "您登录的是另一家店铺，请在本店重新登录", "You are signed in to another shop", 403
    ),
    WebRefusal.SHOP_UNKNOWN: Text("店铺不存在，请检查网址", "There is no such shop", 404),
    WebRefusal.NOT_FOUND: Text("内容不存在或已删除", "It does not exist, or no longer", 404),
    WebRefusal.WRONG_METHOD: Text("请求方式不正确", "Wrong method for this address", 405),
    WebRefusal.BUSY: Text("系统繁忙，请稍后再试", "Busy; please try again in a moment", 503),
    WebRefusal.BUG: Text("系统出错了，我们会尽快处理", "Something went wrong on our side", 500),
    SharedRefusal.ID_REUSED: Text(
        "请求编号已被使用，请刷新后重试", "This id was used for another request; use a new one", 409
    ),
    SharedRefusal.CHANGED_SINCE: Text(
        "内容已被修改，本次没有保存。请核对最新内容后再保存",
        "It was changed since you read it, and nothing was saved; look at it again",
        409,
    ),
}


HELD = Text(
    "超出你的权限，已转为申请，批准后会自动执行",
    "Beyond what you may decide: it is a proposal now, and is done once it is approved",
    202,
)
HELD_AGAIN = Text(
    "你已经申请过，还在等审批", "You have asked for this already: it waits for a decision", 202
)


class Replies:
    """Encodes refusals; `texts` are those of all features."""

    def __init__(self, texts: Iterable[tuple[StrEnum, Text]]) -> None:
        merged: dict[str, Text] = {}
        for refusal, said in (*TEXTS.items(), *texts):
            assert merged.setdefault(refusal.value, said) == said, f"two texts for {refusal!r}"
        self.texts = merged

    def outcome(self, outcome: Any, language: str) -> tuple[int, bytes]:
        """Status and body of whatever a door answers."""
        if isinstance(outcome, bytes):
            return 200, outcome
        if isinstance(outcome, Held):
            return self.held(outcome, language)
        refusal = getattr(outcome, "refusal", None)
        if refusal is None:
            return 200, encode(outcome)
        detail = {
            name: value
            for name, value in msgspec.structs.asdict(outcome).items()
            if name != "refusal" and value is not None
        }
        return self.refused(refusal, language, **detail)

    def held(self, held: Held, language: str) -> tuple[int, bytes]:
        """It waits as a proposal: nothing was done, and nothing was refused."""
        said = HELD_AGAIN if held.again else HELD
        body = {
            "held": held.proposal_id,
            "action": held.action,
            "amount": held.amount,
            "limit": held.limit,
            "text": said.en if language == "en" else said.zh,
        }
        return said.status, encode(body)

    def refused(self, refusal: str, language: str, **detail: Any) -> tuple[int, bytes]:
        """`refusal` is for programs, `text` for people, anything else explains."""
        said = self.texts[refusal]
        body = {"refusal": str(refusal), "text": said.en if language == "en" else said.zh, **detail}
        return said.status, encode(body)


@lru_cache(LANGUAGES_MAX)
def language_of(accept_language: bytes) -> str:
    """`zh` unless English is asked for before Chinese."""
    for part in accept_language.lower().split(b","):
        tag = part.strip()
        if tag.startswith(b"zh"):
            return "zh"
        if tag.startswith(b"en"):
            return "en"
    return "zh"
