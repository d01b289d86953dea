ALTER TABLE "outbound_calls" ADD COLUMN "owner" text COLLATE "C";--> statement-breakpoint
ALTER TABLE "outbound_calls" ADD COLUMN "epoch" bigint DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "outbound_calls" ADD COLUMN "not_after" bigint;--> statement-breakpoint
ALTER TABLE "outbound_calls" ADD COLUMN "plan" text COLLATE "C";