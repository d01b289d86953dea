CREATE TABLE `recorded_phrases` (
	`voice` text NOT NULL,
	`language` text NOT NULL,
	`key` text NOT NULL,
	`text` text NOT NULL,
	`model` text NOT NULL,
	`audio` blob NOT NULL,
	`recorded_at` integer NOT NULL,
	PRIMARY KEY(`voice`, `language`, `key`)
);
