"""What those who received it said, and what the shop answered."""

from __future__ import annotations

from typing import TYPE_CHECKING

from frontline.demo.year.sheets import NULL, stamp
from frontline.demo.year.trade import new_id, often

if TYPE_CHECKING:
    from frontline.demo.year.lives import Teller
    from frontline.demo.year.orders import Order

REVIEWED = 0.08
"""Part of the orders that came."""
_GOOD = 4
_DAY_S = 86_400
_HOUR_S = 3_600
_RATINGS = (5,) * 70 + (4,) * 17 + (3,) * 7 + (2,) * 3 + (1,) * 3
_TASTES = {
    5: ("奶香很足，不腻", "和店里现烤的一样", "家里老人小孩都爱吃", "酥得掉渣，一盒一天就没了"),
    4: ("味道不错，甜度刚好", "口感好，就是分量少了点", "送人很体面", "配茶正合适"),
    3: ("味道一般，没有想象中惊艳", "偏甜，适合小孩", "包装好看，味道普通"),
    2: ("碎了不少，有点失望", "太甜了，吃两块就腻", "等了好几天才到"),
    1: ("收到时盒子都压扁了", "口感发潮，不新鲜", "客服半天没人回"),
}
_MORE = {
    5: ("，会回购。", "，已经推荐给同事。", "，第三次买了。", "，物流也快。"),
    4: ("，下次试试别的口味。", "，整体满意。", "，希望多做活动。"),
    3: ("。", "，先观望。", "，包装可以再结实点。"),
    2: ("，希望改进。", "。", "，不太会再买。"),
    1: ("，差评。", "，要求退款。", "，再也不买了。"),
}
_THANKS = ("谢谢喜欢，我们每天现烤，欢迎常来。", "感谢支持，下次下单备注老客户有小惊喜。")
_SORRY = ("非常抱歉给您带来不好的体验，已安排客服联系您处理。", "抱歉让您失望了，我们会改进包装。")


def tell(teller: Teller, order: Order, received_s: int) -> None:
    random = teller.random
    if not often(random, REVIEWED):
        return
    at_s = received_s + random.randrange(_HOUR_S, 10 * _DAY_S)
    if at_s > teller.now_s:
        return
    rating = _RATINGS[random.randrange(100)]
    line = order.lines[0]
    goods = teller.trade.goods[line.goods]
    said = random.choice(_TASTES[rating]) + random.choice(_MORE[rating])
    hex_ = f"{new_id(at_s, random.getrandbits(84)):032x}"
    replied_s = at_s + random.randrange(2 * _HOUR_S, 2 * _DAY_S)
    reply, replied, pleased = "", NULL, rating >= _GOOD
    if often(random, 0.45 if pleased else 0.8) and replied_s <= teller.now_s:
        reply, replied = random.choice(_THANKS if pleased else _SORRY), stamp(replied_s)
        teller.sheets.review_step.append(f"{hex_}\treply\t{reply}\t{teller.staff()}\t{replied}")
    hidden = ""
    if rating == 1 and often(random, 0.1) and at_s + _DAY_S <= teller.now_s:
        hidden = "含人身攻击"
        teller.sheets.review_step.append(
            f"{hex_}\thide\t{hidden}\t{teller.staff()}\t{stamp(at_s + _DAY_S)}"
        )
    else:
        teller.sums.stars[goods.product_id, rating] += 1
    anonymous = "t" if often(random, 0.2) else "f"
    teller.sheets.review.append(
        f"{hex_}\t{order.hex}\t{line.number}\t{order.buyer}\t{goods.product_id}\t{goods.id}\t"
        f"{goods.variant}\t{rating}\t{said}\t{{}}\t{anonymous}\t{stamp(at_s)}\t\t{NULL}\t"
        f"{reply}\t{replied}\t{hidden}"
    )
