CREATE TABLE "changes" (
	"topic" text COLLATE "C" PRIMARY KEY NOT NULL,
	"changed_at" bigint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "instances" (
	"id" text COLLATE "C" NOT NULL,
	"boot_id" text COLLATE "C" PRIMARY KEY NOT NULL,
	"address" text COLLATE "C",
	"version" text COLLATE "C" NOT NULL,
	"state" text COLLATE "C" NOT NULL,
	"active" bigint NOT NULL,
	"rated" bigint NOT NULL,
	"loop_p99_ms" double precision NOT NULL,
	"secret_mark" text COLLATE "C",
	"started_at" bigint NOT NULL,
	"heartbeat_at" bigint NOT NULL
);
--> statement-breakpoint
ALTER TABLE "calls" ADD COLUMN "owner" text COLLATE "C";--> statement-breakpoint
ALTER TABLE "calls" ADD COLUMN "boot_id" text COLLATE "C" GENERATED ALWAYS AS (process) STORED;--> statement-breakpoint
ALTER TABLE "calls" ADD COLUMN "media_epoch" bigint DEFAULT 0 NOT NULL;--> statement-breakpoint
CREATE INDEX "instances_by_heartbeat" ON "instances" USING btree ("heartbeat_at");--> statement-breakpoint
CREATE INDEX "calls_by_owner" ON "calls" USING btree ("owner") WHERE ended_at IS NULL;