/** The scenarios of the shipped providers and of the examples, with the plugin at one end of a link and its host at the other. */
import type { Subject } from '@sidetone/testkit';
import { expect, test } from 'vitest';
import { auditsFor } from '../../../../testkit/src/conformance/conform.ts';
import { VAPI } from '../../../../testkit/test/shipped/vapi.ts';
import { VOBIZ_AGENT } from '../../../../testkit/test/shipped/vobiz-agent.ts';
import { VOBIZ } from '../../../../testkit/test/shipped/vobiz.ts';
import { isolated } from '../../support/isolated.ts';

/** The daemon's end listens for changes of demand as long as there is a thread. */
const ABOUT_LISTENERS = ['91D4', 'D7C4'];
/** They repeat the scenario very often, and find nothing about the link that others do not. */
const SLOW = ['D8B3', 'F97A', 'F3A9', 'D1E4', 'E4B9', 'BB5A', '9154', '07C6', 'C49A', 'D970', 'DF8B'];
const LEFT_OUT: ReadonlySet<string> = new Set([...ABOUT_LISTENERS, ...SLOW]);

async function exampleOf(name: string, subject: string): Promise<Subject> {
  const url = new URL(`../../../../../examples/${name}/conformance.js`, import.meta.url).href;
  return ((await import(/* @vite-ignore */ url)) as Readonly<Record<string, Subject>>)[subject]!;
}

test.each([
  ['vapi', VAPI],
  ['vobiz', VOBIZ],
  ['vobiz-agent', VOBIZ_AGENT],
  ['echo', await exampleOf('echo-provider', 'conformance')],
  ['twilio', await exampleOf('twilio-provider', 'conformance')],
  ['twilio-dial', await exampleOf('twilio-provider', 'withDial')],
])('%s keeps its promises in a thread', async (_name, subject) => {
  const audits = auditsFor({ ...subject, plugin: isolated(subject.plugin) }).filter(
    ({ id, level }) => level !== 'MAY' && !LEFT_OUT.has(id),
  );
  const broken: string[] = [];
  for (const { id, name, run } of audits) {
    const { outcome, reason = '' } = await run();
    if (outcome !== 'pass' && outcome !== 'not-applicable') broken.push(`${id} ${name}: ${reason}`);
  }
  expect(broken).toEqual([]);
  expect(audits.length).toBeGreaterThan(60);
});
