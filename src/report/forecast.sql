-- How many people of a segment can be reached, now and at later times.

CREATE FUNCTION wa__forecast_moments(until timestamptz, step interval) RETURNS timestamptz[]
	LANGUAGE sql STABLE PARALLEL UNSAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
	BEGIN ATOMIC
		SELECT CASE
			WHEN CASE
				WHEN until IS NULL OR step IS NULL THEN
					wa__refuse('null_value_not_allowed', 'a forecast needs its end and its step', '', '')
				WHEN NOT isfinite(until) OR until < now() THEN
					wa__refuse('datetime_field_overflow', 'end of a forecast is out of range', 'It must be finite and not lie in the past.', '')
				WHEN step > interval '1000 years' THEN
					wa__refuse('datetime_field_overflow', 'step of a forecast is out of range', 'It may be at most 1000 years.', '')
				WHEN step <= interval '0' OR step < (until - now()) / 1000 THEN
					wa__refuse('invalid_parameter_value', 'a forecast has 1 to 1000 steps', '', 'Give a longer step or an earlier end.')
				ELSE true END
			-- least: PostgreSQL 18 computes the first moment when it plans this, before step was refused.
			THEN ARRAY(SELECT g.at FROM generate_series(now() + least(step, interval '1000 years'), until, step) AS g (at) ORDER BY g.at) END;
	END;
COMMENT ON FUNCTION wa__forecast_moments(timestamptz, interval) IS
'Returns the later times of wa_segment_forecast, ascending, or raises an error that says what is wrong with its arguments';

CREATE FUNCTION wa__segment_forecast(query text, category wa_category, business text, sender text, at timestamptz, later timestamptz[])
	RETURNS TABLE (moment timestamptz, outcome text, phones bigint)
	AS 'MODULE_PATHNAME' LANGUAGE C STABLE PARALLEL UNSAFE COST 1000000 ROWS 100;
COMMENT ON FUNCTION wa__segment_forecast(text, wa_category, text, text, timestamptz, timestamptz[]) IS
'Does the work of wa_segment_forecast: returns the summary at one time and at each of the later times, which must ascend';

-- With the caller's rights and search path, since the query is the caller's.
CREATE FUNCTION wa_segment_forecast(query text, category wa_category,
	until timestamptz DEFAULT pg_catalog.now() + interval '24 hours', step interval DEFAULT interval '1 hour',
	business text DEFAULT NULL, sender text DEFAULT NULL)
	RETURNS TABLE (at timestamptz, outcome text, phones bigint)
	LANGUAGE sql STABLE PARALLEL UNSAFE COST 1000000 ROWS 100
	BEGIN ATOMIC
		SELECT f.at, f.outcome, f.phones
		FROM wa__segment_forecast(wa_segment_forecast.query, wa_segment_forecast.category,
			wa_segment_forecast.business, wa_segment_forecast.sender, now(),
			wa__forecast_moments(wa_segment_forecast.until, wa_segment_forecast.step)) WITH ORDINALITY AS f (at, outcome, phones, nth)
		ORDER BY f.nth;
	END;
COMMENT ON FUNCTION wa_segment_forecast(text, wa_category, timestamptz, interval, text, text) IS
'Returns the result of wa_segment_summary now and at each step up to until: how many phones of a query may be sent to at which time, if no further event arrives. By default each hour of the next 24 hours; 1 to 1000 steps. The query runs once. Other arguments and errors as for wa_segment_summary';
