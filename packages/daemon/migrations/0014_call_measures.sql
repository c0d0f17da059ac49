CREATE TABLE `call_measures` (
	`period` text NOT NULL,
	`start` integer NOT NULL,
	`provider_id` text NOT NULL,
	`direction` text NOT NULL,
	`end_category` text NOT NULL,
	`measure` text NOT NULL,
	`key` text NOT NULL,
	`calls` integer NOT NULL,
	`value` integer NOT NULL,
	PRIMARY KEY(`period`, `start`, `provider_id`, `direction`, `end_category`, `measure`, `key`)
) WITHOUT ROWID;
--> statement-breakpoint
-- As before, and also what each ended call adds to the totals of its quarter of an hour: time zones have such offsets.
DROP VIEW `ended_call_periods`;
--> statement-breakpoint
CREATE VIEW `ended_call_periods` AS
	SELECT
		`id`,
		`created_at`,
		`period`,
		CASE `period`
			WHEN 'QUARTER' THEN `quarter`
			WHEN 'HOUR' THEN `hour`
			WHEN 'DAY' THEN `hour` - (`hour` % 86400000 + 86400000) % 86400000
			ELSE unixepoch(`hour` / 1000, 'unixepoch', 'start of month') * 1000
		END AS `start`,
		`provider_id`,
		`direction`,
		`end_category`,
		`measured`,
		`duration_ms`
	FROM (
		SELECT
			`id`,
			`created_at`,
			`created_at` - (`created_at` % 900000 + 900000) % 900000 AS `quarter`,
			`created_at` - (`created_at` % 3600000 + 3600000) % 3600000 AS `hour`,
			`provider_id`,
			coalesce(`direction`, '') AS `direction`,
			coalesce(`end_category`, '') AS `end_category`,
			`duration_ms` IS NOT NULL AS `measured`,
			max(coalesce(`duration_ms`, 0), 0) AS `duration_ms`
		FROM `calls`
		WHERE `status` = 'ENDED'
	)
	CROSS JOIN (SELECT 'QUARTER' AS `period` UNION ALL SELECT 'HOUR' UNION ALL SELECT 'DAY' UNION ALL SELECT 'MONTH');
--> statement-breakpoint
-- What each ended call adds to the measures of its day and month.
CREATE VIEW `ended_call_measures` AS
	SELECT
		`ended`.`id`, `ended`.`created_at`, `period`, `start`, `ended`.`provider_id`, `ended`.`direction`, `ended`.`end_category`,
		'COST' AS `measure`,
		`cost_currency` AS `key`,
		CAST(round(`cost_amount` * 1000000) AS INTEGER) AS `value`
	FROM `ended_call_periods` AS `ended` JOIN `calls` ON `calls`.`id` = `ended`.`id`
	WHERE `period` IN ('DAY', 'MONTH') AND `cost_amount` IS NOT NULL AND `cost_currency` IS NOT NULL
	UNION ALL
	SELECT
		`id`, `created_at`, `period`, `start`, `provider_id`, `direction`, `end_category`,
		'DURATION',
		CAST(CAST(ln(max(`duration_ms`, 1)) / ln(1.05) AS INTEGER) AS TEXT),
		0
	FROM `ended_call_periods`
	WHERE `period` = 'MONTH' AND `measured`;
--> statement-breakpoint
CREATE TRIGGER `call_measures_insert` AFTER INSERT ON `calls`
WHEN new.`status` = 'ENDED'
	AND (new.`created_at`, new.`id`) >= (SELECT `created_at`, `id` FROM `totals_progress`)
BEGIN
	INSERT INTO `call_measures`
		SELECT `period`, `start`, `provider_id`, `direction`, `end_category`, `measure`, `key`, 1, `value`
		FROM `ended_call_measures` WHERE `id` = new.`id`
		ON CONFLICT DO UPDATE SET
			`calls` = `calls` + excluded.`calls`,
			`value` = `value` + excluded.`value`;
