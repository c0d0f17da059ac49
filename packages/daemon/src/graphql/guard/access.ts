/**
 * Which scope a field needs. Kept here and applied once to the whole schema, so that no resolver has to think of it.
 * What is not named needs nothing of its own: it is reached only through a field that is.
 */
import { FaultError } from '@sidetone/core';
import {
  defaultFieldResolver,
  isObjectType,
  type GraphQLField,
  type GraphQLFieldResolver,
  type GraphQLSchema,
} from 'graphql';
import type { Scope } from '../../access/viewer.ts';
import type { Context } from '../builder.ts';

/** `null` is for everybody. */
export const FIELD_SCOPES: Readonly<Record<string, Scope | null>> = {
  'Query.viewer': null,
  // Whoever was given a call by a mutation may know which one it is, without reading on.
  'Call.id': null,
  'Call.levels': 'LISTEN',
  'Call.listenUrl': 'LISTEN',
  'Call.recording': 'LISTEN',
  'Call.waveform': 'LISTEN',
  'RecordingChanged.recording': 'LISTEN',
  'Subscription.audioLevels': 'LISTEN',
  'Mutation.placeCall': 'CONTROL',
  'Mutation.say': 'CONTROL',
  'Mutation.addMessage': 'CONTROL',
  'Mutation.mute': 'CONTROL',
  'Mutation.unmute': 'CONTROL',
  'Mutation.sayFirstMessage': 'CONTROL',
  'Mutation.transfer': 'CONTROL',
  'Mutation.handoff': 'CONTROL',
  'Mutation.endCall': 'CONTROL',
  'Mutation.sendDtmf': 'CONTROL',
  'Mutation.playAudio': 'CONTROL',
  'Mutation.clearAudio': 'CONTROL',
  'Mutation.watchCall': 'CONTROL',
  'Mutation.transcribe': 'CONTROL',
  'Mutation.addUtterance': 'CONTROL',
  'Mutation.tagCall': 'CONTROL',
  'Mutation.addNote': 'CONTROL',
  'Mutation.deleteCall': 'ADMIN',
  'Mutation.backfill': 'ADMIN',
};

/** What every field of these types needs that has no line of its own. A mutation that somebody forgot is nobody's. */
const TYPE_SCOPES: Readonly<Record<string, Scope>> = {
  Query: 'READ',
  Subscription: 'READ',
  Call: 'READ',
  Mutation: 'ADMIN',
};

/** What a field needs, if anything. */
export function scopeOf(type: string, field: string): Scope | null {
  const own = FIELD_SCOPES[`${type}.${field}`];
  return own === undefined ? (TYPE_SCOPES[type] ?? null) : own;
}

/** @throws {FaultError} FORBIDDEN, naming the scope. */
export function demand({ viewer }: Pick<Context, 'viewer'>, scope: Scope, what: string): void {
  if (viewer.scopes.has(scope)) return;
  throw new FaultError('FORBIDDEN', `${what} needs an access token with the scope ${scope}`, {
    details: { scope },
  });
}

type Field = GraphQLField<unknown, Context>;

/** Guards the fields of a schema, in place. A field that fails is an error at its path, and null where it may be. */
export function guard(schema: GraphQLSchema): GraphQLSchema {
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type)) continue;
    for (const field of Object.values(type.getFields())) {
      const scope = scopeOf(type.name, field.name);
      if (scope)
        guardField(field, scope, `${type.name}.${field.name}`, type === schema.getSubscriptionType());
    }
  }
  return schema;
}

function guardField(field: Field, scope: Scope, name: string, isSubscription: boolean): void {
  const guarded =
    (resolve: GraphQLFieldResolver<unknown, Context>): GraphQLFieldResolver<unknown, Context> =>
    (source, args, context, info) => {
      demand(context, scope, name);
      return resolve(source, args, context, info);
    };
  // A subscription is guarded where it begins, not again at each event.
  if (isSubscription) field.subscribe = guarded(field.subscribe ?? defaultFieldResolver);
  else field.resolve = guarded(field.resolve ?? defaultFieldResolver);
}
