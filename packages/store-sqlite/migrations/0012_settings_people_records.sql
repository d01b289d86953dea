CREATE TABLE `audit_log` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`at` integer NOT NULL,
	`who` text NOT NULL,
	`action` text NOT NULL,
	`target` text,
	`details` text,
	`address` text
);
--> statement-breakpoint
CREATE INDEX `audit_log_by_time` ON `audit_log` (`at`);--> statement-breakpoint
CREATE TABLE `call_problems` (
	`call_id` text NOT NULL,
	`position` integer NOT NULL,
	`code` text NOT NULL,
	`message` text NOT NULL,
	`at_ms` integer NOT NULL,
	PRIMARY KEY(`call_id`, `position`),
	FOREIGN KEY (`call_id`) REFERENCES `calls`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE INDEX `call_problems_by_code` ON `call_problems` (`code`);--> statement-breakpoint
CREATE TABLE `people` (
	`id` text PRIMARY KEY NOT NULL,
	`name` text NOT NULL,
	`role` text NOT NULL,
	`added_at` integer NOT NULL,
	`removed_at` integer
);
--> statement-breakpoint
CREATE TABLE `people_keys` (
	`id` text PRIMARY KEY NOT NULL,
	`person_id` text NOT NULL,
	`hash` text NOT NULL,
	`label` text,
	`added_at` integer NOT NULL,
	`last_used_at` integer,
	`revoked_at` integer,
	FOREIGN KEY (`person_id`) REFERENCES `people`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE UNIQUE INDEX `people_keys_by_hash` ON `people_keys` (`hash`);--> statement-breakpoint
CREATE TABLE `settings_draft` (
	`id` integer PRIMARY KEY NOT NULL,
	`document` text NOT NULL,
	`base_version` integer,
	`restored_from` integer,
	`revision` integer NOT NULL,
	`updated_at` integer NOT NULL,
	`updated_by` text NOT NULL
);
--> statement-breakpoint
CREATE TABLE `settings_versions` (
	`version` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`document` text NOT NULL,
	`published_at` integer NOT NULL,
	`published_by` text NOT NULL,
	`note` text,
	`restored_from` integer
);
--> statement-breakpoint
ALTER TABLE `calls` ADD `instance` text;--> statement-breakpoint
ALTER TABLE `calls` ADD `settings_version` integer;--> statement-breakpoint
ALTER TABLE `calls` ADD `tuning_profile` text;--> statement-breakpoint
ALTER TABLE `calls` ADD `language` text;--> statement-breakpoint
ALTER TABLE `calls` ADD `first_words_ms` real;--> statement-breakpoint
ALTER TABLE `calls` ADD `is_test` integer DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE `messages` ADD `kind` text DEFAULT 'message' NOT NULL;--> statement-breakpoint
ALTER TABLE `messages` ADD `recipient` text;--> statement-breakpoint
ALTER TABLE `messages` ADD `done_at` integer;--> statement-breakpoint
ALTER TABLE `messages` ADD `done_by` text;--> statement-breakpoint
ALTER TABLE `messages` ADD `assigned_to` text;--> statement-breakpoint
ALTER TABLE `messages` ADD `delivery_problem` text;--> statement-breakpoint
ALTER TABLE `messages` ADD `gave_up_at` integer;--> statement-breakpoint
CREATE INDEX `messages_by_time` ON `messages` (`created_at`);--> statement-breakpoint
ALTER TABLE `tool_runs` ADD `input` text;--> statement-breakpoint
ALTER TABLE `tool_runs` ADD `result` text;--> statement-breakpoint
ALTER TABLE `turns` ADD `ended_at_ms` integer;--> statement-breakpoint
ALTER TABLE `turns` ADD `sent_ms` integer;--> statement-breakpoint
ALTER TABLE `turns` ADD `heard_ms` integer;--> statement-breakpoint
ALTER TABLE `turns` ADD `is_cut` integer;--> statement-breakpoint
ALTER TABLE `turns` ADD `latency_ms` real;