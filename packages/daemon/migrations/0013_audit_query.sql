CREATE INDEX `audit_by_name` ON `audit_log` (`by_name`);--> statement-breakpoint
CREATE INDEX `audit_by_action` ON `audit_log` (`action`);--> statement-breakpoint
CREATE INDEX `audit_by_call` ON `audit_log` (`call_digest`);