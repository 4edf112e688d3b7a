"""What this feature holds about members."""

from frontline.store.personal import DELETE, Holding

PERSONAL = (
    Holding(  # No other answer tells who somebody is.
        table="answer",
        zh="修改资料的应答",
        en="What you were answered when you changed your profile",
        columns=("outcome",),
        whose="""t.outcome LIKE '{"type":"ProfileChanged"%'
            AND position(CAST(m.id AS text) IN t.outcome) > 0""",
        withheld=("wish",),
        handed_out=False,
        erased=DELETE,
    ),
    Holding(  # While the phone can still be looked up.
        table="phone_code",
        zh="登录验证码的发送记录",
        en="When login codes were sent to you",
        columns=("phone",),
        whose="t.phone = (SELECT o.phone FROM member AS o"
        " WHERE o.shop_id = t.shop_id AND o.id = m.id)",
        withheld=("digest", "code_id"),
        erased=DELETE,
    ),
    Holding(
        table="member",
        zh="会员资料",
        en="Who you are",
        columns=("openid", "phone", "nickname", "default_address_id"),
        whose="t.id = m.id",
        erased="openid = NULL, phone = NULL, nickname = '已注销用户', default_address_id = NULL",
        kept="The bare id and the day of joining: orders in the books point at it.",
    ),
    Holding(
        table="address",
        zh="收货地址",
        en="Your addresses",
        columns=("member_id", "name", "phone", "region_code", "region", "detail"),
        erased=DELETE,
    ),
)
