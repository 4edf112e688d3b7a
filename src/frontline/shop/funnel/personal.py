"""What this feature holds about members."""

from frontline.store.personal import DELETE, Holding

PERSONAL = (
    Holding(  # While it can still be told which are the member's.
        table="funnel_mark",
        zh="浏览和下单的步骤",
        en="How far you came on which day",
        columns=("visitor",),
        whose="t.visitor IN (SELECT v.visitor FROM funnel_visitor AS v"
        " WHERE v.shop_id = t.shop_id AND v.member_id = m.id)",
        kept="Visitors stay counted; nothing ties the mark to a member any more.",
    ),
    Holding(
        table="funnel_visitor",
        zh="浏览时的设备编号",
        en="The storefront you were last seen on",
        columns=("member_id", "visitor"),
        erased=DELETE,
    ),
)
