ALTER TABLE "calls" ADD COLUMN "adopted" bigint GENERATED ALWAYS AS (epoch - 1) STORED;--> statement-breakpoint
ALTER TABLE "calls" ADD COLUMN "next" json;--> statement-breakpoint
ALTER TABLE "live_calls" ADD COLUMN "own_time" bigint;--> statement-breakpoint
ALTER TABLE "live_calls" ADD COLUMN "adopted_at" bigint;--> statement-breakpoint
ALTER TABLE "live_calls" ADD COLUMN "quick_adoptions" bigint DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "live_calls" ADD COLUMN "looked_at" bigint;