CREATE TABLE `orders` (
	`number` text PRIMARY KEY NOT NULL,
	`status` text NOT NULL,
	`due_at` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `orders_by_due` ON `orders` (`due_at`);