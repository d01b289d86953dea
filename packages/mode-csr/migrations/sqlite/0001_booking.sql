CREATE TABLE `closures` (
	`from_date` text NOT NULL,
	`to_date` text NOT NULL,
	`reason` text,
	PRIMARY KEY(`from_date`, `to_date`)
);
--> statement-breakpoint
CREATE TABLE `customer_phones` (
	`customer_id` text NOT NULL,
	`phone` text NOT NULL,
	PRIMARY KEY(`customer_id`, `phone`),
	FOREIGN KEY (`customer_id`) REFERENCES `customers`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE INDEX `customer_phones_phone` ON `customer_phones` (`phone`,`customer_id`);--> statement-breakpoint
CREATE TABLE `failed_proofs` (
	`id` text PRIMARY KEY NOT NULL,
	`customer_id` text NOT NULL,
	`call_id` text NOT NULL,
	`at` integer NOT NULL,
	FOREIGN KEY (`customer_id`) REFERENCES `customers`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE INDEX `failed_proofs_customer` ON `failed_proofs` (`customer_id`,`at`);--> statement-breakpoint
CREATE TABLE `occupied_cells` (
	`resource_id` text NOT NULL,
	`cell` integer NOT NULL,
	`appointment_id` text NOT NULL,
	PRIMARY KEY(`resource_id`, `cell`),
	FOREIGN KEY (`resource_id`) REFERENCES `resources`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`appointment_id`) REFERENCES `appointments`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE INDEX `occupied_cells_appointment` ON `occupied_cells` (`appointment_id`);--> statement-breakpoint
CREATE TABLE `opening_hours` (
	`weekday` integer NOT NULL,
	`opens` text NOT NULL,
	`closes` text NOT NULL,
	PRIMARY KEY(`weekday`, `opens`),
	CONSTRAINT "opening_hours_weekday" CHECK("opening_hours"."weekday" between 0 and 6)
);
--> statement-breakpoint
CREATE TABLE `resources` (
	`id` text PRIMARY KEY NOT NULL,
	`name` text NOT NULL
);
--> statement-breakpoint
ALTER TABLE `appointments` ADD `call_id` text;--> statement-breakpoint
UPDATE `appointments` SET `status` = 'cancelled' WHERE `status` = 'booked' AND EXISTS (
	SELECT 1 FROM `appointments` AS `earlier` WHERE `earlier`.`status` = 'booked' AND `earlier`.`rowid` < `appointments`.`rowid`
		AND `earlier`.`customer_id` = `appointments`.`customer_id` AND `earlier`.`service_id` = `appointments`.`service_id`
		AND `earlier`.`starts_at` = `appointments`.`starts_at`
);--> statement-breakpoint
CREATE UNIQUE INDEX `appointments_once` ON `appointments` (`customer_id`,`service_id`,`starts_at`) WHERE "appointments"."status" = 'booked';--> statement-breakpoint
ALTER TABLE `customers` ADD `email` text;--> statement-breakpoint
ALTER TABLE `customers` ADD `address` text;--> statement-breakpoint
ALTER TABLE `customers` ADD `postcode` text;--> statement-breakpoint
ALTER TABLE `customers` ADD `date_of_birth` text;--> statement-breakpoint
ALTER TABLE `customers` ADD `pin_hash` text;--> statement-breakpoint
ALTER TABLE `services` ADD `buffer_minutes` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
INSERT INTO `resources` (`id`, `name`) VALUES ('main', 'the calendar');--> statement-breakpoint
INSERT OR IGNORE INTO `occupied_cells` (`resource_id`, `cell`, `appointment_id`)
WITH RECURSIVE `cells` (`cell`, `last`, `appointment_id`) AS (
	SELECT `starts_at` / 300000, (`starts_at` + `duration_minutes` * 60000 - 1) / 300000, `appointments`.`id`
		FROM `appointments` JOIN `services` ON `services`.`id` = `service_id` WHERE `status` = 'booked'
	UNION ALL SELECT `cell` + 1, `last`, `appointment_id` FROM `cells` WHERE `cell` < `last`
)
SELECT 'main', `cell`, `appointment_id` FROM `cells`;
