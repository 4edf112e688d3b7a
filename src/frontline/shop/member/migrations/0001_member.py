"""Members, their address books, and the codes that prove a phone."""

from frontline.store.migration import apply, confine

revision = "member_0001"
down_revision = None
branch_labels = ("member",)
depends_on = ("store_0001",)


def upgrade() -> None:
    apply("""
    CREATE TABLE member (
        shop_id bigint NOT NULL,
        id uuid NOT NULL,
        openid text,                                         -- of the shop's mini program
        phone text,                                          -- proved by a code
        nickname text NOT NULL,
        locale text NOT NULL,
        joined_at timestamptz NOT NULL,
        default_address_id uuid,
        PRIMARY KEY (shop_id, id),
        UNIQUE (shop_id, openid),
        UNIQUE (shop_id, phone)
    );
    CREATE TABLE address (
        shop_id bigint NOT NULL,
        id uuid NOT NULL,
        member_id uuid NOT NULL,
        name text NOT NULL CHECK (name <> ''),
        phone text NOT NULL CHECK (phone <> ''),
        region_code text NOT NULL CHECK (region_code ~ '^([0-9]{6})?$'),
        region text NOT NULL CHECK (region <> ''),
        detail text NOT NULL CHECK (detail <> ''),
        PRIMARY KEY (shop_id, id),
        UNIQUE (shop_id, member_id, id),
        FOREIGN KEY (shop_id, member_id) REFERENCES member
    );
    ALTER TABLE member ADD CONSTRAINT member_default_is_own
        FOREIGN KEY (shop_id, id, default_address_id)
        REFERENCES address (shop_id, member_id, id);
    CREATE TABLE phone_code (
        shop_id bigint NOT NULL,
        phone text NOT NULL,
        code_id uuid NOT NULL,                               -- salts the digest
        digest bytea,                                        -- none: used up
        asked_at timestamptz NOT NULL,
        tries int NOT NULL CHECK (tries BETWEEN 0 AND 5),
        day_from timestamptz NOT NULL,
        day_count int NOT NULL CHECK (day_count BETWEEN 1 AND 10),
        PRIMARY KEY (shop_id, phone)
    );
    """)
    confine("member", "address", "phone_code")
