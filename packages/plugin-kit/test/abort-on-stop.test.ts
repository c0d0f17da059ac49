import { expect, test } from 'vitest';
import type { CallId, CommandContext, CommandId, ControlledCall } from '@sidetone/core';
import { providerCallId } from '@sidetone/core';
import { abortOnStop } from '../src/index.ts';

const CALL: ControlledCall = {
  id: 'call_1' as CallId,
  providerCallId: providerCallId('a'),
  status: 'IN_PROGRESS',
};

/** Calls a control and returns the context that it received. */
function callControl() {
  const stop = new AbortController();
  const command = new AbortController();
  const seen: CommandContext[] = [];
  const controls = abortOnStop(
    {
      endCall: (_call, _args, context) => {
        seen.push(context);
        return Promise.resolve();
      },
    },
    stop.signal,
  );
  void controls.endCall!(CALL, {}, { commandId: 'cmd_1' as CommandId, signal: command.signal });
  return { stop, command, context: seen[0]!, controls };
}

test('abortOnStop aborts a control when the instance stops or the command times out', () => {
  const stopped = callControl();
  expect(stopped.context.signal.aborted).toBe(false);
  stopped.stop.abort();
  expect(stopped.context.signal.aborted).toBe(true);
  const late = callControl();
  late.command.abort();
  expect(late.context.signal.aborted).toBe(true);
});

test('abortOnStop keeps the command id and adds no controls', () => {
  const { context, controls } = callControl();
  expect(context.commandId).toBe('cmd_1');
  expect(Object.keys(controls)).toEqual(['endCall']);
});
