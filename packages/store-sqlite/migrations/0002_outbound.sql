CREATE TABLE `call_notes` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`call_id` text NOT NULL,
	`text` text NOT NULL,
	`created_at` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `call_notes_by_call` ON `call_notes` (`call_id`);--> statement-breakpoint
CREATE TABLE `consents` (
	`number` text NOT NULL,
	`purpose` text NOT NULL,
	`source` text NOT NULL,
	`given_at` integer NOT NULL,
	`expires_at` integer,
	`revoked_at` integer,
	PRIMARY KEY(`number`, `purpose`),
	FOREIGN KEY (`number`) REFERENCES `contacts`(`number`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE TABLE `contacts` (
	`number` text PRIMARY KEY NOT NULL,
	`time_zone` text
);
--> statement-breakpoint
CREATE TABLE `do_not_call_entries` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`number` text NOT NULL,
	`reason` text,
	`source` text NOT NULL,
	`call_id` text,
	`added_at` integer NOT NULL,
	`removed_at` integer,
	`removed_by` text
);
--> statement-breakpoint
CREATE UNIQUE INDEX `do_not_call_in_force` ON `do_not_call_entries` (`number`) WHERE removed_at IS NULL;--> statement-breakpoint
CREATE INDEX `do_not_call_by_number` ON `do_not_call_entries` (`number`);--> statement-breakpoint
CREATE TABLE `outbound_calls` (
	`call_id` text PRIMARY KEY NOT NULL,
	`to_number` text NOT NULL,
	`from_number` text NOT NULL,
	`mode` text NOT NULL,
	`scenario` text NOT NULL,
	`state` text NOT NULL,
	`call_sid` text,
	`requested_at` integer NOT NULL,
	`dialled_at` integer,
	`answered_at` integer,
	`ended_at` integer,
	`disposition` text,
	`answered_by` text,
	`gate` text,
	`until` integer,
	`problem` text,
	`reserved_usd` real,
	`cost_usd` real,
	`idempotency_key` text,
	`request_hash` text NOT NULL,
	`webhook` integer NOT NULL,
	`attempts` integer DEFAULT 0 NOT NULL,
	`next_attempt_at` integer,
	`delivered_at` integer
);
--> statement-breakpoint
CREATE UNIQUE INDEX `outbound_calls_by_key` ON `outbound_calls` (`idempotency_key`);--> statement-breakpoint
CREATE INDEX `outbound_calls_by_sid` ON `outbound_calls` (`call_sid`);--> statement-breakpoint
CREATE INDEX `outbound_calls_by_number` ON `outbound_calls` (`to_number`,`dialled_at`);--> statement-breakpoint
CREATE INDEX `outbound_calls_by_place` ON `outbound_calls` (`dialled_at`);--> statement-breakpoint
CREATE INDEX `outbound_calls_by_request` ON `outbound_calls` (`requested_at`);--> statement-breakpoint
CREATE INDEX `outbound_calls_by_next_attempt` ON `outbound_calls` (`next_attempt_at`);--> statement-breakpoint
CREATE INDEX `outbound_calls_unfinished` ON `outbound_calls` (`requested_at`) WHERE state NOT IN ('ended', 'refused', 'failed');--> statement-breakpoint
ALTER TABLE `calls` ADD `answered_by` text;--> statement-breakpoint
CREATE INDEX `calls_by_sid` ON `calls` (`call_sid`);