"""Group-buys: campaigns, what they offer, teams, seats, and what is counted."""

from frontline.store.migration import apply, confine

revision = "groupbuy_0001"
down_revision = None
branch_labels = ("groupbuy",)
depends_on = ("store_0001", "payment_0001")


def upgrade() -> None:
    apply("""
    CREATE TABLE groupbuy_campaign (
        shop_id bigint NOT NULL,
        id uuid NOT NULL,
        state text NOT NULL CHECK (state IN ('draft', 'checked', 'approved', 'preview', 'live',
            'paused', 'ended', 'closed')),
        name text NOT NULL CHECK (name <> ''),
        cover text NOT NULL,
        rule_text text NOT NULL CHECK (rule_text <> ''),
        share_title text NOT NULL CHECK (share_title <> ''),
        starts_at timestamptz NOT NULL,
        ends_at timestamptz NOT NULL,
        preview_hours int NOT NULL CHECK (preview_hours >= 0),
        audience text NOT NULL CHECK (audience IN ('all', 'new')),
        size int NOT NULL CHECK (size BETWEEN 2 AND 100),
        life_hours int NOT NULL CHECK (life_hours > 0),      -- of a team, from its leader's payment
        pay_minutes int NOT NULL CHECK (pay_minutes > 0),
        order_min int NOT NULL CHECK (order_min > 0),        -- units of one order
        order_max int NOT NULL CHECK (order_max >= order_min),
        member_max int CHECK (member_max >= order_max),      -- units of one customer
        leads_max int CHECK (leads_max > 0),                 -- teams of one customer
        joins_max int CHECK (joins_max > 0),
        coupons boolean NOT NULL,
        on_expiry text NOT NULL CHECK (on_expiry IN ('refund', 'ship')),
        budget_cap bigint CHECK (budget_cap >= 0),           -- minor units
        worst_case bigint CHECK (worst_case >= 0),
        approved_by uuid,
        PRIMARY KEY (shop_id, id),
        CHECK (starts_at < ends_at),
        CHECK (worst_case <= budget_cap)
    );
    CREATE INDEX groupbuy_campaign_running ON groupbuy_campaign (shop_id, id)
        WHERE state IN ('preview', 'live', 'paused');
    CREATE TABLE groupbuy_item (
        shop_id bigint NOT NULL,
        campaign_id uuid NOT NULL,
        sku_id uuid NOT NULL,
        position int NOT NULL,
        price bigint NOT NULL CHECK (price > 0),             -- of one, minor units
        leader_price bigint CHECK (leader_price BETWEEN 1 AND price),
        quota int NOT NULL CHECK (quota > 0),                -- units
        taken int NOT NULL,                                  -- of them held or paid
        offered boolean NOT NULL,
        PRIMARY KEY (shop_id, campaign_id, sku_id),
        FOREIGN KEY (shop_id, campaign_id) REFERENCES groupbuy_campaign,
        CONSTRAINT groupbuy_item_within_quota CHECK (taken BETWEEN 0 AND quota)
    ) WITH (fillfactor = 50);
    CREATE TABLE groupbuy_team (
        shop_id bigint NOT NULL,
        id uuid NOT NULL,
        campaign_id uuid NOT NULL,
        state text NOT NULL CHECK (state IN ('pending', 'open', 'complete', 'short', 'expired',
            'lapsed')),
        size int NOT NULL,
        taken int NOT NULL,                                  -- seats that have a number
        opened_at timestamptz NOT NULL,
        expires_at timestamptz,                              -- from the leader's payment on
        PRIMARY KEY (shop_id, id),
        CONSTRAINT groupbuy_team_within_size CHECK (taken BETWEEN 0 AND size),
        CHECK (state <> 'complete' OR taken = size),
        CHECK (state IN ('pending', 'lapsed') OR expires_at IS NOT NULL)
    ) WITH (fillfactor = 80);
    CREATE INDEX groupbuy_team_of_campaign ON groupbuy_team (shop_id, campaign_id, state);
    CREATE TABLE groupbuy_seat (
        shop_id bigint NOT NULL,
        order_id uuid NOT NULL,
        team_id uuid NOT NULL,
        member_id uuid NOT NULL,
        sku_id uuid NOT NULL,
        quantity int NOT NULL CHECK (quantity > 0),
        leads boolean NOT NULL,
        number int NOT NULL CHECK (number BETWEEN 1 AND 100),
        state text NOT NULL CHECK (state IN ('held', 'paid', 'lost', 'lapsed', 'refunded',
            'returned')),
        pay_until timestamptz NOT NULL,
        paid_at timestamptz,
        PRIMARY KEY (shop_id, order_id),
        CHECK ((state IN ('paid', 'refunded', 'returned')) = (paid_at IS NOT NULL))
    ) WITH (fillfactor = 80);
    CREATE INDEX groupbuy_seat_of_team ON groupbuy_seat (shop_id, team_id);
    CREATE INDEX groupbuy_seat_of_member ON groupbuy_seat (shop_id, member_id, order_id);
    CREATE UNIQUE INDEX groupbuy_seat_once ON groupbuy_seat (shop_id, team_id, number)
        WHERE state IN ('held', 'paid', 'returned');
    CREATE UNIQUE INDEX groupbuy_member_once ON groupbuy_seat (shop_id, team_id, member_id)
        WHERE state IN ('held', 'paid');
    CREATE TABLE groupbuy_player (
        shop_id bigint NOT NULL,
        campaign_id uuid NOT NULL,
        member_id uuid NOT NULL,
        units int NOT NULL CHECK (units >= 0),
        led int NOT NULL CHECK (led >= 0),
        joined int NOT NULL CHECK (joined >= 0),
        team_id uuid,                                        -- the one that is not finished
        PRIMARY KEY (shop_id, campaign_id, member_id)
    );
    CREATE TABLE groupbuy_newcomer (
        shop_id bigint NOT NULL,
        member_id uuid NOT NULL,
        order_id uuid,                                       -- none: free again
        PRIMARY KEY (shop_id, member_id)
    );
    """)
    confine(
        "groupbuy_campaign",
        "groupbuy_item",
        "groupbuy_team",
        "groupbuy_seat",
        "groupbuy_player",
        "groupbuy_newcomer",
    )
    # Whoever has paid through this WeChat before is not new, whatever the member was.
    apply("CREATE INDEX payment_of_payer ON payment (shop_id, payer) WHERE payer IS NOT NULL")
