CREATE TABLE `live_calls` (
	`call_id` text PRIMARY KEY NOT NULL,
	`plan` text NOT NULL,
	`written_at` integer NOT NULL,
	FOREIGN KEY (`call_id`) REFERENCES `calls`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE TABLE `live_steps` (
	`call_id` text NOT NULL,
	`position` integer NOT NULL,
	`step` text NOT NULL,
	PRIMARY KEY(`call_id`, `position`),
	FOREIGN KEY (`call_id`) REFERENCES `calls`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
ALTER TABLE `calls` ADD `epoch` integer DEFAULT 1 NOT NULL;--> statement-breakpoint
ALTER TABLE `processes` ADD `address` text;