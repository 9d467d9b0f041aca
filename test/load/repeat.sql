INSERT INTO wa_webhook (payload) SELECT payload FROM wa_webhook WHERE id IN (SELECT (random() * last_value)::bigint FROM wa_webhook_id_seq, generate_series(1, 3));
