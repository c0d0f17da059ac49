-- Renames what is stored under names that described it poorly. Values stay as they are.
update events set type = 'CALL_NOTICE' where type = 'PROVIDER_NOTICE';
--> statement-breakpoint
update events
  set fact = json_remove(json_set(fact, '$.includesTranscript', json(iif(json_extract(fact, '$.tellsWords'), 'true', 'false'))), '$.tellsWords')
  where type = 'CALL_REPORTED' and json_type(fact, '$.tellsWords') is not null;
--> statement-breakpoint
alter table `calls` rename column `innards` to `state`;
--> statement-breakpoint
update calls
  set state = json_remove(json_set(state,
    '$.isTranscriptReported', json(iif(json_extract(state, '$.wordsReported'), 'true', 'false')),
    '$.lastFinalEndMs', json(coalesce(json_extract(state, '$.heardUntilMs'), '{}'))),
    '$.wordsReported', '$.heardUntilMs');
