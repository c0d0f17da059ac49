/**
 * From a call to a test of the plugin: the scenario of a plugin is played while it is captured, the captured call becomes a test, which
 * passes, and fails for a plugin that behaves differently.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Provider, ProviderEvent, ProviderHost, ProviderPlugin } from '@sidetone/core';
import {
  CAPTURE_AUDITS,
  conform,
  createCapturedTest,
  defineCapturedSubject,
  readCapture,
  type Subject,
} from '@sidetone/testkit';
import { describe, expect, test } from 'vitest';
import { createHarness } from '../../../../testkit/src/providers/harness.ts';
import { allSteps } from '../../../../testkit/src/providers/scenario.ts';
import { VAPI } from '../../../../testkit/test/shipped/vapi.ts';
import { VOBIZ_AGENT } from '../../../../testkit/test/shipped/vobiz-agent.ts';
import { VOBIZ } from '../../../../testkit/test/shipped/vobiz.ts';
import type { Mutation } from '../../../../testkit/test/support/good-provider/mutations.ts';
import { goodPlugin } from '../../../../testkit/test/support/good-provider/plugin.ts';
import { GOOD_SCENARIO } from '../../../../testkit/test/support/good-provider/scenario.ts';
import { captureHost, captureProvider } from '../../../src/plugins/wire-capture/captured-plugin.ts';
import { findSecrets } from '../../../src/plugins/wire-capture/config-secrets.ts';
import { WireCapture } from '../../../src/plugins/wire-capture/wire-capture.ts';
import { tempDir } from '../../support/temp-dir.ts';

/** Plays the call of a subject, and returns the content of its capture. */
async function capturedCallOf({ plugin, scenario }: Subject): Promise<string> {
  const file = join(tempDir(), 'capture.jsonl');
  let capture: WireCapture | undefined;
  function create(options: unknown, host: ProviderHost): Provider {
    const head = {
      plugin: plugin.name,
      provider: 'it',
      startedAt: host.clock.now(),
      options: scenario.options,
    };
    capture = new WireCapture({
      clock: host.clock,
      log: { warn: () => undefined, error: () => undefined },
      settings: () => ({
        file,
        maxBytes: 10_000_000,
        head,
        secrets: findSecrets(options, scenario.options),
        publicUrl: host.publicUrl('').href,
      }),
    });
    capture.start();
    return captureProvider(plugin.create(options, captureHost(host, capture)), capture) as Provider;
  }
  const harness = await createHarness({ plugin: { ...plugin, create }, scenario });
  await harness.start();
  await harness.play(allSteps(scenario));
  await harness.stop();
  await capture!.stop();
  return readFileSync(file, 'utf8');
}

/** Examples are JavaScript without declarations. */
async function exampleOf(name: string): Promise<Subject> {
  const url = new URL(`../../../../../examples/${name}/conformance.js`, import.meta.url);
  return ((await import(url.href)) as { conformance: Subject }).conformance;
}

const GOOD: Subject = { plugin: goodPlugin(), scenario: GOOD_SCENARIO };
const SUBJECTS = {
  vapi: VAPI,
  vobiz: VOBIZ,
  'vobiz with an agent': VOBIZ_AGENT,
  echo: await exampleOf('echo-provider'),
  twilio: await exampleOf('twilio-provider'),
  'the good provider': GOOD,
} as unknown as Record<string, Subject>;

async function testOf(subject: Subject) {
  const sessions = readCapture(await capturedCallOf(subject));
  return createCapturedTest(sessions, subject.scenario.call.id, {
    plugin: subject.plugin,
    base: subject,
    imports: { plugin: 'it' },
  });
}

describe('a captured call becomes a test that passes', () => {
  test.each(Object.entries(SUBJECTS))('%s', async (_name, subject) => {
    const { remarks, failed, call } = await testOf(subject);
    expect([remarks, failed]).toEqual([[], []]);
    const types = [...call.toLive, ...call.live, ...call.toEnd].flatMap(({ emits = [] }) =>
      emits.map(({ type }) => type),
    );
    expect(types).toContain('call.ended');
    expect(call.toEnd.length).toBeGreaterThan(0);
  });
});

describe('nothing secret or personal is in the capture', () => {
  test.each(Object.entries(SUBJECTS))('%s', async (_name, subject) => {
    const text = await capturedCallOf(subject);
    const { secrets, personal = [] } = subject.scenario;
    const hidden = [...secrets, ...personal.filter((each) => /^\+?\d+$/.test(each) || each.includes(' '))];
    expect(hidden.filter((each) => text.includes(each))).toEqual([]);
  });
});

describe('the test fails if the plugin', () => {
  const MUTATIONS = [
    'swapsNumbers',
    'addsAnEvent',
    'changesText',
    'declaresDoubleRate',
    'sendsNoPings',
    'omitsDirection',
  ] as const satisfies readonly Mutation[];

  /** Returns a plugin that does something else with the events of a type. */
  const broken = (
    plugin: ProviderPlugin<unknown>,
    type: string,
    change: (event: ProviderEvent) => ProviderEvent[],
  ) => ({
    ...plugin,
    create: (options: unknown, host: ProviderHost): Provider =>
      plugin.create(options, {
        ...host,
        emit: (event) => (event.type === type ? change(event) : [event]).forEach(host.emit),
      }),
  });

  test.each([
    ['vapi', 'utterance.final', (): ProviderEvent[] => []],
    [
      'vapi',
      'call.ended',
      (event: ProviderEvent) => [{ ...event, end: { category: 'UNKNOWN', code: 'x' } } as ProviderEvent],
    ],
    ['vobiz', 'call.started', (event: ProviderEvent) => [{ ...event, occurredAt: event.occurredAt + 1 }]],
    ['vobiz', 'dtmf', (event: ProviderEvent) => [event, event]],
  ] as const)('of %s translates %s wrongly', async (name, type, change) => {
    const subject = SUBJECTS[name]!;
    const { call } = await testOf(subject);
    const of = (plugin: ProviderPlugin<unknown>) =>
      conform(defineCapturedSubject(plugin, call, subject), { only: CAPTURE_AUDITS });
    expect((await of(subject.plugin)).must.failed).toBe(0);
    expect((await of(broken(subject.plugin, type, change))).must.failed).toBeGreaterThan(0);
  });

  test.each(MUTATIONS)('%s', async (mutation) => {
    const { call } = await testOf(GOOD);
    const mutant = defineCapturedSubject(goodPlugin(mutation), call, GOOD);
    const { audits } = await conform(mutant, { only: CAPTURE_AUDITS });
    expect(audits.filter(({ outcome }) => outcome === 'fail')).not.toEqual([]);
  });
});
