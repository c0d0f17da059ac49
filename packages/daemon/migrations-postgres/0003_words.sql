CREATE TABLE "utterance_words" (
	"position" bigint PRIMARY KEY NOT NULL,
	"call_id" text COLLATE "C" NOT NULL,
	"words" text COLLATE "C" NOT NULL
);
--> statement-breakpoint
CREATE INDEX "utterance_words_by_call" ON "utterance_words" USING btree ("call_id");--> statement-breakpoint
CREATE INDEX "utterance_words_by_word" ON "utterance_words" USING gin (array_to_tsvector(string_to_array(btrim(words), ' '))) WITH (gin_pending_list_limit=256);