-- What a new cluster gets, in the database POSTGRES_DB.
CREATE SCHEMA wa;
CREATE EXTENSION wa_policy SCHEMA wa;
