CREATE TABLE `call_totals` (
	`period` text NOT NULL,
	`start` integer NOT NULL,
	`provider_id` text NOT NULL,
	`direction` text NOT NULL,
	`end_category` text NOT NULL,
	`calls` integer NOT NULL,
	`measured` integer NOT NULL,
	`duration_ms` integer NOT NULL,
	PRIMARY KEY(`period`, `start`, `provider_id`, `direction`, `end_category`)
) WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `totals_progress` (
	`created_at` integer NOT NULL,
	`id` text NOT NULL
);
--> statement-breakpoint
-- Calls are added to the totals while the daemon runs, the newest first. Without calls, there is nothing to add.
INSERT INTO `totals_progress`
	SELECT iif(exists (SELECT 1 FROM `calls`), 9007199254740991, -9007199254740991), '';
--> statement-breakpoint
-- What each ended call adds to the totals of its hour, day and month.
CREATE VIEW `ended_call_periods` AS
	SELECT
		`id`,
		`created_at`,
		`period`,
		CASE `period`
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
			`created_at` - (`created_at` % 3600000 + 3600000) % 3600000 AS `hour`,
			`provider_id`,
			coalesce(`direction`, '') AS `direction`,
			coalesce(`end_category`, '') AS `end_category`,
			`duration_ms` IS NOT NULL AS `measured`,
			max(coalesce(`duration_ms`, 0), 0) AS `duration_ms`
		FROM `calls`
		WHERE `status` = 'ENDED'
	)
	CROSS JOIN (SELECT 'HOUR' AS `period` UNION ALL SELECT 'DAY' UNION ALL SELECT 'MONTH');
--> statement-breakpoint
CREATE TRIGGER `call_totals_insert` AFTER INSERT ON `calls`
WHEN new.`status` = 'ENDED'
	AND (new.`created_at`, new.`id`) >= (SELECT `created_at`, `id` FROM `totals_progress`)
BEGIN
	INSERT INTO `call_totals`
		SELECT `period`, `start`, `provider_id`, `direction`, `end_category`, 1, `measured`, `duration_ms`
		FROM `ended_call_periods` WHERE `id` = new.`id`
		ON CONFLICT DO UPDATE SET
			`calls` = `calls` + excluded.`calls`,
			`measured` = `measured` + excluded.`measured`,
			`duration_ms` = `duration_ms` + excluded.`duration_ms`;
END;
--> statement-breakpoint
CREATE TRIGGER `call_totals_before_update` BEFORE UPDATE ON `calls`
WHEN old.`status` = 'ENDED'
	AND (old.`created_at`, old.`id`) >= (SELECT `created_at`, `id` FROM `totals_progress`)
	AND (old.`status`, old.`provider_id`, old.`direction`, old.`end_category`, old.`created_at`, old.`answered_at`, old.`ended_at`)
		IS NOT (new.`status`, new.`provider_id`, new.`direction`, new.`end_category`, new.`created_at`, new.`answered_at`, new.`ended_at`)
BEGIN
	INSERT INTO `call_totals`
		SELECT `period`, `start`, `provider_id`, `direction`, `end_category`, -1, -`measured`, -`duration_ms`
		FROM `ended_call_periods` WHERE `id` = old.`id`
		ON CONFLICT DO UPDATE SET
			`calls` = `calls` + excluded.`calls`,
			`measured` = `measured` + excluded.`measured`,
			`duration_ms` = `duration_ms` + excluded.`duration_ms`;
	DELETE FROM `call_totals`
		WHERE `calls` = 0 AND (`period`, `start`, `provider_id`, `direction`, `end_category`) IN (
			SELECT `period`, `start`, `provider_id`, `direction`, `end_category` FROM `ended_call_periods` WHERE `id` = old.`id`
		);
END;
--> statement-breakpoint
CREATE TRIGGER `call_totals_after_update` AFTER UPDATE ON `calls`
WHEN new.`status` = 'ENDED'
	AND (new.`created_at`, new.`id`) >= (SELECT `created_at`, `id` FROM `totals_progress`)
	AND (old.`status`, old.`provider_id`, old.`direction`, old.`end_category`, old.`created_at`, old.`answered_at`, old.`ended_at`)
		IS NOT (new.`status`, new.`provider_id`, new.`direction`, new.`end_category`, new.`created_at`, new.`answered_at`, new.`ended_at`)
BEGIN
	INSERT INTO `call_totals`
		SELECT `period`, `start`, `provider_id`, `direction`, `end_category`, 1, `measured`, `duration_ms`
		FROM `ended_call_periods` WHERE `id` = new.`id`
		ON CONFLICT DO UPDATE SET
			`calls` = `calls` + excluded.`calls`,
			`measured` = `measured` + excluded.`measured`,
			`duration_ms` = `duration_ms` + excluded.`duration_ms`;
END;
--> statement-breakpoint
CREATE TRIGGER `call_totals_delete` BEFORE DELETE ON `calls`
WHEN old.`status` = 'ENDED'
	AND (old.`created_at`, old.`id`) >= (SELECT `created_at`, `id` FROM `totals_progress`)
BEGIN
	INSERT INTO `call_totals`
		SELECT `period`, `start`, `provider_id`, `direction`, `end_category`, -1, -`measured`, -`duration_ms`
		FROM `ended_call_periods` WHERE `id` = old.`id`
		ON CONFLICT DO UPDATE SET
			`calls` = `calls` + excluded.`calls`,
			`measured` = `measured` + excluded.`measured`,
			`duration_ms` = `duration_ms` + excluded.`duration_ms`;
	DELETE FROM `call_totals`
		WHERE `calls` = 0 AND (`period`, `start`, `provider_id`, `direction`, `end_category`) IN (
			SELECT `period`, `start`, `provider_id`, `direction`, `end_category` FROM `ended_call_periods` WHERE `id` = old.`id`
		);
END;
