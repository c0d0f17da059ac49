/**
 * The scope that each field requires. It is checked for the whole schema in one place, so resolvers do not check it.
 * Fields without a scope can be reached only through a field that has one.
 */
import {
  defaultFieldResolver,
  isObjectType,
  type GraphQLField,
  type GraphQLFieldResolver,
  type GraphQLSchema,
} from 'graphql';
import { requireScope } from '../../access/scopes.ts';
import type { Scope } from '../../access/viewer.ts';
import type { Context } from '../context.ts';

/** `null` means that no scope is required. */
export const FIELD_SCOPES = {
  'Query.viewer': null,
  'Query.tokens': 'ADMIN',
  'Query.auditLog': 'ADMIN',
  'Query.retention': 'ADMIN',
  'Provider.diagnostics': 'ADMIN',
  'Provider.recentRequests': 'ADMIN',
  // A viewer without READ may see the id of a call that a mutation returns.
  'Call.id': null,
  'Call.levels': 'LISTEN',
  'Call.listenUrl': 'LISTEN',
  'Call.recording': 'LISTEN',
  'Call.signedListenUrl': 'LISTEN',
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
  'Mutation.pauseCapture': 'CONTROL',
  'Mutation.resumeCapture': 'CONTROL',
  'Mutation.addUtterance': 'CONTROL',
  'Mutation.tagCall': 'CONTROL',
  'Mutation.addNote': 'CONTROL',
  'Mutation.deleteCall': 'ADMIN',
  'Mutation.eraseCall': 'ADMIN',
  'Mutation.eraseCommand': 'ADMIN',
  'Mutation.eraseNumber': 'ADMIN',
  'Mutation.placeHold': 'ADMIN',
  'Mutation.releaseHold': 'ADMIN',
  'Mutation.backfill': 'ADMIN',
  'Mutation.createToken': 'ADMIN',
  'Mutation.revokeToken': 'ADMIN',
} as const satisfies Readonly<Record<string, Scope | null>>;

/** The scope of the fields of a type that are not listed above. A mutation that was forgotten requires ADMIN. */
const TYPE_SCOPES: Readonly<Record<string, Scope>> = {
  Query: 'READ',
  Subscription: 'READ',
  Call: 'READ',
  Mutation: 'ADMIN',
};

/** Returns the scope that a field requires, or null. */
export function scopeOf(type: string, field: string): Scope | null {
  const scopes: Readonly<Record<string, Scope | null>> = FIELD_SCOPES;
  const scope = scopes[`${type}.${field}`];
  return scope === undefined ? (TYPE_SCOPES[type] ?? null) : scope;
}

type Field = GraphQLField<unknown, Context>;

/** Adds the scope checks to the fields of a schema, in place. A failed check is a GraphQL error at the path of the field. */
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
      requireScope(context.viewer, scope, name);
      return resolve(source, args, context, info);
    };
  // A subscription is checked when it starts, not for each event.
  if (isSubscription) field.subscribe = guarded(field.subscribe ?? defaultFieldResolver);
  else field.resolve = guarded(field.resolve ?? defaultFieldResolver);
}
