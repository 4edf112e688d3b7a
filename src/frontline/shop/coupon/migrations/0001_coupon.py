"""Coupons, who claimed them, and how many each member has."""

from frontline.store.migration import apply, confine

revision = "coupon_0001"
down_revision = None
branch_labels = ("coupon",)
depends_on = ("store_0001",)


def upgrade() -> None:
    apply("""
    CREATE TABLE coupon (
        shop_id bigint NOT NULL,
        id uuid NOT NULL,
        name text NOT NULL,
        kind text NOT NULL CHECK (kind IN ('amount', 'percent')),
        value bigint NOT NULL CHECK (value > 0),             -- minor units, or basis points
        cap bigint CHECK (cap > 0),
        threshold bigint NOT NULL CHECK (threshold >= 0),
        scope text NOT NULL CHECK (scope IN ('all', 'products', 'categories')),
        scope_ids uuid[] NOT NULL,
        issued_max int CHECK (issued_max > 0),
        per_member_max int NOT NULL CHECK (per_member_max > 0),
        claim_from timestamptz NOT NULL,
        claim_until timestamptz NOT NULL,
        usable_from timestamptz NOT NULL,
        usable_until timestamptz NOT NULL,
        stopped boolean NOT NULL,
        issued int NOT NULL CHECK (issued >= 0),             -- claimed or granted
        PRIMARY KEY (shop_id, id),
        CONSTRAINT coupon_not_overissued CHECK (issued <= issued_max),
        CHECK (kind <> 'percent' OR value <= 10000),
        CHECK (kind = 'percent' OR cap IS NULL),
        CHECK ((scope = 'all') = (scope_ids = '{}')),
        CHECK (claim_from < claim_until),
        CHECK (usable_from < usable_until)
    );
    CREATE TABLE coupon_claim (
        shop_id bigint NOT NULL,
        id uuid NOT NULL,
        coupon_id uuid NOT NULL,
        member_id uuid NOT NULL,
        state text NOT NULL CHECK (state IN ('held', 'used')),
        order_id uuid,
        claimed_at timestamptz NOT NULL,
        off bigint NOT NULL CHECK (off >= 0),                -- while used: what it took off
        PRIMARY KEY (shop_id, id),
        FOREIGN KEY (shop_id, coupon_id) REFERENCES coupon,
        CHECK ((state = 'used') = (order_id IS NOT NULL)),
        CHECK (state = 'used' OR off = 0)
    );
    CREATE INDEX coupon_claim_of_member ON coupon_claim (shop_id, member_id, id);
    CREATE INDEX coupon_claim_of_coupon ON coupon_claim (shop_id, coupon_id);
    CREATE TABLE coupon_taken (                              -- claimed by the member, not granted
        shop_id bigint NOT NULL,
        coupon_id uuid NOT NULL,
        member_id uuid NOT NULL,
        count int NOT NULL CHECK (count >= 0),
        PRIMARY KEY (shop_id, coupon_id, member_id),
        FOREIGN KEY (shop_id, coupon_id) REFERENCES coupon
    );
    """)
    confine("coupon", "coupon_claim", "coupon_taken")
