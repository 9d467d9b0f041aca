\echo Use "CREATE EXTENSION wa_policy" to load this file. \quit

