/** The schema, put together. docs/reference/schema.graphql is its printed form, compared in a test. */
import type { GraphQLSchema } from 'graphql';
import { guard } from './access.ts';
import { addAnnotations } from './annotate.ts';
import { addAudio } from './audio.ts';
import { addBackfill } from './backfill.ts';
import { createBuilder, type SchemaDeps } from './builder.ts';
import { addCall, addCallParts } from './call.ts';
import { addCommand } from './command.ts';
import { addEnums } from './enums.ts';
import { addEvents } from './events.ts';
import { addMutations } from './mutations.ts';
import { addProvider } from './provider.ts';
import { addQueries } from './queries.ts';
import { addRecording } from './recording.ts';
import { createRefs } from './refs.ts';
import { addScalars } from './scalars.ts';
import { addSubscriptions } from './subscriptions.ts';
import { addTranscription } from './transcription.ts';
import { addMediaStream, addUtterance } from './utterance.ts';
import { addViewer } from './viewer.ts';

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
