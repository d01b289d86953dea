CREATE TABLE `sessions` (
	`id` text PRIMARY KEY NOT NULL,
	`hash` text NOT NULL,
	`key_id` text,
	`token_hash` text,
	`started_at` integer NOT NULL,
	`last_used_at` integer NOT NULL,
	`address` text,
	`browser` text,
	FOREIGN KEY (`key_id`) REFERENCES `people_keys`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE UNIQUE INDEX `sessions_by_hash` ON `sessions` (`hash`);