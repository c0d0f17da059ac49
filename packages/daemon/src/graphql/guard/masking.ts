/**
 * Masks telephone numbers for viewers with the scope MASKED_NUMBERS, in one place for the whole schema, so resolvers do not know of
 * it. Filters by number are rejected, because their results would tell the number. The scopes are part of the identity of a shared
 * subscription, so no masked viewer receives the result of another.
 */
import { FaultError } from '@sidetone/core';
import {
  defaultFieldResolver,
  getNamedType,
  isObjectType,
  type GraphQLField,
  type GraphQLFieldResolver,
  type GraphQLSchema,
} from 'graphql';
import { maskAddress, maskText, maskValue, mayFindNumber } from '../../access/mask-numbers.ts';
import { seesNumbers } from '../../access/viewer.ts';
import type { Context } from '../context.ts';

type Mask = (value: unknown) => unknown;

const ofText =
  (mask: (text: string) => string): Mask =>
  (value) =>
    typeof value === 'string' ? mask(value) : value;
const address = ofText(maskAddress);
const text = ofText(maskText);

/** Every field that can contain a telephone number. A test fails for a text that is neither here nor known to have none. */
export const MASKED_FIELDS: Readonly<Record<string, Mask>> = {
  'Call.from': address,
  'Call.to': address,
  'Call.providerData': maskValue,
  'Call.summary': text,
  'Call.transcriptText': text,
  'CallEnd.message': text,
  'CallHold.reason': text,
  'CallHoldChanged.reason': text,
  'CallNotice.message': text,
  'CaptureChanged.reason': text,
  'CapturePause.reason': text,
  'Command.arguments': maskValue,
  'DtmfReceived.digits': text,
  'Failure.message': text,
  'Note.text': text,
  'Provider.stateMessage': text,
  'ProviderNotice.message': text,
  'TranscriptMatch.snippet': text,
  'Transcription.message': text,
  'TransferStarted.destination': address,
  'Utterance.text': text,
};

type Field = GraphQLField<unknown, Context>;
type Resolver = GraphQLFieldResolver<unknown, Context>;

/** Adds the masks to the fields of a schema, in place. */
export function maskNumbers(schema: GraphQLSchema): GraphQLSchema {
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type)) continue;
    for (const field of Object.values(type.getFields())) {
      const mask = MASKED_FIELDS[`${type.name}.${field.name}`];
      if (mask) field.resolve = masked(field.resolve ?? defaultFieldResolver, mask);
      if (isSearch(field)) rejectSearches(field, type === schema.getSubscriptionType());
    }
  }
  return schema;
}

const masked =
  (resolve: Resolver, mask: Mask): Resolver =>
  (source, args, context, info) => {
    const value: unknown = resolve(source, args, context, info);
    if (seesNumbers(context.viewer)) return value;
    return value instanceof Promise ? value.then(mask) : mask(value);
  };

/** The searches of the schema: the filter of calls, and the text of `searchTranscripts`. */
interface SearchArguments {
  readonly filter?: {
    readonly number?: unknown;
    readonly numberIs?: unknown;
    readonly said?: unknown;
  } | null;
  readonly query?: unknown;
}

const isSearch = ({ args }: Field): boolean =>
  args.some(({ type }) => getNamedType(type).name === 'CallFilter');

function rejectSearches(field: Field, isSubscription: boolean): void {
  const checked =
    (resolve: Resolver): Resolver =>
    (source, args: SearchArguments, context, info) => {
      if (!seesNumbers(context.viewer)) rejectNumbers(args);
      return resolve(source, args, context, info);
    };
  if (isSubscription) field.subscribe = checked(field.subscribe ?? defaultFieldResolver);
  else field.resolve = checked(field.resolve ?? defaultFieldResolver);
}

/** Rejects a search whose results would tell a number. @throws {FaultError} FORBIDDEN. */
export function rejectNumbers({ filter, query }: SearchArguments): void {
  const { number, numberIs, said } = filter ?? {};
  const isByNumber = number != null || numberIs != null;
  const texts = [said, query].filter((each) => typeof each === 'string');
  if (!isByNumber && !texts.some(mayFindNumber)) return;
  throw new FaultError(
    'FORBIDDEN',
    'searching for numbers requires an access token without the scope MASKED_NUMBERS',
  );
}