END;
--> statement-breakpoint
CREATE TRIGGER `call_measures_before_update` BEFORE UPDATE ON `calls`
WHEN old.`status` = 'ENDED'
	AND (old.`created_at`, old.`id`) >= (SELECT `created_at`, `id` FROM `totals_progress`)
	AND (old.`status`, old.`provider_id`, old.`direction`, old.`end_category`, old.`created_at`, old.`answered_at`, old.`ended_at`, old.`cost_amount`, old.`cost_currency`)
		IS NOT (new.`status`, new.`provider_id`, new.`direction`, new.`end_category`, new.`created_at`, new.`answered_at`, new.`ended_at`, new.`cost_amount`, new.`cost_currency`)
BEGIN
	INSERT INTO `call_measures`
		SELECT `period`, `start`, `provider_id`, `direction`, `end_category`, `measure`, `key`, -1, -`value`
		FROM `ended_call_measures` WHERE `id` = old.`id`
		ON CONFLICT DO UPDATE SET
			`calls` = `calls` + excluded.`calls`,
			`value` = `value` + excluded.`value`;
	DELETE FROM `call_measures`
		WHERE `calls` = 0 AND (`period`, `start`, `provider_id`, `direction`, `end_category`, `measure`, `key`) IN (
			SELECT `period`, `start`, `provider_id`, `direction`, `end_category`, `measure`, `key` FROM `ended_call_measures` WHERE `id` = old.`id`
		);
END;
--> statement-breakpoint
CREATE TRIGGER `call_measures_after_update` AFTER UPDATE ON `calls`
WHEN new.`status` = 'ENDED'
	AND (new.`created_at`, new.`id`) >= (SELECT `created_at`, `id` FROM `totals_progress`)
	AND (old.`status`, old.`provider_id`, old.`direction`, old.`end_category`, old.`created_at`, old.`answered_at`, old.`ended_at`, old.`cost_amount`, old.`cost_currency`)
		IS NOT (new.`status`, new.`provider_id`, new.`direction`, new.`end_category`, new.`created_at`, new.`answered_at`, new.`ended_at`, new.`cost_amount`, new.`cost_currency`)
BEGIN
	INSERT INTO `call_measures`
		SELECT `period`, `start`, `provider_id`, `direction`, `end_category`, `measure`, `key`, 1, `value`
		FROM `ended_call_measures` WHERE `id` = new.`id`
		ON CONFLICT DO UPDATE SET
			`calls` = `calls` + excluded.`calls`,
			`value` = `value` + excluded.`value`;
END;
--> statement-breakpoint
CREATE TRIGGER `call_measures_delete` BEFORE DELETE ON `calls`
WHEN old.`status` = 'ENDED'
	AND (old.`created_at`, old.`id`) >= (SELECT `created_at`, `id` FROM `totals_progress`)
BEGIN
	INSERT INTO `call_measures`
		SELECT `period`, `start`, `provider_id`, `direction`, `end_category`, `measure`, `key`, -1, -`value`
		FROM `ended_call_measures` WHERE `id` = old.`id`
		ON CONFLICT DO UPDATE SET
			`calls` = `calls` + excluded.`calls`,
			`value` = `value` + excluded.`value`;
	DELETE FROM `call_measures`
		WHERE `calls` = 0 AND (`period`, `start`, `provider_id`, `direction`, `end_category`, `measure`, `key`) IN (
			SELECT `period`, `start`, `provider_id`, `direction`, `end_category`, `measure`, `key` FROM `ended_call_measures` WHERE `id` = old.`id`
		);
END;
--> statement-breakpoint
-- The totals are computed again while the daemon runs, because those of quarters and the measures are missing.
DELETE FROM `call_totals`;
--> statement-breakpoint
UPDATE `totals_progress` SET
	`created_at` = iif(exists (SELECT 1 FROM `calls`), 9007199254740991, -9007199254740991),
	`id` = '';
