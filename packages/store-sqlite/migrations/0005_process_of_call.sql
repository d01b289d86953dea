CREATE TABLE `processes` (
	`id` text PRIMARY KEY NOT NULL,
	`seen_at` integer NOT NULL
);
--> statement-breakpoint
ALTER TABLE `calls` ADD `process` text;--> statement-breakpoint
CREATE INDEX `calls_unfinished` ON `calls` (`process`) WHERE ended_at IS NULL;