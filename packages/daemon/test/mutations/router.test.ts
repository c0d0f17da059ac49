/** Where actions are executed, with other nodes that answer as the test says. */
import {
  FaultError,
  type Call,
  type CallId,
  type Command,
  type CommandId,
  type CommandStatus,
  type FaultCode,
} from '@sidetone/core';
import { createFakeClock, type FakeClock } from '@sidetone/testkit';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import { notOwner } from '../../src/calls/loading/call-loads.ts';
import type { Owner } from '../../src/calls/loading/ports.ts';
import type { ActionName, CallActions } from '../../src/mutations/actions.ts';
import { COMMAND_WAIT_MS } from '../../src/mutations/actions.ts';
import { ActionRouter, MAX_OWNERS, type ActionPeers } from '../../src/mutations/router.ts';

const ADA: Owner = { node: 'ada', epoch: 1 };
const BOB: Owner = { node: 'bob', epoch: 2 };
const callId = 'call_1' as CallId;
const call = { id: callId } as Call;
const control = { callId, name: 'endCall', args: {}, by: 'someone' } as const;
const done = { call, command: { id: 'cmd_1' as CommandId, status: 'ACCEPTED' } as Command };

let clock: FakeClock;
/** The owner that the store names; undefined is this node. */
let owner: Owner | undefined;
/** The owner that this node remembers. */
let remembered: Owner | undefined | 'NOTHING';
/** The command with any key, as stored. */
let stored: Command | undefined;
/** The nodes that executed an action, with its request. */
let executed: [node: string, name: ActionName, request: unknown][];
let answer: (to: Owner) => unknown;
let hereAnswers: () => unknown;

beforeEach(() => {
  clock = createFakeClock();
  owner = ADA;
  remembered = 'NOTHING';
  stored = undefined;
  executed = [];
  answer = () => done;
  hereAnswers = () => done;
});

const fault = (code: FaultCode) => new FaultError(code, 'as the test says');
const commandIn = (status: CommandStatus): Command => ({
  id: 'cmd_1' as CommandId,
  kind: 'END_CALL',
  arguments: {},
  status,
  requestedBy: 'someone',
  requestedAt: 1,
});

function createRouter(): ActionRouter {
  const here = new Proxy({} as CallActions, {
    get: (_target, name: ActionName) => async (request: unknown) => {
      executed.push(['here', name, request]);
      return hereAnswers();
    },
  });
  const peers: ActionPeers = {
    async act(to, name, request) {
      executed.push([to.node, name, request]);
      return answer(to) as never;
    },
  };
  return new ActionRouter({
    here,
    peers,
    clock,
    ingest: {
      async ownerOf() {
        if (remembered === 'NOTHING') remembered = owner;
        return remembered;
      },
      forgetOwner: () => (remembered = 'NOTHING'),
      recorded: async () => undefined,
      commandByKey: () => stored && { callId, command: stored },
    },
    findCall: async () => call,
  });
}

const nodes = (): string[] => executed.map(([node]) => node);
/** Settles a request while the clock runs. */
async function during<Value>(task: Promise<Value>): Promise<Value> {
  let isSettled = false;
  const settle = (): void => void (isSettled = true);
  void task.then(settle, settle);
  await vi.waitFor(
    async () => {
      await clock.advance(250);
      expect(isSettled).toBe(true);
    },
    { timeout: 20_000, interval: 0 },
  );
  return task;
}

