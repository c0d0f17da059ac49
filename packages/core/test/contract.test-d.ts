/** The contract as the compiler enforces it: this file is compiled, never run. */
import { expectTypeOf } from 'vitest';
import {
  type CONTROL_CAPABILITIES,
  defineProvider,
  type CallId,
  type Control,
  type ControlName,
  type OptionsSchema,
  type Provider,
  type ProviderCallId,
  type ProviderEvent,
} from '@sidetone/core';

declare const schema: OptionsSchema<{ readonly apiKey: string }>;
const start = async (): Promise<void> => undefined;

// A plugin needs no more than start and stop; its options are typed by its schema.
const smallest = defineProvider({
  name: 'smallest',
  displayName: 'Smallest',
  contract: 1,
  options: schema,
  create: (options) => {
    expectTypeOf(options).toEqualTypeOf<{ readonly apiKey: string }>();
    return { start, stop: start };
  },
});
expectTypeOf(smallest.create).returns.toEqualTypeOf<Provider>();

// @ts-expect-error a provider that cannot be stopped is none
const unstoppable: Provider = { start };
void unstoppable;

const parts = { name: 'x', displayName: 'X', options: schema, create: () => ({ start, stop: start }) };
// @ts-expect-error a plugin for another contract version does not compile against this one
defineProvider({ ...parts, contract: 2 });

// @ts-expect-error controls are those of the contract: a misspelled one is a mistake, not a new one
const misspelled: Provider = { start, stop: start, controls: { sya: start } };
void misspelled;

const say: Control<'say'> = async (call, args, context) => {
  expectTypeOf(call.id).toEqualTypeOf<CallId>();
  expectTypeOf(call.providerCallId).toEqualTypeOf<ProviderCallId>();
  expectTypeOf(args).toEqualTypeOf<{
    readonly content: string;
    readonly endCallAfterSpoken: boolean;
    readonly interrupt: boolean;
  }>();
  expectTypeOf(context.signal).toEqualTypeOf<AbortSignal>();
};
void say;

// @ts-expect-error an id of theirs cannot stand for an id of ours
const mixed: CallId = '' as ProviderCallId;
void mixed;

const told = { type: 'call.status', providerCallId: '' as ProviderCallId, occurredAt: 0 } as const;
// @ts-expect-error a status event never ends a call: call.ended does, with a reason
const ended: ProviderEvent = { ...told, status: 'ENDED' };
void ended;

expectTypeOf<keyof typeof CONTROL_CAPABILITIES>().toEqualTypeOf<ControlName>();
