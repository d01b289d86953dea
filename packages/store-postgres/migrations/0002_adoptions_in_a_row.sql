ALTER TABLE "live_calls" ADD COLUMN "own_time" bigint;--> statement-breakpoint
ALTER TABLE "live_calls" ADD COLUMN "adopted_at" bigint;--> statement-breakpoint
ALTER TABLE "live_calls" ADD COLUMN "quick_adoptions" bigint DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "live_calls" ADD COLUMN "looked_at" bigint;