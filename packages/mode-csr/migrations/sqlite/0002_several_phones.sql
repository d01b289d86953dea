INSERT INTO `customer_phones` (`customer_id`, `phone`) SELECT `id`, `phone` FROM `customers`;--> statement-breakpoint
DROP INDEX `customers_phone`;--> statement-breakpoint
ALTER TABLE `customers` DROP COLUMN `phone`;