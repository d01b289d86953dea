CREATE TABLE `calls` (
	`id` text PRIMARY KEY NOT NULL,
	`call_sid` text NOT NULL,
	`mode` text NOT NULL,
	`direction` text NOT NULL,
	`caller` text,
	`dialled` text NOT NULL,
	`started_at` integer NOT NULL,
	`ended_at` integer,
	`disposition` text,
	`model` text,
	`input_text` integer DEFAULT 0 NOT NULL,
	`input_audio` integer DEFAULT 0 NOT NULL,
	`input_cached_text` integer DEFAULT 0 NOT NULL,
	`input_cached_audio` integer DEFAULT 0 NOT NULL,
	`output_text` integer DEFAULT 0 NOT NULL,
	`output_audio` integer DEFAULT 0 NOT NULL,
	`cost_usd` real,
	`audio` text
);
--> statement-breakpoint
CREATE INDEX `calls_by_start` ON `calls` (`started_at`);--> statement-breakpoint
CREATE TABLE `latency_marks` (
	`call_id` text NOT NULL,
	`position` integer NOT NULL,
	`measure` text NOT NULL,
	`ms` real NOT NULL,
	PRIMARY KEY(`call_id`, `position`),
	FOREIGN KEY (`call_id`) REFERENCES `calls`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE TABLE `number_assignments` (
	`number` text PRIMARY KEY NOT NULL,
	`mode` text NOT NULL,
	`set_by` text NOT NULL,
	`set_at` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `number_changes` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`number` text NOT NULL,
	`mode` text,
	`previous_mode` text,
	`changed_by` text NOT NULL,
	`changed_at` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `number_changes_by_number` ON `number_changes` (`number`);--> statement-breakpoint
CREATE TABLE `tool_runs` (
	`call_id` text NOT NULL,
	`position` integer NOT NULL,
	`name` text NOT NULL,
	`started_at_ms` real NOT NULL,
	`duration_ms` real NOT NULL,
	`outcome` text NOT NULL,
	PRIMARY KEY(`call_id`, `position`),
	FOREIGN KEY (`call_id`) REFERENCES `calls`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE TABLE `transfers` (
	`call_id` text NOT NULL,
	`position` integer NOT NULL,
	`kind` text NOT NULL,
	`route` text,
	`label` text,
	`number` text,
	`reason` text,
	`at_ms` integer NOT NULL,
	`outcome` text,
	PRIMARY KEY(`call_id`, `position`),
	FOREIGN KEY (`call_id`) REFERENCES `calls`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE TABLE `turns` (
	`call_id` text NOT NULL,
	`position` integer NOT NULL,
	`speaker` text NOT NULL,
	`text` text NOT NULL,
	`at_ms` integer NOT NULL,
	PRIMARY KEY(`call_id`, `position`),
	FOREIGN KEY (`call_id`) REFERENCES `calls`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
ALTER TABLE `messages` ADD `route` text;--> statement-breakpoint
ALTER TABLE `messages` ADD `recording_url` text;--> statement-breakpoint
ALTER TABLE `messages` ADD `recording_sid` text;--> statement-breakpoint
ALTER TABLE `messages` ADD `idempotency_key` text;--> statement-breakpoint
ALTER TABLE `messages` ADD `content_hash` text;--> statement-breakpoint
ALTER TABLE `messages` ADD `deliver_to` text;--> statement-breakpoint
ALTER TABLE `messages` ADD `attempts` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE `messages` ADD `next_attempt_at` integer;--> statement-breakpoint
ALTER TABLE `messages` ADD `delivered_at` integer;--> statement-breakpoint
CREATE UNIQUE INDEX `messages_by_key` ON `messages` (`call_id`,`idempotency_key`);--> statement-breakpoint
CREATE UNIQUE INDEX `messages_by_content` ON `messages` (`call_id`,`content_hash`);--> statement-breakpoint
CREATE INDEX `messages_by_next_attempt` ON `messages` (`next_attempt_at`);