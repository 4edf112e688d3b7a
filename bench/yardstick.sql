-- What an order is when a transaction is spent on it, and nothing else is checked.
CREATE TABLE p_sku (
    id int PRIMARY KEY,
    name text NOT NULL,
    price int NOT NULL,
    stock int NOT NULL CHECK (stock >= 0)
) WITH (fillfactor = 70);
CREATE TABLE p_order (
    id bigint PRIMARY KEY,
    member_id int NOT NULL,
    idem uuid NOT NULL,
    total int NOT NULL,
    status text NOT NULL DEFAULT 'unpaid',
    created_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (member_id, idem)
);
CREATE TABLE p_line (
    order_id bigint NOT NULL REFERENCES p_order,
    number smallint NOT NULL,
    sku_id int NOT NULL REFERENCES p_sku,
    quantity int NOT NULL,
    price int NOT NULL,
    PRIMARY KEY (order_id, number)
);
CREATE SEQUENCE p_seq;
INSERT INTO p_sku SELECT g, 'sku ' || g, 100 + g, 1000000000 FROM generate_series(1, 10000) g;
