"""After-sale cases, and how many units of each order line are under one."""

from frontline.store.migration import apply, confine

revision = "aftersale_0001"
down_revision = None
branch_labels = ("aftersale",)
depends_on = ("store_0001",)


def upgrade() -> None:
    apply("""
    CREATE TABLE aftersale (
        shop_id bigint NOT NULL,
        id uuid NOT NULL,                                    -- of its refund too
        order_id uuid NOT NULL,
        member_id uuid NOT NULL,
        kind text NOT NULL CHECK (kind IN ('refund_only', 'return_refund')),
        state text NOT NULL CHECK (state IN ('asked', 'approved', 'sent_back', 'received',
            'refunding', 'refunded', 'refused', 'withdrawn')),
        units text NOT NULL,                                 -- JSON: [[line number, units]]
        amount bigint NOT NULL CHECK (amount >= 0),          -- minor units
        freight bigint NOT NULL CHECK (freight BETWEEN 0 AND amount),
        reason text NOT NULL,
        note text NOT NULL,
        answer text NOT NULL,                                -- of staff who refused it
        carrier text NOT NULL,
        tracking text NOT NULL,
        asked_at timestamptz NOT NULL,
        overdue boolean NOT NULL,                            -- was not answered in time
        PRIMARY KEY (shop_id, id),
        CHECK ((state = 'refused') = (answer <> '')),
        CHECK (state <> 'sent_back' OR tracking <> ''),
        CHECK (kind = 'return_refund' OR state NOT IN ('approved', 'sent_back', 'received'))
    ) WITH (fillfactor = 85);
    CREATE INDEX aftersale_of_member ON aftersale (shop_id, member_id, asked_at, id);
    CREATE INDEX aftersale_of_order ON aftersale (shop_id, order_id);
    CREATE INDEX aftersale_by_state ON aftersale (shop_id, state, asked_at, id);
    CREATE TABLE aftersale_count (
        shop_id bigint NOT NULL,
        order_id uuid NOT NULL,
        number int NOT NULL,                                 -- of the order line
        quantity int NOT NULL,                               -- bought
        open int NOT NULL CHECK (open >= 0),                 -- units under open cases
        refunded int NOT NULL CHECK (refunded >= 0),         -- units refunded by cases
        asked int NOT NULL CHECK (asked BETWEEN 1 AND 20),   -- cases, not units
        PRIMARY KEY (shop_id, order_id, number),
        CONSTRAINT aftersale_unit_asked_once CHECK (open + refunded <= quantity)
    ) WITH (fillfactor = 85);
    CREATE TABLE aftersale_step (
        shop_id bigint NOT NULL,
        id bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
        case_id uuid NOT NULL,
        state text NOT NULL,
        at timestamptz NOT NULL,
        who text NOT NULL,
        actor_id uuid,
        PRIMARY KEY (shop_id, case_id, id)
    );
    """)
    confine("aftersale", "aftersale_count", "aftersale_step")
    apply("REVOKE UPDATE, DELETE ON aftersale_step FROM frontline_app")
