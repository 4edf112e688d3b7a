"""What this feature holds about members."""

from frontline.store.personal import Holding

PERSONAL = (
    Holding(
        table="customer_contact",
        zh="店铺与您的沟通记录",
        en="When the shop spoke with you",
        columns=("member_id", "said"),
        erased="member_id = NULL, said = ''",
        kept="That somebody of the staff spoke with a customer; not with whom, nor of what.",
    ),
)
