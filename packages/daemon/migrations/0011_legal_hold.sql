ALTER TABLE `calls` ADD `hold` text;--> statement-breakpoint
CREATE INDEX `calls_held` ON `calls` (`id`) WHERE hold is not null;