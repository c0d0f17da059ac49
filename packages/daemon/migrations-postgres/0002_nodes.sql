CREATE TABLE "call_owners" (
	"provider_id" text COLLATE "C" NOT NULL,
	"provider_call_id" text COLLATE "C" NOT NULL,
	"epoch" bigint NOT NULL,
	CONSTRAINT "call_owners_provider_id_provider_call_id_pk" PRIMARY KEY("provider_id","provider_call_id")
);
--> statement-breakpoint
CREATE TABLE "duties" (
	"name" text COLLATE "C" PRIMARY KEY NOT NULL,
	"epoch" bigint NOT NULL,
	"until" bigint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "nodes" (
	"epoch" bigint PRIMARY KEY NOT NULL,
	"name" text COLLATE "C" NOT NULL,
	"version" text COLLATE "C" NOT NULL,
	"is_cluster" boolean NOT NULL,
	"started_at" bigint NOT NULL,
	"seen_at" bigint NOT NULL,
	"fenced_at" bigint
);
--> statement-breakpoint
ALTER TABLE "log_head" ADD COLUMN "members" bigint[] DEFAULT '{}' NOT NULL;--> statement-breakpoint
ALTER TABLE "log_head" ADD COLUMN "last_epoch" bigint DEFAULT 0 NOT NULL;--> statement-breakpoint
CREATE INDEX "call_owners_by_epoch" ON "call_owners" USING btree ("epoch");