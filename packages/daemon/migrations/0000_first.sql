CREATE TABLE `calls` (
	`id` text PRIMARY KEY NOT NULL,
	`provider_id` text NOT NULL,
	`provider_call_id` text NOT NULL,
	`status` text NOT NULL,
	`direction` text,
	`from_number` text,
	`to_number` text,
	`assistant` text,
	`created_at` integer NOT NULL,
	`answered_at` integer,
	`ended_at` integer,
	`end_category` text,
	`end_code` text,
	`end_message` text,
	`summary` text,
	`cost_amount` real,
	`cost_currency` text,
	`provider_data` text,
	`muted_parties` text NOT NULL,
	`innards` text NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `calls_by_provider_call` ON `calls` (`provider_id`,`provider_call_id`);--> statement-breakpoint
CREATE INDEX `calls_by_age` ON `calls` (`created_at`,`id`);--> statement-breakpoint
CREATE INDEX `calls_live` ON `calls` (`status`) WHERE status <> 'ENDED';--> statement-breakpoint
CREATE TABLE `commands` (
	`id` text PRIMARY KEY NOT NULL,
	`call_id` text NOT NULL,
	`kind` text NOT NULL,
	`arguments` text NOT NULL,
	`status` text NOT NULL,
	`failure` text,
	`requested_by` text NOT NULL,
	`requested_at` integer NOT NULL,
	`settled_at` integer
);
--> statement-breakpoint
CREATE INDEX `commands_by_call` ON `commands` (`call_id`,`requested_at`,`id`);--> statement-breakpoint
CREATE INDEX `commands_open` ON `commands` (`call_id`) WHERE status = 'REQUESTED';--> statement-breakpoint
CREATE TABLE `events` (
	`position` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`call_id` text NOT NULL,
	`type` text NOT NULL,
	`at` integer NOT NULL,
	`fact` text NOT NULL,
	`dedupe_key` text
);
--> statement-breakpoint
CREATE INDEX `events_by_call` ON `events` (`call_id`,`position`);--> statement-breakpoint
CREATE UNIQUE INDEX `events_by_dedupe_key` ON `events` (`call_id`,`dedupe_key`) WHERE dedupe_key is not null;--> statement-breakpoint
CREATE TABLE `meta` (
	`key` text PRIMARY KEY NOT NULL,
	`value` text NOT NULL
);
--> statement-breakpoint
CREATE TABLE `plugin_state` (
	`provider_id` text NOT NULL,
	`key` text NOT NULL,
	`value` text NOT NULL,
	PRIMARY KEY(`provider_id`, `key`)
);
--> statement-breakpoint
CREATE TABLE `streams` (
	`id` text PRIMARY KEY NOT NULL,
	`call_id` text NOT NULL,
	`provider_stream_id` text,
	`encoding` text NOT NULL,
	`sample_rate` integer NOT NULL,
	`parties` text NOT NULL,
	`started_at` integer NOT NULL,
	`ended_at` integer,
	`end_reason` text,
	`frames` integer DEFAULT 0 NOT NULL,
	`bytes` integer DEFAULT 0 NOT NULL,
	`missing_frames` integer DEFAULT 0 NOT NULL
);
--> statement-breakpoint
CREATE INDEX `streams_by_call` ON `streams` (`call_id`,`started_at`);--> statement-breakpoint
CREATE INDEX `streams_open` ON `streams` (`call_id`) WHERE ended_at is null;--> statement-breakpoint
CREATE TABLE `utterances` (
	`id` text PRIMARY KEY NOT NULL,
	`call_id` text NOT NULL,
	`position` integer NOT NULL,
	`at` integer NOT NULL,
	`order_ms` integer NOT NULL,
	`party` text NOT NULL,
	`text` text NOT NULL,
	`start_ms` integer,
	`end_ms` integer,
	`confidence` real
);
--> statement-breakpoint
CREATE INDEX `utterances_by_call` ON `utterances` (`call_id`,`order_ms`,`id`);