ALTER TABLE `streams` ADD `listening_lost_ms` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE `streams` ADD `recording_lost_ms` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE `streams` ADD `transcript_lost_ms` integer DEFAULT 0 NOT NULL;