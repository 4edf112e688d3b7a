-- A shop to measure: 10,000 SKUs that are sent to an address, with carriage by weight, and 10,000
-- that are not; every tenth limited per member, the first (the hot one) among them; 2,000 members,
-- each with an address. (They are signed in by measure.py.)
SET app.shop_id = '1';
INSERT INTO shop VALUES (1, 'bench', 'Bench', 'CNY', 'zh', 'Asia/Shanghai', now());
INSERT INTO freight_template (shop_id, id, name, measure, elsewhere, regions)
    VALUES (1, CAST(md5('freight') AS uuid), '包邮', 'weight',
            '{"first":1000,"first_fee":0,"more":1000,"more_fee":0}', '{}');
INSERT INTO product (shop_id, id, handle, title, body_html, vendor, category_id, tags, on_sale,
                     option_names, freight_id, price_min, search, extra, created_at, updated_at)
    SELECT 1, CAST(md5('product ' || g) AS uuid), 'product-' || g, '手工曲奇 ' || g,
           '<p>手工烘焙，三日内送达。</p>', '', NULL, '{}', true, '{口味}',
           CASE WHEN g <= 10000 THEN CAST(md5('freight') AS uuid) END, 100 + g, '手工曲奇 ' || g, '{}', now(), now()
    FROM generate_series(1, 20000) g;
INSERT INTO sku (shop_id, id, product_id, position, code, option_values, price, per_member_max,
                 weight_g, barcode, needs_shipping, picture_src, extra, removed)
    SELECT 1, CAST(md5('sku ' || g) AS uuid), CAST(md5('product ' || g) AS uuid), 0, '', '{抹茶}',
           100 + g, CASE WHEN g % 10 = 1 THEN 1000000 END, 500, '', g <= 10000, '', '{}', false
    FROM generate_series(1, 20000) g;
INSERT INTO stock
    SELECT 1, CAST(md5('sku ' || g) AS uuid), 1000000000, 0, 0 FROM generate_series(1, 20000) g;
INSERT INTO member (shop_id, id, openid, phone, nickname, locale, joined_at)
    SELECT 1, CAST(md5('member ' || g) AS uuid), 'openid-' || g, NULL, '', 'zh', now()
    FROM generate_series(1, 2000) g;
INSERT INTO address (shop_id, id, member_id, name, phone, region_code, region, detail)
    SELECT 1, CAST(md5('address ' || g) AS uuid), CAST(md5('member ' || g) AS uuid), '王小明',
           '13800000000', '440305', '广东省 深圳市 南山区', '科技园 ' || g || ' 号'
    FROM generate_series(1, 2000) g;
