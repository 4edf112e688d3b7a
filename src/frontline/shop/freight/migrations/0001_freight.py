"""Freight templates."""

from frontline.store.migration import apply, confine

revision = "freight_0001"
down_revision = None
branch_labels = ("freight",)
depends_on = ("store_0001", "catalog_0001")


def upgrade() -> None:
    apply("""
    CREATE TABLE freight_template (
        shop_id bigint NOT NULL,
        id uuid NOT NULL,
        name text NOT NULL CHECK (name <> ''),
        measure text NOT NULL CHECK (measure IN ('piece', 'weight')),
        elsewhere text NOT NULL,                             -- JSON: Rate or null
        regions text NOT NULL,                               -- JSON: {region code: Rate or null}
        PRIMARY KEY (shop_id, id),
        UNIQUE (shop_id, name)
    );
    ALTER TABLE product ADD CONSTRAINT product_freight_is_there
        FOREIGN KEY (shop_id, freight_id) REFERENCES freight_template;
    CREATE INDEX product_by_freight ON product (shop_id, freight_id)
        WHERE freight_id IS NOT NULL;
    """)
    confine("freight_template")
