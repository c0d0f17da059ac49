CREATE TABLE `listenings` (
	`id` text PRIMARY KEY NOT NULL,
	`call_id` text NOT NULL,
	`by_name` text NOT NULL,
	`started_at` integer NOT NULL,
	`ended_at` integer
);
--> statement-breakpoint
CREATE INDEX `listenings_by_call` ON `listenings` (`call_id`,`started_at`);--> statement-breakpoint
CREATE INDEX `listenings_open` ON `listenings` (`id`) WHERE ended_at is null;--> statement-breakpoint
CREATE TABLE `recordings` (
	`call_id` text PRIMARY KEY NOT NULL,
	`state` text NOT NULL,
	`started_at` integer NOT NULL,
	`channels` integer NOT NULL,
	`sample_rate` integer NOT NULL,
	`ended_at` integer,
	`duration_ms` integer,
	`bytes` integer
);
--> statement-breakpoint
CREATE INDEX `recordings_open` ON `recordings` (`call_id`) WHERE state = 'RECORDING';--> statement-breakpoint
CREATE TABLE `waveforms` (
	`call_id` text NOT NULL,
	`party` text NOT NULL,
	`piece` integer NOT NULL,
	`peaks` blob NOT NULL,
	PRIMARY KEY(`call_id`, `party`, `piece`)
);
