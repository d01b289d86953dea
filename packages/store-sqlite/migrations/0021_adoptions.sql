ALTER TABLE `calls` ADD `adopted` integer GENERATED ALWAYS AS (epoch - 1) VIRTUAL;--> statement-breakpoint
ALTER TABLE `calls` ADD `next` text;--> statement-breakpoint
ALTER TABLE `live_calls` ADD `own_time` integer;--> statement-breakpoint
ALTER TABLE `live_calls` ADD `adopted_at` integer;--> statement-breakpoint
ALTER TABLE `live_calls` ADD `quick_adoptions` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE `live_calls` ADD `looked_at` integer;