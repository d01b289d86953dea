CREATE TABLE "changes" (
	"topic" text PRIMARY KEY NOT NULL,
	"changed_at" bigint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "instances" (
	"id" text NOT NULL,
	"boot_id" text PRIMARY KEY NOT NULL,
	"address" text,
	"version" text NOT NULL,
	"state" text NOT NULL,
	"active" bigint NOT NULL,
	"rated" bigint NOT NULL,
	"loop_p99_ms" double precision NOT NULL,
	"secret_mark" text,
	"started_at" bigint NOT NULL,
	"heartbeat_at" bigint NOT NULL
);
--> statement-breakpoint
ALTER TABLE "calls" ADD COLUMN "owner" text;--> statement-breakpoint
ALTER TABLE "calls" ADD COLUMN "boot_id" text GENERATED ALWAYS AS (process) STORED;--> statement-breakpoint
ALTER TABLE "calls" ADD COLUMN "media_epoch" bigint DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "calls" ADD COLUMN "trial" jsonb;--> statement-breakpoint
CREATE INDEX "instances_by_heartbeat" ON "instances" USING btree ("heartbeat_at");--> statement-breakpoint
CREATE INDEX "calls_by_owner" ON "calls" USING btree ("owner") WHERE ended_at IS NULL;--> statement-breakpoint
CREATE INDEX "latency_marks_by_measure" ON "latency_marks" USING btree ("measure","call_id","ms");