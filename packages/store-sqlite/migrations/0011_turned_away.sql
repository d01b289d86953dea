CREATE TABLE `turned_away` (
	`minute` integer NOT NULL,
	`dialled` text NOT NULL,
	`reason` text NOT NULL,
	`calls` integer NOT NULL,
	PRIMARY KEY(`minute`, `dialled`, `reason`)
);
