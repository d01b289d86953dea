CREATE TABLE `call_events` (
	`call_id` text PRIMARY KEY NOT NULL,
	`version` integer NOT NULL,
	`events` blob NOT NULL,
	`created_at` integer NOT NULL,
	FOREIGN KEY (`call_id`) REFERENCES `calls`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE INDEX `call_events_by_time` ON `call_events` (`created_at`);
--> statement-breakpoint
UPDATE `calls` SET `answered_by` = 'machine' WHERE `answered_by` = 'machine_start';
--> statement-breakpoint
UPDATE `calls` SET `answered_by` = 'machine_ended' WHERE `answered_by` IN ('machine_end_beep', 'machine_end_silence', 'machine_end_other');
--> statement-breakpoint
UPDATE `outbound_calls` SET `answered_by` = 'machine' WHERE `answered_by` = 'machine_start';
--> statement-breakpoint
UPDATE `outbound_calls` SET `answered_by` = 'machine_ended' WHERE `answered_by` IN ('machine_end_beep', 'machine_end_silence', 'machine_end_other');
--> statement-breakpoint
UPDATE `latency_marks` SET `measure` = 'webhook_to_answer' WHERE `measure` = 'webhook_to_twiml';
