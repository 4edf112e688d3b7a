"""What this feature holds about members: staff who are customers too are reached as such."""

from frontline.store.personal import Holding

PERSONAL = (
    Holding(
        table="notice_reach",
        zh="员工接收通知的微信",
        en="Where you are sent notices as staff",
        columns=("openid",),
        whose="t.openid <> '' AND t.openid = (SELECT o.openid FROM member AS o"
        " WHERE o.shop_id = t.shop_id AND o.id = m.id)",
        withheld=("openid",),
        erased="openid = ''",
        kept="How else somebody of the staff wants to be reached.",
    ),
)
