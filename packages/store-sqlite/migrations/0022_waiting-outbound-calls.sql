ALTER TABLE `outbound_calls` ADD `owner` text;--> statement-breakpoint
ALTER TABLE `outbound_calls` ADD `epoch` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE `outbound_calls` ADD `not_after` integer;--> statement-breakpoint
ALTER TABLE `outbound_calls` ADD `plan` text;