CREATE TABLE `messages` (
	`id` text PRIMARY KEY NOT NULL,
	`call_id` text NOT NULL,
	`caller_name` text NOT NULL,
	`caller_number` text,
	`text` text NOT NULL,
	`urgency` text NOT NULL,
	`created_at` integer NOT NULL
);
