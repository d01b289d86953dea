CREATE TABLE "orders" (
	"number" text PRIMARY KEY NOT NULL,
	"status" text NOT NULL,
	"due_at" bigint NOT NULL
);
--> statement-breakpoint
CREATE INDEX "orders_by_due" ON "orders" USING btree ("due_at");