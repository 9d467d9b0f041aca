-- How many of a segment can be reached, step by step from now on.

CREATE FUNCTION wa__forecast_check(until timestamptz, step interval) RETURNS boolean
	LANGUAGE plpgsql STABLE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp AS
$$
BEGIN
	IF until IS NULL OR step IS NULL THEN
		RAISE EXCEPTION USING ERRCODE = 'null_value_not_allowed',
			MESSAGE = 'a forecast needs its end and its step';
	ELSIF NOT isfinite(until) OR until < now() THEN
		RAISE EXCEPTION USING ERRCODE = 'datetime_field_overflow',
			MESSAGE = 'end of a forecast is out of range',
			DETAIL = 'It must be finite and not lie in the past.';
	ELSIF step <= interval '0' OR now() + 1000 * step < until THEN
		RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value',
			MESSAGE = 'a forecast has 1 to 1000 steps',
			HINT = 'The query runs once for each: give a longer step or an earlier end.';
	END IF;
	RETURN true;
END
$$;
COMMENT ON FUNCTION wa__forecast_check(timestamptz, interval) IS
'Checks the arguments of wa_segment_forecast: returns true or raises an error that says what is wrong';
REVOKE EXECUTE ON FUNCTION wa__forecast_check(timestamptz, interval) FROM PUBLIC;

-- The caller's rights and search path, since the query is the caller's.
CREATE FUNCTION wa_segment_forecast(query text, category wa_category,
	until timestamptz DEFAULT pg_catalog.now() + interval '24 hours', step interval DEFAULT interval '1 hour',
	business text DEFAULT NULL, sender text DEFAULT NULL)
	RETURNS TABLE (at timestamptz, outcome text, phones bigint)
	LANGUAGE sql STABLE PARALLEL UNSAFE COST 1000000 ROWS 100
	BEGIN ATOMIC
		SELECT t.at, s.outcome, s.phones
		FROM (SELECT wa__forecast_check(wa_segment_forecast.until, wa_segment_forecast.step) AS ok OFFSET 0) AS c,
			LATERAL generate_series(now(), CASE WHEN c.ok THEN wa_segment_forecast.until END, wa_segment_forecast.step) AS t (at),
			LATERAL wa_segment_summary(wa_segment_forecast.query, wa_segment_forecast.category,
				wa_segment_forecast.business, wa_segment_forecast.sender, t.at) WITH ORDINALITY AS s (outcome, phones, nth)
		ORDER BY t.at, s.nth;
	END;
COMMENT ON FUNCTION wa_segment_forecast(text, wa_category, timestamptz, interval, text, text) IS
'wa_segment_summary at each step from now on: when will how many of the phones that a query yields be sendable, if nothing more happens? The query runs once for each step, at most 1000 times; 24 hours by the hour where nothing else is said. Other arguments as for wa_segment_summary';
REVOKE EXECUTE ON FUNCTION wa_segment_forecast(text, wa_category, timestamptz, interval, text, text) FROM PUBLIC;
