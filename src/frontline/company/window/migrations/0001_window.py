"""Sign-ups of platforms, and what was done about them."""

from frontline.store.migration import apply, confine

revision = "window_0001"
down_revision = None
branch_labels = ("window",)
depends_on = ("store_0001",)


def upgrade() -> None:
    apply("""
    CREATE TABLE signup_window (
        shop_id bigint NOT NULL,
        id uuid NOT NULL,
        state text NOT NULL CHECK (state IN ('open', 'signed_up', 'missed', 'skipped')),
        platform text NOT NULL,
        title text NOT NULL CHECK (title <> ''),
        opens_at timestamptz,
        closes_at timestamptz NOT NULL CHECK (opens_at <= closes_at),
        conditions text NOT NULL,
        places int CHECK (places > 0),
        starts_on date,                                      -- days of the shop
        ends_on date CHECK (starts_on <= ends_on),
        expected_margin bigint,                              -- minor units
        margin_how text NOT NULL,
        url text NOT NULL,
        discount_bp int NOT NULL CHECK (discount_bp BETWEEN 0 AND 10000),
        stock_units bigint NOT NULL CHECK (stock_units >= 0),
        cost bigint NOT NULL CHECK (cost >= 0),              -- minor units
        put_by uuid NOT NULL,
        put_at timestamptz NOT NULL,
        PRIMARY KEY (shop_id, id),
        CHECK (expected_margin IS NULL OR margin_how <> ''),
        CHECK (state = 'signed_up' OR (discount_bp = 0 AND stock_units = 0 AND cost = 0))
    );
    CREATE INDEX signup_window_by_state ON signup_window (shop_id, state, closes_at, id);
    CREATE INDEX signup_window_by_close ON signup_window (shop_id, closes_at, id);
    CREATE INDEX signup_window_words ON signup_window
        USING gin ((platform || ' ' || title) gin_trgm_ops);
    CREATE TABLE signup_window_step (
        shop_id bigint NOT NULL,
        id bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
        window_id uuid NOT NULL,
        deed text NOT NULL CHECK (deed IN ('put', 'import', 'sign_up', 'skip', 'reopen', 'miss')),
        said text NOT NULL,
        staff_id uuid,
        at timestamptz NOT NULL,
        PRIMARY KEY (shop_id, window_id, id)
    );
    """)
    confine("signup_window", "signup_window_step")
    apply("REVOKE UPDATE, DELETE ON signup_window_step FROM frontline_app")
