import { expect, test } from 'vitest';
import type { CallId, CommandContext, CommandId, ControlledCall } from '@sidetone/core';
import { providerCallId } from '@sidetone/core';
import { untilStopped } from '../src/index.ts';

const CALL: ControlledCall = {
  id: 'call_1' as CallId,
  providerCallId: providerCallId('a'),
  status: 'IN_PROGRESS',
};

/** The signal that a control is given, and what it was called with. */
function given() {
  const life = new AbortController();
  const command = new AbortController();
  const seen: CommandContext[] = [];
  const controls = untilStopped(
    {
      endCall: (_call, _args, context) => {
        seen.push(context);
        return Promise.resolve();
      },
    },
    life.signal,
  );
  void controls.endCall!(CALL, {}, { commandId: 'cmd_1' as CommandId, signal: command.signal });
  return { life, command, context: seen[0]!, controls };
}

test('a control is given up when its instance stops, and when its own time is over', () => {
  const stopped = given();
  expect(stopped.context.signal.aborted).toBe(false);
  stopped.life.abort();
  expect(stopped.context.signal.aborted).toBe(true);
  const late = given();
  late.command.abort();
  expect(late.context.signal.aborted).toBe(true);
});

test('a control still knows its command, and no control is made up', () => {
  const { context, controls } = given();
  expect(context.commandId).toBe('cmd_1');
  expect(Object.keys(controls)).toEqual(['endCall']);
});
