CREATE TABLE "rates" (
	"key" text PRIMARY KEY NOT NULL,
	"next_at" double precision NOT NULL,
	"per_second" double precision NOT NULL
);
