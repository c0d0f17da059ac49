/** The schema, put together. docs/reference/schema.graphql is its printed form, compared in a test. */
import type { GraphQLSchema } from 'graphql';
import { guard } from './guard/access.ts';
import { addAnnotations } from './operations/annotations.ts';
import { addAudio } from './types/audio.ts';
import { addBackfill } from './operations/backfill.ts';
import { createBuilder, type SchemaDeps } from './builder.ts';
import { addCall, addCallParts } from './types/call.ts';
import { addCommand } from './types/command.ts';
import { addEnums } from './types/enums.ts';
import { addEvents } from './types/events.ts';
import { addMutations } from './operations/mutations.ts';
import { addProvider } from './types/provider.ts';
import { addQueries } from './operations/queries.ts';
import { addRecording } from './types/recording.ts';
import { createRefs } from './types/refs.ts';
import { addScalars } from './types/scalars.ts';
import { addSubscriptions } from './operations/subscriptions.ts';
import { addTranscription } from './types/transcription.ts';
import { addMediaStream, addUtterance } from './types/utterance.ts';
import { addViewer } from './types/viewer.ts';

export function createSchema(deps: SchemaDeps): GraphQLSchema {
  const builder = createBuilder();
  const refs = createRefs(builder);
  addScalars(builder, deps);
  const enums = addEnums(builder);
  addCallParts(refs, enums);
  addCall(refs, enums, deps);
  addAudio(builder, refs, enums, deps);
  addRecording(builder, refs, deps);
  addUtterance(refs, enums, deps);
  addMediaStream(refs, enums);
  addProvider(refs, enums, deps);
  addCommand(refs, enums, deps);
  addEvents(builder, refs, enums, deps);
  addQueries(builder, refs, enums, deps);
  addMutations(builder, refs, enums, deps);
  addAnnotations(builder, refs, enums, deps);
  addTranscription(builder, refs, enums, deps);
  addBackfill(builder, refs, deps);
  addSubscriptions(builder, refs, enums, deps);
  addViewer(builder);
  return guard(builder.toSchema());
}