describe('an action', () => {
  test('is executed here if this node decides about the call, as the client sent it', async () => {
    owner = undefined;
    expect(await createRouter().run('control', control)).toBe(done);
    expect(executed).toEqual([['here', 'control', control]]);
  });

  test('is sent to the owner once, with a key by which its outcome is found', async () => {
    const router = createRouter();
    expect(await router.run('control', control)).toBe(done);
    expect(executed).toEqual([
      ['ada', 'control', { ...control, key: expect.stringMatching(/^node .{36}$/) as string }],
    ]);
    await router.run('control', { ...control, key: 'mine' });
    expect(executed[1]).toEqual(['ada', 'control', { ...control, key: 'mine' }]);
    expect(router.counts).toEqual({ here: 0, elsewhere: 2, moved: 0, unknown: 0 });
  });

  test('has no key if it is not stored as a command', async () => {
    const note = { callId, text: 'a note', by: 'someone' };
    await createRouter().run('addNote', note);
    expect(executed).toEqual([['ada', 'addNote', note]]);
  });

  test('follows the call to another owner', async () => {
    answer = (to) => {
      if (to === BOB) return done;
      owner = BOB;
      throw notOwner(BOB);
    };
    expect(await createRouter().run('control', control)).toBe(done);
    expect(nodes()).toEqual(['ada', 'bob']);
    expect(executed[0]![2]).toEqual(executed[1]![2]);
  });

  test('is executed here if the call comes here', async () => {
    answer = () => {
      owner = undefined;
      throw notOwner(BOB);
    };
    expect(await createRouter().run('control', control)).toBe(done);
    expect(nodes()).toEqual(['ada', 'here']);
  });

  test('follows a call that leaves this node before anything was done', async () => {
    owner = undefined;
    hereAnswers = () => {
      owner = ADA;
      throw notOwner(ADA);
    };
    expect(await createRouter().run('control', control)).toBe(done);
    expect(nodes()).toEqual(['here', 'ada']);
  });

  test('ends with NOT_OWNER if the owner changes all the time', async () => {
    answer = () => {
      throw notOwner(BOB);
    };
    await expect(during(createRouter().run('control', control))).rejects.toMatchObject({ code: 'NOT_OWNER' });
    expect(nodes()).toHaveLength(MAX_OWNERS);
  });

  test('is executed here if the owner was excluded', async () => {
    answer = () => {
      owner = undefined;
      throw fault('CLUSTER_NODE_UNAVAILABLE');
    };
    expect(await createRouter().run('control', control)).toBe(done);
    expect(nodes()).toEqual(['ada', 'here']);
  });

  test.each(['CLUSTER_NODE_UNAVAILABLE', 'NODE_FENCED'] as const)(
    'ends with a retryable error if the owner is not there: %s',
    async (code) => {
      answer = () => {
        throw fault(code);
      };
      await expect(createRouter().run('control', control)).rejects.toMatchObject({
        code: 'CLUSTER_NODE_UNAVAILABLE',
        retryable: true,
      });
      expect(nodes()).toEqual(['ada']);
    },
  );

  test.each([
    'CLUSTER_UNREACHABLE',
    'CLUSTER_NODE_BUSY',
    'CLUSTER_REQUEST_EXPIRED',
    'CALL_STILL_LIVE',
  ] as const)('is not repeated after %s', async (code) => {
    answer = () => {
      throw fault(code);
    };
    await expect(createRouter().run('control', control)).rejects.toMatchObject({ code });
    expect(nodes()).toEqual(['ada']);
  });

  test('ends with a retryable error if this node was excluded', async () => {
    owner = undefined;
    hereAnswers = () => {
      throw fault('NODE_FENCED');
    };
    await expect(createRouter().run('control', control)).rejects.toMatchObject({
      code: 'CLUSTER_NODE_UNAVAILABLE',
    });
  });
});

describe('a request that may have been executed', () => {
  beforeEach(() => {
    answer = () => {
      throw fault('CLUSTER_OUTCOME_UNKNOWN');
    };
  });

  test.each(['ACCEPTED', 'REFUSED', 'UNKNOWN', 'CONFIRMED'] as const)(
    'ends with the command that is stored: %s',
    async (status) => {
      stored = commandIn(status);
      const outcome = await createRouter().run('control', control);
      expect(outcome).toEqual({ call, command: stored });
      expect(nodes()).toEqual(['ada']);
    },
  );

  test('waits for the outcome of its command', async () => {
    stored = commandIn('REQUESTED');
    const running = createRouter().run('control', control);
    await clock.advance(2000);
    stored = commandIn('UNKNOWN');
    expect(await during(running)).toMatchObject({ command: { status: 'UNKNOWN' } });
  });

  test('stays unknown after the deadline, and names the key that tells later', async () => {
    stored = commandIn('REQUESTED');
    const running = during(createRouter().run('control', { ...control, key: 'mine' }));
    await expect(running).rejects.toMatchObject({
      code: 'CLUSTER_OUTCOME_UNKNOWN',
      details: { idempotencyKey: 'mine' },
    });
    expect(clock.elapsed()).toBeGreaterThanOrEqual(COMMAND_WAIT_MS);
    expect(nodes()).toEqual(['ada']);
  });

  test('stays unknown while its command is not stored, and its node may still store it', async () => {
    await expect(during(createRouter().run('control', control))).rejects.toMatchObject({
      code: 'CLUSTER_OUTCOME_UNKNOWN',
    });
    expect(nodes()).toEqual(['ada']);
  });

  test('is executed by the next owner if its node was excluded before it stored the command', async () => {
    const running = createRouter().run('control', control);
    await clock.advance(2000);
    expect(nodes()).toEqual(['ada']);
    owner = undefined;
    expect(await during(running)).toBe(done);
    expect(nodes()).toEqual(['ada', 'here']);
    expect(executed[1]![2]).toEqual(executed[0]![2]);
  });

  test('is not repeated if its outcome cannot be found', async () => {
    owner = ADA;
    const note = { callId, text: 'a note', by: 'someone' };
    await expect(createRouter().run('addNote', note)).rejects.toMatchObject({
      code: 'CLUSTER_OUTCOME_UNKNOWN',
    });
    expect(nodes()).toEqual(['ada']);
  });
});
