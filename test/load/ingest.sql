SELECT * FROM wa_ingest(load.payload(2));
