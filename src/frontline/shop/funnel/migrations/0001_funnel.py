"""Who came how far on which day, how many that were, and as whom members were seen."""

from frontline.store.migration import apply, confine

revision = "funnel_0001"
down_revision = None
branch_labels = ("funnel",)
depends_on = ("store_0001",)


def upgrade() -> None:
    apply("""
    CREATE TABLE funnel_mark (
        shop_id bigint NOT NULL,
        day date NOT NULL,
        step text NOT NULL CHECK (step IN ('open', 'product', 'checkout', 'placed', 'paid')),
        product_id uuid NOT NULL,                            -- zeros: the whole shop
        visitor uuid NOT NULL,
        shared boolean NOT NULL,                             -- came by a share
        PRIMARY KEY (shop_id, day, step, product_id, visitor)
    );
    CREATE TABLE funnel_day (                                -- how many marks there are
        shop_id bigint NOT NULL,
        day date NOT NULL,
        step text NOT NULL CHECK (step IN ('open', 'product', 'checkout', 'placed', 'paid')),
        product_id uuid NOT NULL,
        visitors int NOT NULL CHECK (visitors >= 0),
        shared int NOT NULL CHECK (shared BETWEEN 0 AND visitors),
        PRIMARY KEY (shop_id, product_id, day, step)
    ) WITH (fillfactor = 70);
    CREATE TABLE funnel_visitor (                            -- as whom a member was seen last
        shop_id bigint NOT NULL,
        member_id uuid NOT NULL,
        visitor uuid NOT NULL,
        PRIMARY KEY (shop_id, member_id)
    );
    """)
    confine("funnel_mark", "funnel_day", "funnel_visitor")
