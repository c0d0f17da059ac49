CREATE TABLE `log_epochs` (
	`starts_after` integer PRIMARY KEY NOT NULL,
	`id` text NOT NULL
);
