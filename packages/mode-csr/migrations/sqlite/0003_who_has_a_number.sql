ALTER TABLE `customer_phones` ADD `claim` integer DEFAULT 2 NOT NULL;--> statement-breakpoint
ALTER TABLE `failed_proofs` ADD `caller` text;--> statement-breakpoint
CREATE INDEX `failed_proofs_caller` ON `failed_proofs` (`caller`,`at`);