"""The application's role, and which shops there are: facts that belong to no shop."""

from frontline.store.migration import apply, share

revision = "store_0001"
down_revision = None
branch_labels = ("store",)
depends_on = None


def upgrade() -> None:
    # Roles belong to the whole server, so another database may have made this one already.
    apply("""
        DO $$ BEGIN
            CREATE ROLE frontline_app LOGIN;
        EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
        END $$;
        CREATE EXTENSION IF NOT EXISTS pg_trgm;

        CREATE TABLE shop (
            shop_id bigint PRIMARY KEY,
            code text NOT NULL UNIQUE CHECK (code ~ '^[a-z0-9][a-z0-9-]{0,62}$'),
            name text NOT NULL CHECK (name <> ''),
            currency text NOT NULL CHECK (currency ~ '^[A-Z]{3}$'),
            locale text NOT NULL,
            timezone text NOT NULL,
            created_at timestamptz NOT NULL
        );
        CREATE TABLE shop_host (
            host text PRIMARY KEY CHECK (host = lower(host)),
            shop_id bigint NOT NULL REFERENCES shop
        )
    """)
    share("shop", "shop_host")
