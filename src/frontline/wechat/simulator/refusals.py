"""WeChat Pay's ways of saying no: `{code, message}` and a status."""

from __future__ import annotations

from enum import StrEnum
from http import HTTPStatus


class Code(StrEnum):
    PARAM_ERROR = "PARAM_ERROR"
    INVALID_REQUEST = "INVALID_REQUEST"
    APPID_MCHID_NOT_MATCH = "APPID_MCHID_NOT_MATCH"
    SIGN_ERROR = "SIGN_ERROR"
    ORDERPAID = "ORDERPAID"
    ORDER_CLOSED = "ORDER_CLOSED"
    OUT_TRADE_NO_USED = "OUT_TRADE_NO_USED"
    ORDER_NOT_EXIST = "ORDER_NOT_EXIST"
    RESOURCE_NOT_EXISTS = "RESOURCE_NOT_EXISTS"
    NOT_ENOUGH = "NOT_ENOUGH"


class Why(StrEnum):
    """What `message` says where a code has many reasons."""

    EXPIRES_TOO_SOON = "time_expire 距当前时间必须大于 1 分钟"
    AMOUNT_DIFFERS = "订单金额或退款金额与之前请求不一致，请核实后再试"
    MORE_THAN_LEFT = "申请退款金额大于订单可退金额"
    TOO_MANY_REFUNDS = "订单退款次数超过限制"
    NO_PAYER = "缺少 payer.openid"
    NO_SCENE = "缺少 scene_info"
    NOT_PAID = "订单未支付，不能退款"
    PAID_TOO_LONG_AGO = "订单已经超过退款期限"
    BAD_NOTIFY_URL = "notify_url 必须为 https 且不能携带参数"
    OTHER_MERCHANT = "mchid 与签名不符"


_SAID = {
    Code.PARAM_ERROR: (HTTPStatus.BAD_REQUEST, "参数错误"),
    Code.INVALID_REQUEST: (HTTPStatus.BAD_REQUEST, "无效请求"),
    Code.APPID_MCHID_NOT_MATCH: (HTTPStatus.BAD_REQUEST, "appid和mch_id不匹配"),
    Code.SIGN_ERROR: (HTTPStatus.UNAUTHORIZED, "签名错误"),
    Code.ORDERPAID: (HTTPStatus.BAD_REQUEST, "该订单已支付"),
    Code.ORDER_CLOSED: (HTTPStatus.BAD_REQUEST, "该订单已关闭"),
    Code.OUT_TRADE_NO_USED: (HTTPStatus.FORBIDDEN, "商户订单号重复"),
    Code.ORDER_NOT_EXIST: (HTTPStatus.NOT_FOUND, "订单不存在"),
    Code.RESOURCE_NOT_EXISTS: (HTTPStatus.NOT_FOUND, "订单或退款单不存在"),
    Code.NOT_ENOUGH: (HTTPStatus.FORBIDDEN, "基本账户余额不足，请充值后重新发起"),
}


class Refusal(Exception):
    def __init__(self, code: Code, message: str | None = None) -> None:
        super().__init__(code)
        self.code = code
        self.status, said = _SAID[code]
        self.message = message or said
