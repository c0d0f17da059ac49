/** Type tests of the contract: this file is compiled, but never run. */
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

// A plugin needs only start and stop; the schema determines the type of its options.
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

// @ts-expect-error stop is required
const unstoppable: Provider = { start };
void unstoppable;

const parts = { name: 'x', displayName: 'X', options: schema, create: () => ({ start, stop: start }) };
// @ts-expect-error another contract version is rejected
defineProvider({ ...parts, contract: 2 });

// @ts-expect-error unknown controls are rejected
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

// @ts-expect-error a provider's id is not assignable to an id of Sidetone
const mixed: CallId = '' as ProviderCallId;
void mixed;

const base = { type: 'call.status', providerCallId: '' as ProviderCallId, occurredAt: 0 } as const;
// @ts-expect-error call.status cannot end a call, only call.ended can
const ended: ProviderEvent = { ...base, status: 'ENDED' };
void ended;

expectTypeOf<keyof typeof CONTROL_CAPABILITIES>().toEqualTypeOf<ControlName>();
