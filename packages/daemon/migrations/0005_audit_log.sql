CREATE TABLE `audit_log` (
	`seq` integer PRIMARY KEY NOT NULL,
	`at` integer NOT NULL,
	`by_name` text NOT NULL,
	`action` text NOT NULL,
	`call_digest` text NOT NULL,
	`hash` text NOT NULL
);
