INSERT INTO wa_webhook (payload) VALUES (load.payload(1));
