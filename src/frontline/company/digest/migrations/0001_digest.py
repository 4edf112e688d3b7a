"""Who wants the morning digest, and when it was sent last."""

from frontline.store.migration import apply, confine

revision = "digest_0001"
down_revision = None
branch_labels = ("digest",)
depends_on = ("store_0001",)


def upgrade() -> None:
    apply("""
    CREATE TABLE digest (
        shop_id bigint NOT NULL,
        staff_id uuid NOT NULL,
        hour int CHECK (hour BETWEEN 0 AND 23),              -- in the shop; none: not at all
        timezone text NOT NULL,
        awaits uuid,                                         -- the turn that counts
        sent_on date,
        PRIMARY KEY (shop_id, staff_id),
        CHECK ((hour IS NULL) = (awaits IS NULL))
    );
    """)
    confine("digest")
