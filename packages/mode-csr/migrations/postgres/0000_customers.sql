CREATE TABLE "appointments" (
	"id" text COLLATE "C" PRIMARY KEY NOT NULL,
	"customer_id" text COLLATE "C" NOT NULL,
	"service_id" text COLLATE "C" NOT NULL,
	"starts_at" bigint NOT NULL,
	"status" text COLLATE "C" NOT NULL,
	"call_id" text COLLATE "C"
);
--> statement-breakpoint
CREATE TABLE "closures" (
	"from_date" text COLLATE "C" NOT NULL,
	"to_date" text COLLATE "C" NOT NULL,
	"reason" text COLLATE "C",
	CONSTRAINT "closures_from_date_to_date_pk" PRIMARY KEY("from_date","to_date")
);
--> statement-breakpoint
CREATE TABLE "customer_phones" (
	"customer_id" text COLLATE "C" NOT NULL,
	"phone" text COLLATE "C" NOT NULL,
	"claim" bigint DEFAULT 2 NOT NULL,
	CONSTRAINT "customer_phones_customer_id_phone_pk" PRIMARY KEY("customer_id","phone")
);
--> statement-breakpoint
CREATE TABLE "customers" (
	"id" text COLLATE "C" PRIMARY KEY NOT NULL,
	"first_name" text COLLATE "C" NOT NULL,
	"last_name" text COLLATE "C" NOT NULL,
	"email" text COLLATE "C",
	"address" text COLLATE "C",
	"postcode" text COLLATE "C",
	"date_of_birth" text COLLATE "C",
	"pin_hash" text COLLATE "C",
	"created_at" bigint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "failed_proofs" (
	"id" text COLLATE "C" PRIMARY KEY NOT NULL,
	"customer_id" text COLLATE "C" NOT NULL,
	"call_id" text COLLATE "C" NOT NULL,
	"at" bigint NOT NULL,
	"caller" text COLLATE "C"
);
--> statement-breakpoint
CREATE TABLE "notes" (
	"id" text COLLATE "C" PRIMARY KEY NOT NULL,
	"customer_id" text COLLATE "C" NOT NULL,
	"call_id" text COLLATE "C" NOT NULL,
	"text" text COLLATE "C" NOT NULL,
	"created_at" bigint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "occupied_cells" (
	"resource_id" text COLLATE "C" NOT NULL,
	"cell" bigint NOT NULL,
	"appointment_id" text COLLATE "C" NOT NULL,
	CONSTRAINT "occupied_cells_resource_id_cell_pk" PRIMARY KEY("resource_id","cell")
);
--> statement-breakpoint
CREATE TABLE "opening_hours" (
	"weekday" bigint NOT NULL,
	"opens" text COLLATE "C" NOT NULL,
	"closes" text COLLATE "C" NOT NULL,
	CONSTRAINT "opening_hours_weekday_opens_pk" PRIMARY KEY("weekday","opens"),
	CONSTRAINT "opening_hours_weekday" CHECK ("opening_hours"."weekday" between 0 and 6)
);
--> statement-breakpoint
CREATE TABLE "resources" (
	"id" text COLLATE "C" PRIMARY KEY NOT NULL,
	"name" text COLLATE "C" NOT NULL
);
--> statement-breakpoint
CREATE TABLE "services" (
	"id" text COLLATE "C" PRIMARY KEY NOT NULL,
	"name" text COLLATE "C" NOT NULL,
	"duration_minutes" bigint NOT NULL,
	"buffer_minutes" bigint DEFAULT 0 NOT NULL
);
--> statement-breakpoint
ALTER TABLE "appointments" ADD CONSTRAINT "appointments_customer_id_customers_id_fk" FOREIGN KEY ("customer_id") REFERENCES "public"."customers"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "appointments" ADD CONSTRAINT "appointments_service_id_services_id_fk" FOREIGN KEY ("service_id") REFERENCES "public"."services"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "customer_phones" ADD CONSTRAINT "customer_phones_customer_id_customers_id_fk" FOREIGN KEY ("customer_id") REFERENCES "public"."customers"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "failed_proofs" ADD CONSTRAINT "failed_proofs_customer_id_customers_id_fk" FOREIGN KEY ("customer_id") REFERENCES "public"."customers"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "notes" ADD CONSTRAINT "notes_customer_id_customers_id_fk" FOREIGN KEY ("customer_id") REFERENCES "public"."customers"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "occupied_cells" ADD CONSTRAINT "occupied_cells_resource_id_resources_id_fk" FOREIGN KEY ("resource_id") REFERENCES "public"."resources"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "occupied_cells" ADD CONSTRAINT "occupied_cells_appointment_id_appointments_id_fk" FOREIGN KEY ("appointment_id") REFERENCES "public"."appointments"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "appointments_customer" ON "appointments" USING btree ("customer_id","starts_at");--> statement-breakpoint
CREATE UNIQUE INDEX "appointments_once" ON "appointments" USING btree ("customer_id","service_id","starts_at") WHERE "appointments"."status" = 'booked';--> statement-breakpoint
CREATE INDEX "customer_phones_phone" ON "customer_phones" USING btree ("phone","customer_id");--> statement-breakpoint
CREATE INDEX "failed_proofs_customer" ON "failed_proofs" USING btree ("customer_id","at");--> statement-breakpoint
CREATE INDEX "failed_proofs_caller" ON "failed_proofs" USING btree ("caller","at");--> statement-breakpoint
CREATE INDEX "occupied_cells_appointment" ON "occupied_cells" USING btree ("appointment_id");--> statement-breakpoint
INSERT INTO "resources" ("id", "name") VALUES ('main', 'the calendar');
