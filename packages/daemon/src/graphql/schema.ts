/** Assembles the schema. A test compares it with docs/reference/schema.graphql. */
import type { GraphQLSchema } from 'graphql';
import { createBuilder, type SchemaDeps } from './builder.ts';
import { guard } from './guard/access.ts';
import { fitInts } from './guard/int-range.ts';
import { addAnnotations } from './operations/annotations.ts';
import { addHolds } from './operations/holds.ts';
import { addErasure } from './operations/erasure.ts';
import { addBackfill } from './operations/backfill.ts';
import { addMutations } from './operations/mutations.ts';
import { addQueries } from './operations/queries.ts';
import { addRetention } from './operations/retention.ts';
import { addSearch } from './operations/search.ts';
import { addStats } from './operations/stats.ts';
import { addSubscriptions } from './operations/subscriptions.ts';
import { addTokens } from './operations/tokens.ts';
import { addTranscribe } from './operations/transcribe.ts';
import { addAudio } from './types/audio.ts';
import { addCall } from './types/call.ts';
import { addCallLists } from './types/call-lists.ts';
import { addCallParts } from './types/call-parts.ts';
import { addCommand } from './types/command.ts';
import { addEnums } from './types/enums.ts';
import { addEvents } from './types/events.ts';
import { addCallFilter } from './types/filter.ts';
import { addProvider } from './types/providers/provider.ts';
import { addRecording } from './types/recording.ts';
import { addSignedUrls } from './types/signed-urls.ts';
import { createRefs } from './types/refs.ts';
import { addScalars } from './types/scalars.ts';
import { addTranscription } from './types/transcription.ts';
import { addMediaStream, addUtterance } from './types/utterance.ts';
import { addViewer } from './types/viewer.ts';

export function createSchema(deps: SchemaDeps): GraphQLSchema {
  const builder = createBuilder();
  const refs = createRefs(builder);
  const enums = addEnums(builder);

  addScalars(builder, deps);
  addCallParts(refs, enums);
  addCall(builder, refs, enums, deps);
  addCallLists(builder, refs, enums, deps);
  addCallFilter(refs, enums);
  addAudio(builder, refs, enums, deps);
  addRecording(builder, refs, deps);
  addSignedUrls(builder, refs, deps);
  addUtterance(refs, enums, deps);
  addMediaStream(refs, enums);
  addProvider(refs, enums, deps);
  addTranscription(refs, enums, deps);
  addCommand(refs, enums, deps);
  addEvents(builder, refs, enums, deps);
  const Scope = addViewer(builder);

  addQueries(builder, refs, deps);
  addSearch(builder, refs, deps);
  addStats(builder, refs, enums, deps);
  addMutations(builder, refs, enums, deps);
  addAnnotations(builder, refs, enums, deps);
  addErasure(builder, deps);
  addRetention(builder, deps);
  addHolds(builder, refs, deps);
  addTokens(builder, Scope, deps);
  addTranscribe(builder, refs, deps);
  addBackfill(builder, refs, deps);
  addSubscriptions(builder, refs, enums, deps);
  return guard(fitInts(builder.toSchema()));
}
