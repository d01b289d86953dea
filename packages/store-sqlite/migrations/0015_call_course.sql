CREATE TABLE `call_phases` (
	`call_id` text NOT NULL,
	`position` integer NOT NULL,
	`phase` text NOT NULL,
	`at_ms` integer NOT NULL,
	PRIMARY KEY(`call_id`, `position`),
	FOREIGN KEY (`call_id`) REFERENCES `calls`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE TABLE `caller_speech` (
	`call_id` text NOT NULL,
	`position` integer NOT NULL,
	`started_ms` integer NOT NULL,
	`ended_at_ms` integer,
	`taken_as` text,
	`cleared_after_ms` real,
	PRIMARY KEY(`call_id`, `position`),
	FOREIGN KEY (`call_id`) REFERENCES `calls`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
ALTER TABLE `turns` ADD `delta_ms` real;--> statement-breakpoint
ALTER TABLE `turns` ADD `generated_ms` integer;--> statement-breakpoint
ALTER TABLE `turns` ADD `unheard` text;--> statement-breakpoint
ALTER TABLE `turns` ADD `usage` text;