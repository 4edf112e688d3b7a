"""Payments, refunds, and money that belongs to no order."""

from frontline.store.migration import apply, confine

revision = "payment_0001"
down_revision = None
branch_labels = ("payment",)
depends_on = ("store_0001",)


def upgrade() -> None:
    apply("""
    CREATE TABLE payment (
        shop_id bigint NOT NULL,
        order_id uuid NOT NULL,                              -- its hex is the out_trade_no
        state text NOT NULL CHECK (state IN ('pending', 'closing', 'paid', 'void')),
        asked bigint NOT NULL CHECK (asked > 0),             -- minor units
        currency text NOT NULL,
        channel text NOT NULL,
        refunded bigint NOT NULL CHECK (refunded BETWEEN 0 AND asked),
        confirmed bigint NOT NULL CHECK (confirmed BETWEEN 0 AND refunded),
        refunds int NOT NULL CHECK (refunds BETWEEN 0 AND 50),
        transaction_id text,                                 -- the provider's number
        payer text,
        paid_at timestamptz,
        asked_at timestamptz NOT NULL,
        PRIMARY KEY (shop_id, order_id),
        UNIQUE (shop_id, transaction_id),
        CHECK ((state = 'paid') = (transaction_id IS NOT NULL)),
        CHECK (state = 'paid' OR refunded = 0)
    ) WITH (fillfactor = 85);
    CREATE TABLE refund (
        shop_id bigint NOT NULL,
        id uuid NOT NULL,                                    -- its hex is the out_refund_no
        order_id uuid,                                       -- none: from suspense
        out_trade_no text NOT NULL,
        payment_total bigint NOT NULL CHECK (payment_total > 0),
        amount bigint NOT NULL CHECK (amount BETWEEN 1 AND payment_total),
        state text NOT NULL CHECK (state IN ('asked', 'done', 'abnormal')),
        reason text NOT NULL,
        asked_at timestamptz NOT NULL,
        done_at timestamptz,
        PRIMARY KEY (shop_id, id)
    );
    CREATE INDEX refund_of_order ON refund (shop_id, order_id);
    CREATE INDEX refund_open ON refund (shop_id, asked_at) WHERE state <> 'done';
    CREATE TABLE suspense (
        shop_id bigint NOT NULL,
        transaction_id text NOT NULL,                        -- the provider's number
        out_trade_no text NOT NULL,
        amount bigint NOT NULL CHECK (amount > 0),
        currency text NOT NULL,
        reason text NOT NULL,
        refund_id uuid NOT NULL,
        at timestamptz NOT NULL,
        PRIMARY KEY (shop_id, transaction_id)
    );
    """)
    confine("payment", "refund", "suspense")
