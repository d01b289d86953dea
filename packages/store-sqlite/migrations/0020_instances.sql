CREATE TABLE `changes` (
	`topic` text PRIMARY KEY NOT NULL,
	`changed_at` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `instances` (
	`id` text NOT NULL,
	`boot_id` text PRIMARY KEY NOT NULL,
	`address` text,
	`version` text NOT NULL,
	`state` text NOT NULL,
	`active` integer NOT NULL,
	`rated` integer NOT NULL,
	`loop_p99_ms` real NOT NULL,
	`secret_mark` text,
	`started_at` integer NOT NULL,
	`heartbeat_at` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `instances_by_heartbeat` ON `instances` (`heartbeat_at`);--> statement-breakpoint
ALTER TABLE `calls` ADD `owner` text;--> statement-breakpoint
ALTER TABLE `calls` ADD `boot_id` text GENERATED ALWAYS AS (process) VIRTUAL;--> statement-breakpoint
ALTER TABLE `calls` ADD `media_epoch` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
CREATE INDEX `calls_by_owner` ON `calls` (`owner`) WHERE ended_at IS NULL;