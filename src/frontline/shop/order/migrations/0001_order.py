"""Orders. No foreign keys to rows of the same batch: decision 0005."""

from frontline.store.migration import apply, confine

revision = "order_0001"
down_revision = None
branch_labels = ("order",)
depends_on = ("store_0001",)


def upgrade() -> None:
    apply("""
    CREATE TABLE shop_order (
        shop_id bigint NOT NULL,
        id uuid NOT NULL,
        member_id uuid NOT NULL,
        state text NOT NULL CHECK (state IN ('created', 'paying', 'paid', 'to_ship',
            'part_shipped', 'shipped', 'received', 'done', 'cancelled', 'refunding', 'refunded')),
        reason text CHECK (reason IN ('timeout', 'buyer', 'staff', 'late_pay', 'game')),
        total bigint NOT NULL CHECK (total >= 0),            -- minor units
        freight bigint NOT NULL CHECK (freight >= 0),
        freight_refunded bigint NOT NULL DEFAULT 0 CHECK (freight_refunded <= freight),
        claim_id uuid,
        because_kind text,
        because_id uuid,
        ship_to text,                                        -- JSON of the address
        note text NOT NULL,
        placed_at timestamptz NOT NULL,
        pay_until timestamptz NOT NULL,
        wish bigint,                                         -- digest of PlaceOrder
        PRIMARY KEY (shop_id, id),
        CHECK ((because_kind IS NULL) = (because_id IS NULL)),
        CHECK ((state = 'cancelled') = (reason IS NOT NULL))
    ) WITH (fillfactor = 85);
    CREATE INDEX order_of_member ON shop_order (shop_id, member_id, placed_at, id);
    CREATE INDEX order_by_state ON shop_order (shop_id, state, placed_at, id)
        WHERE state NOT IN ('done', 'cancelled', 'refunded', 'created');
    CREATE TABLE order_line (
        shop_id bigint NOT NULL,
        order_id uuid NOT NULL,
        number int NOT NULL CHECK (number > 0),
        sku_id uuid NOT NULL,
        title text NOT NULL,
        quantity int NOT NULL CHECK (quantity > 0),
        price bigint NOT NULL CHECK (price >= 0),            -- of one, before the discount
        paid bigint NOT NULL CHECK (paid BETWEEN 0 AND price * quantity),
        limited boolean NOT NULL,
        shipped int NOT NULL DEFAULT 0 CHECK (shipped BETWEEN 0 AND quantity),
        returned int NOT NULL DEFAULT 0 CHECK (returned BETWEEN 0 AND quantity),
        PRIMARY KEY (shop_id, order_id, number)
    ) WITH (fillfactor = 85);
    CREATE TABLE order_step (
        shop_id bigint NOT NULL,
        id bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
        order_id uuid NOT NULL,
        state text NOT NULL,
        at timestamptz NOT NULL,
        who text NOT NULL,
        actor_id uuid,
        PRIMARY KEY (shop_id, order_id, id)
    );
    CREATE TABLE order_parcel (
        shop_id bigint NOT NULL,
        id uuid NOT NULL,
        order_id uuid NOT NULL,
        carrier text NOT NULL,
        tracking text NOT NULL,
        contents text NOT NULL,                              -- JSON: [[line number, quantity]]
        at timestamptz NOT NULL,
        PRIMARY KEY (shop_id, id)
    );
    CREATE INDEX order_parcel_of_order ON order_parcel (shop_id, order_id);
    CREATE TABLE order_taken (
        shop_id bigint NOT NULL,
        member_id uuid NOT NULL,
        sku_id uuid NOT NULL,
        quantity int NOT NULL CHECK (quantity >= 0),
        PRIMARY KEY (shop_id, member_id, sku_id)
    );
    """)
    confine("shop_order", "order_line", "order_step", "order_parcel", "order_taken")
    apply("REVOKE UPDATE, DELETE ON order_step FROM frontline_app")
