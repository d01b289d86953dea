CREATE TABLE `recorded_greetings` (
	`id` text PRIMARY KEY NOT NULL,
	`mode` text NOT NULL,
	`prompt_version` text NOT NULL,
	`voice` text NOT NULL,
	`model` text NOT NULL,
	`text` text NOT NULL,
	`audio` blob NOT NULL,
	`recorded_at` integer NOT NULL
);
