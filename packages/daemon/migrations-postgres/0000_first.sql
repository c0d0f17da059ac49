CREATE TABLE "access_tokens" (
	"name" text COLLATE "C" PRIMARY KEY NOT NULL,
	"sha256" text COLLATE "C" NOT NULL,
	"scopes" json NOT NULL,
	"created_at" bigint NOT NULL,
	"created_by" text COLLATE "C" NOT NULL,
	"expires_at" bigint,
	"revoked_at" bigint
);
--> statement-breakpoint
CREATE TABLE "audit_log" (
	"seq" bigint PRIMARY KEY NOT NULL,
	"at" bigint NOT NULL,
	"by_name" text COLLATE "C" NOT NULL,
	"action" text COLLATE "C" NOT NULL,
	"call_digest" text COLLATE "C" NOT NULL,
	"details" text COLLATE "C",
	"hash" text COLLATE "C" NOT NULL
);
--> statement-breakpoint
CREATE TABLE "call_measures" (
	"period" text COLLATE "C" NOT NULL,
	"start" bigint NOT NULL,
	"provider_id" text COLLATE "C" NOT NULL,
	"direction" text COLLATE "C" NOT NULL,
	"end_category" text COLLATE "C" NOT NULL,
	"measure" text COLLATE "C" NOT NULL,
	"key" text COLLATE "C" NOT NULL,
	"calls" bigint NOT NULL,
	"value" bigint NOT NULL,
	CONSTRAINT "call_measures_period_start_provider_id_direction_end_category_measure_key_pk" PRIMARY KEY("period","start","provider_id","direction","end_category","measure","key")
);
--> statement-breakpoint
CREATE TABLE "call_numbers" (
	"call_id" text COLLATE "C" NOT NULL,
	"number" text COLLATE "C" NOT NULL,
	"reversed" text COLLATE "C" NOT NULL,
	CONSTRAINT "call_numbers_call_id_number_pk" PRIMARY KEY("call_id","number")
);
--> statement-breakpoint
CREATE TABLE "call_tags" (
	"call_id" text COLLATE "C" NOT NULL,
	"tag" text COLLATE "C" NOT NULL,
	CONSTRAINT "call_tags_call_id_tag_pk" PRIMARY KEY("call_id","tag")
);
--> statement-breakpoint
CREATE TABLE "call_totals" (
	"period" text COLLATE "C" NOT NULL,
	"start" bigint NOT NULL,
	"provider_id" text COLLATE "C" NOT NULL,
	"direction" text COLLATE "C" NOT NULL,
	"end_category" text COLLATE "C" NOT NULL,
	"calls" bigint NOT NULL,
	"measured" bigint NOT NULL,
	"duration_ms" bigint NOT NULL,
	CONSTRAINT "call_totals_period_start_provider_id_direction_end_category_pk" PRIMARY KEY("period","start","provider_id","direction","end_category")
);
--> statement-breakpoint
CREATE TABLE "calls" (
	"id" text COLLATE "C" PRIMARY KEY NOT NULL,
	"provider_id" text COLLATE "C" NOT NULL,
	"provider_call_id" text COLLATE "C" NOT NULL,
	"status" text COLLATE "C" NOT NULL,
	"direction" text COLLATE "C",
	"from_number" text COLLATE "C",
	"to_number" text COLLATE "C",
	"assistant" json,
	"assistant_key" text COLLATE "C" GENERATED ALWAYS AS (coalesce(assistant ->> 'name', assistant ->> 'providerAssistantId')) STORED,
	"created_at" bigint NOT NULL,
	"answered_at" bigint,
	"ended_at" bigint,
	"end_category" text COLLATE "C",
	"end_code" text COLLATE "C",
	"end_message" text COLLATE "C",
	"summary" text COLLATE "C",
	"cost_amount" double precision,
	"cost_currency" text COLLATE "C",
	"provider_data" json,
	"muted_parties" json NOT NULL,
	"tags" json DEFAULT '[]' NOT NULL,
	"transcription" json,
	"hold" json,
	"duration_ms" bigint GENERATED ALWAYS AS (ended_at - answered_at) STORED,
	"state" json NOT NULL
);
--> statement-breakpoint
CREATE TABLE "commands" (
	"id" text COLLATE "C" PRIMARY KEY NOT NULL,
	"call_id" text COLLATE "C",
	"kind" text COLLATE "C" NOT NULL,
	"arguments" json NOT NULL,
	"status" text COLLATE "C" NOT NULL,
	"failure" json,
	"requested_by" text COLLATE "C" NOT NULL,
	"requested_at" bigint NOT NULL,
	"settled_at" bigint,
	"idempotency_key" text COLLATE "C",
	"fingerprint" text COLLATE "C"
);
--> statement-breakpoint
CREATE TABLE "events" (
	"position" bigint PRIMARY KEY NOT NULL,
	"call_id" text COLLATE "C" NOT NULL,
	"type" text COLLATE "C" NOT NULL,
	"at" bigint NOT NULL,
	"fact" json NOT NULL,
	"dedupe_key" text COLLATE "C"
);
--> statement-breakpoint
CREATE TABLE "listenings" (
	"id" text COLLATE "C" PRIMARY KEY NOT NULL,
	"call_id" text COLLATE "C" NOT NULL,
	"by_name" text COLLATE "C" NOT NULL,
	"started_at" bigint NOT NULL,
	"ended_at" bigint
);
--> statement-breakpoint
CREATE TABLE "log_commits" (
	"writer" text COLLATE "C" NOT NULL,
	"number" bigint NOT NULL,
	"attempt" bigint NOT NULL,
	"position" bigint NOT NULL,
	"at" bigint NOT NULL,
	CONSTRAINT "log_commits_writer_number_pk" PRIMARY KEY("writer","number")
);
--> statement-breakpoint
CREATE TABLE "log_epochs" (
	"starts_after" bigint PRIMARY KEY NOT NULL,
	"id" text COLLATE "C" NOT NULL
);
--> statement-breakpoint
CREATE TABLE "log_head" (
	"is_head" boolean PRIMARY KEY DEFAULT true NOT NULL,
	"position" bigint NOT NULL,
	CONSTRAINT "log_head_is_one_row" CHECK (is_head)
);
--> statement-breakpoint
CREATE TABLE "meta" (
	"key" text COLLATE "C" PRIMARY KEY NOT NULL,
	"value" text COLLATE "C" NOT NULL
);
--> statement-breakpoint
CREATE TABLE "notes" (
	"id" text COLLATE "C" PRIMARY KEY NOT NULL,
	"call_id" text COLLATE "C" NOT NULL,
	"text" text COLLATE "C" NOT NULL,
	"at" bigint NOT NULL,
	"offset_ms" bigint,
	"author" text COLLATE "C" NOT NULL
);
--> statement-breakpoint
CREATE TABLE "plugin_state" (
	"provider_id" text COLLATE "C" NOT NULL,
	"key" text COLLATE "C" NOT NULL,
	"value" text COLLATE "C" NOT NULL,
	CONSTRAINT "plugin_state_provider_id_key_pk" PRIMARY KEY("provider_id","key")
);
--> statement-breakpoint
CREATE TABLE "recordings" (
	"call_id" text COLLATE "C" PRIMARY KEY NOT NULL,
	"state" text COLLATE "C" NOT NULL,
	"started_at" bigint NOT NULL,
	"channels" bigint NOT NULL,
	"sample_rate" bigint NOT NULL,
	"ended_at" bigint,
	"duration_ms" bigint,
	"bytes" bigint
);
--> statement-breakpoint
CREATE TABLE "streams" (
	"id" text COLLATE "C" PRIMARY KEY NOT NULL,
	"call_id" text COLLATE "C" NOT NULL,
	"provider_stream_id" text COLLATE "C",
	"encoding" text COLLATE "C" NOT NULL,
	"sample_rate" bigint NOT NULL,
	"parties" json NOT NULL,
	"started_at" bigint NOT NULL,
	"ended_at" bigint,
	"end_reason" text COLLATE "C",
	"frames" bigint DEFAULT 0 NOT NULL,
	"bytes" bigint DEFAULT 0 NOT NULL,
	"missing_frames" bigint DEFAULT 0 NOT NULL,
	"listening_lost_ms" bigint DEFAULT 0 NOT NULL,
	"recording_lost_ms" bigint DEFAULT 0 NOT NULL,
	"transcript_lost_ms" bigint DEFAULT 0 NOT NULL
);
--> statement-breakpoint
CREATE TABLE "utterances" (
	"id" text COLLATE "C" PRIMARY KEY NOT NULL,
	"call_id" text COLLATE "C" NOT NULL,
	"position" bigint NOT NULL,
	"at" bigint NOT NULL,
	"order_ms" bigint NOT NULL,
	"party" text COLLATE "C" NOT NULL,
	"text" text COLLATE "C" NOT NULL,
	"start_ms" double precision,
	"end_ms" double precision,
	"confidence" double precision,
	"by_name" text COLLATE "C"
);
--> statement-breakpoint
CREATE TABLE "waveforms" (
	"call_id" text COLLATE "C" NOT NULL,
	"party" text COLLATE "C" NOT NULL,
	"piece" bigint NOT NULL,
	"peaks" "bytea" NOT NULL,
	CONSTRAINT "waveforms_call_id_party_piece_pk" PRIMARY KEY("call_id","party","piece")
);
--> statement-breakpoint
CREATE INDEX "audit_by_name" ON "audit_log" USING btree ("by_name","seq");--> statement-breakpoint
CREATE INDEX "audit_by_action" ON "audit_log" USING btree ("action","seq");--> statement-breakpoint
CREATE INDEX "audit_by_call" ON "audit_log" USING btree ("call_digest","seq");--> statement-breakpoint
CREATE INDEX "call_numbers_by_number" ON "call_numbers" USING btree ("number","call_id");--> statement-breakpoint
CREATE INDEX "call_numbers_by_last_digits" ON "call_numbers" USING btree ("reversed","call_id");--> statement-breakpoint
CREATE INDEX "call_tags_by_tag" ON "call_tags" USING btree ("tag","call_id");--> statement-breakpoint
CREATE UNIQUE INDEX "calls_by_provider_call" ON "calls" USING btree ("provider_id","provider_call_id");--> statement-breakpoint
CREATE INDEX "calls_by_age" ON "calls" USING btree ("created_at","id");--> statement-breakpoint
CREATE INDEX "calls_by_end" ON "calls" USING btree ("ended_at","id");--> statement-breakpoint
CREATE INDEX "calls_by_duration" ON "calls" USING btree ("duration_ms","id");--> statement-breakpoint
CREATE INDEX "calls_by_assistant" ON "calls" USING btree ("assistant_key","id") WHERE status = 'ENDED' and assistant_key is not null;--> statement-breakpoint
CREATE INDEX "calls_held" ON "calls" USING btree ("id") WHERE hold is not null;--> statement-breakpoint
CREATE INDEX "calls_live" ON "calls" USING btree ("status") WHERE status <> 'ENDED';--> statement-breakpoint
CREATE INDEX "commands_by_call" ON "commands" USING btree ("call_id","requested_at","id");--> statement-breakpoint
CREATE INDEX "commands_open" ON "commands" USING btree ("id") WHERE status = 'REQUESTED';--> statement-breakpoint
CREATE UNIQUE INDEX "commands_by_key" ON "commands" USING btree ("requested_by","idempotency_key") WHERE idempotency_key is not null;--> statement-breakpoint
CREATE INDEX "events_by_call" ON "events" USING btree ("call_id","position");--> statement-breakpoint
CREATE UNIQUE INDEX "events_by_dedupe_key" ON "events" USING btree ("call_id","dedupe_key") WHERE dedupe_key is not null;--> statement-breakpoint
CREATE INDEX "listenings_by_call" ON "listenings" USING btree ("call_id","started_at");--> statement-breakpoint
CREATE INDEX "listenings_open" ON "listenings" USING btree ("id") WHERE ended_at is null;--> statement-breakpoint
CREATE INDEX "notes_by_call" ON "notes" USING btree ("call_id","at","id");--> statement-breakpoint
CREATE INDEX "recordings_open" ON "recordings" USING btree ("call_id") WHERE state = 'RECORDING';--> statement-breakpoint
CREATE INDEX "streams_by_call" ON "streams" USING btree ("call_id","started_at");--> statement-breakpoint
CREATE INDEX "streams_open" ON "streams" USING btree ("call_id") WHERE ended_at is null;--> statement-breakpoint
CREATE INDEX "utterances_by_call" ON "utterances" USING btree ("call_id","order_ms","id");--> statement-breakpoint
CREATE UNIQUE INDEX "utterances_by_position" ON "utterances" USING btree ("position");