CREATE TABLE `call_tags` (
	`call_id` text NOT NULL,
	`tag` text NOT NULL,
	PRIMARY KEY(`call_id`, `tag`)
);
--> statement-breakpoint
CREATE INDEX `call_tags_by_tag` ON `call_tags` (`tag`,`call_id`);--> statement-breakpoint
CREATE TABLE `notes` (
	`id` text PRIMARY KEY NOT NULL,
	`call_id` text NOT NULL,
	`text` text NOT NULL,
	`at` integer NOT NULL,
	`offset_ms` integer,
	`author` text NOT NULL
);
--> statement-breakpoint
CREATE INDEX `notes_by_call` ON `notes` (`call_id`,`at`,`id`);--> statement-breakpoint
CREATE TABLE `__new_commands` (
	`id` text PRIMARY KEY NOT NULL,
	`call_id` text,
	`kind` text NOT NULL,
	`arguments` text NOT NULL,
	`status` text NOT NULL,
	`failure` text,
	`requested_by` text NOT NULL,
	`requested_at` integer NOT NULL,
	`settled_at` integer,
	`idempotency_key` text,
	`fingerprint` text
);
--> statement-breakpoint
INSERT INTO `__new_commands`("id", "call_id", "kind", "arguments", "status", "failure", "requested_by", "requested_at", "settled_at") SELECT "id", "call_id", "kind", "arguments", "status", "failure", "requested_by", "requested_at", "settled_at" FROM `commands`;--> statement-breakpoint
DROP TABLE `commands`;--> statement-breakpoint
ALTER TABLE `__new_commands` RENAME TO `commands`;--> statement-breakpoint
CREATE INDEX `commands_by_call` ON `commands` (`call_id`,`requested_at`,`id`);--> statement-breakpoint
CREATE INDEX `commands_open` ON `commands` (`id`) WHERE status = 'REQUESTED';--> statement-breakpoint
CREATE UNIQUE INDEX `commands_by_key` ON `commands` (`requested_by`,`idempotency_key`) WHERE idempotency_key is not null;--> statement-breakpoint
ALTER TABLE `calls` ADD `tags` text DEFAULT '[]' NOT NULL;--> statement-breakpoint
ALTER TABLE `calls` ADD `duration_ms` integer GENERATED ALWAYS AS (ended_at - answered_at) VIRTUAL;--> statement-breakpoint
CREATE INDEX `calls_by_end` ON `calls` (`ended_at`,`id`);--> statement-breakpoint
CREATE INDEX `calls_by_duration` ON `calls` (`duration_ms`,`id`);--> statement-breakpoint
CREATE INDEX `calls_by_from` ON `calls` (ltrim(from_number, '+'));--> statement-breakpoint
CREATE INDEX `calls_by_to` ON `calls` (ltrim(to_number, '+'));--> statement-breakpoint
CREATE UNIQUE INDEX `utterances_by_position` ON `utterances` (`position`);--> statement-breakpoint
CREATE VIRTUAL TABLE `utterance_words` USING fts5(words, content='', contentless_delete=1, tokenize="unicode61 remove_diacritics 2 categories 'L* N* Co Mn Mc'");
