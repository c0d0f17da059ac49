ALTER TABLE `audit_log` ADD `details` text;--> statement-breakpoint
ALTER TABLE `utterances` ADD `by_name` text;