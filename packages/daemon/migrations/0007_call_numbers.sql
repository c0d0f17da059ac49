CREATE TABLE `call_numbers` (
	`call_id` text NOT NULL,
	`number` text NOT NULL,
	`reversed` text NOT NULL,
	PRIMARY KEY(`call_id`, `number`)
);
--> statement-breakpoint
CREATE INDEX `call_numbers_by_number` ON `call_numbers` (`number`,`call_id`);--> statement-breakpoint
CREATE INDEX `call_numbers_by_last_digits` ON `call_numbers` (`reversed`,`call_id`);--> statement-breakpoint
DROP INDEX `calls_by_from`;--> statement-breakpoint
DROP INDEX `calls_by_to`;