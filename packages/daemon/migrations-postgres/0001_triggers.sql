-- The rows that are updated by every commit: free space in their page lets an update stay in it.
ALTER TABLE "log_head" SET (fillfactor = 10);
--> statement-breakpoint
ALTER TABLE "calls" SET (fillfactor = 80);
--> statement-breakpoint
INSERT INTO "log_head" ("position") VALUES (0);
--> statement-breakpoint
-- The beginning of the audit log: a row that its writers lock.
INSERT INTO "meta" ("key", "value") VALUES ('audit_head', '0 ');
--> statement-breakpoint
-- What an ended call adds to the totals of its quarter of an hour, hour, day and month, in UTC.
CREATE FUNCTION "ended_call_periods"(c "calls")
RETURNS TABLE ("period" text, "start" bigint, "direction" text, "end_category" text, "measured" bigint, "duration_ms" bigint)
LANGUAGE sql IMMUTABLE AS $$
	SELECT p.period, p.start, coalesce(c.direction, ''), coalesce(c.end_category, ''),
		(c.ended_at - c.answered_at IS NOT NULL)::int::bigint, greatest(coalesce(c.ended_at - c.answered_at, 0), 0)
	FROM (VALUES
		('QUARTER', c.created_at - (c.created_at % 900000 + 900000) % 900000),
		('HOUR', c.created_at - (c.created_at % 3600000 + 3600000) % 3600000),
		('DAY', c.created_at - (c.created_at % 86400000 + 86400000) % 86400000),
		('MONTH', (extract(epoch FROM date_trunc('month', to_timestamp(floor(c.created_at / 1000.0)) AT TIME ZONE 'UTC')) * 1000)::bigint)
	) AS p (period, start)
$$;
--> statement-breakpoint
-- What an ended call adds to the measures of its day and month: costs in millionths, rounded as SQLite does, and lengths.
CREATE FUNCTION "ended_call_measures"(c "calls")
RETURNS TABLE ("period" text, "start" bigint, "direction" text, "end_category" text, "measure" text, "key" text, "value" bigint)
LANGUAGE sql IMMUTABLE AS $$
	SELECT p.period, p.start, p.direction, p.end_category, 'COST', c.cost_currency,
		trunc(c.cost_amount * 1000000 + CASE WHEN c.cost_amount < 0 THEN -0.5 ELSE 0.5 END)::bigint
	FROM ended_call_periods(c) AS p
	WHERE p.period IN ('DAY', 'MONTH') AND c.cost_amount IS NOT NULL AND c.cost_currency IS NOT NULL
	UNION ALL
	SELECT p.period, p.start, p.direction, p.end_category, 'DURATION',
		trunc(ln(greatest(p.duration_ms, 1)::double precision) / ln(1.05::double precision))::bigint::text, 0
	FROM ended_call_periods(c) AS p
	WHERE p.period = 'MONTH' AND p.measured = 1
$$;
--> statement-breakpoint
-- Adds a call to all totals, or removes it from them if `sign` is -1. A row whose count becomes 0 is deleted.
CREATE FUNCTION "add_to_totals"(c "calls", sign bigint) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
	INSERT INTO call_totals AS t
		SELECT p.period, p.start, c.provider_id, p.direction, p.end_category, sign, sign * p.measured, sign * p.duration_ms
		FROM ended_call_periods(c) AS p
		ORDER BY 1
		ON CONFLICT (period, start, provider_id, direction, end_category) DO UPDATE SET
			calls = t.calls + excluded.calls,
			measured = t.measured + excluded.measured,
			duration_ms = t.duration_ms + excluded.duration_ms;
	INSERT INTO call_measures AS t
		SELECT m.period, m.start, c.provider_id, m.direction, m.end_category, m.measure, m.key, sign, sign * m.value
		FROM ended_call_measures(c) AS m
		ORDER BY 1, 6
		ON CONFLICT (period, start, provider_id, direction, end_category, measure, key) DO UPDATE SET
			calls = t.calls + excluded.calls,
			value = t.value + excluded.value;
	IF sign < 0 THEN
		DELETE FROM call_totals AS t USING ended_call_periods(c) AS p
			WHERE t.calls = 0 AND (t.period, t.start, t.provider_id, t.direction, t.end_category)
				= (p.period, p.start, c.provider_id, p.direction, p.end_category);
		DELETE FROM call_measures AS t USING ended_call_measures(c) AS m
			WHERE t.calls = 0 AND (t.period, t.start, t.provider_id, t.direction, t.end_category, t.measure, t.key)
				= (m.period, m.start, c.provider_id, m.direction, m.end_category, m.measure, m.key);
	END IF;
END
$$;
--> statement-breakpoint
CREATE FUNCTION "keep_totals"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	IF tg_op <> 'INSERT' AND old.status = 'ENDED' THEN PERFORM add_to_totals(old, -1); END IF;
	IF tg_op <> 'DELETE' AND new.status = 'ENDED' THEN PERFORM add_to_totals(new, 1); END IF;
	RETURN NULL;
END
$$;
--> statement-breakpoint
CREATE TRIGGER "call_totals_insert" AFTER INSERT ON "calls" FOR EACH ROW
WHEN (new."status" = 'ENDED') EXECUTE FUNCTION "keep_totals"();
--> statement-breakpoint
CREATE TRIGGER "call_totals_delete" AFTER DELETE ON "calls" FOR EACH ROW
WHEN (old."status" = 'ENDED') EXECUTE FUNCTION "keep_totals"();
--> statement-breakpoint
CREATE TRIGGER "call_totals_update" AFTER UPDATE ON "calls" FOR EACH ROW
WHEN ((old."status" = 'ENDED' OR new."status" = 'ENDED')
	AND (old."status", old."provider_id", old."direction", old."end_category", old."created_at", old."answered_at", old."ended_at", old."cost_amount", old."cost_currency")
		IS DISTINCT FROM (new."status", new."provider_id", new."direction", new."end_category", new."created_at", new."answered_at", new."ended_at", new."cost_amount", new."cost_currency"))
EXECUTE FUNCTION "keep_totals"();
