INSERT INTO wa_webhook (payload) SELECT load.payload(3, 60) FROM generate_series(1, 10);
