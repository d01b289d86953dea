CREATE TABLE `jobs` (
	`name` text PRIMARY KEY NOT NULL,
	`ran_at` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `message_deliveries` (
	`message_id` text NOT NULL,
	`destination` text NOT NULL,
	`attempts` integer DEFAULT 0 NOT NULL,
	`next_attempt_at` integer,
	`delivered_at` integer,
	`gave_up_at` integer,
	`problem` text,
	PRIMARY KEY(`message_id`, `destination`),
	FOREIGN KEY (`message_id`) REFERENCES `messages`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE INDEX `message_deliveries_by_next_attempt` ON `message_deliveries` (`next_attempt_at`);--> statement-breakpoint
CREATE INDEX `messages_to_do` ON `messages` (`created_at`) WHERE done_at IS NULL;--> statement-breakpoint
ALTER TABLE `messages` DROP COLUMN `delivery_problem`;--> statement-breakpoint
ALTER TABLE `messages` DROP COLUMN `gave_up_at`;