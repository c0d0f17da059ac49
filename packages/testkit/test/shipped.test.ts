/** The plugins that come with the daemon, and the examples, held to what is asked of everyone's. */
import { conform, printReportCard, type Subject, type TranscriberSubject } from '@sidetone/testkit';
import { describe, expect, it } from 'vitest';
import { DEEPGRAM } from './shipped/deepgram.ts';
import { VAPI } from './shipped/vapi.ts';
import { VOBIZ_AGENT } from './shipped/vobiz-agent.ts';
import { VOBIZ } from './shipped/vobiz.ts';

/** An example is plain JavaScript: what it exports is a subject by its name alone. */
async function exampleOf(name: string, subject = 'conformance'): Promise<Subject> {
  const url = new URL(`../../../examples/${name}/conformance.js`, import.meta.url).href;
  return ((await import(/* @vite-ignore */ url)) as Readonly<Record<string, Subject>>)[subject]!;
}

const SUBJECTS: Readonly<Record<string, Subject | TranscriberSubject>> = {
  deepgram: DEEPGRAM,
  vapi: VAPI,
  vobiz: VOBIZ,
  'vobiz-agent': VOBIZ_AGENT,
  'echo-example': await exampleOf('echo-provider'),
  'twilio-example': await exampleOf('twilio-provider'),
  'twilio-dial-example': await exampleOf('twilio-provider', 'withDial'),
};

describe.each(Object.entries(SUBJECTS))('%s', async (name, subject) => {
  const card = await conform(subject);

  it('keeps every MUST and every SHOULD, and shows them all', () => {
    const broken = card.audits.filter(
      ({ outcome, level }) => outcome === 'not-shown' || (outcome === 'fail' && level !== 'MAY'),
    );
    expect(broken).toEqual([]);
  });

  it('has a committed report card', async () => {
    const path = new URL(`../../../docs/reference/conformance/${name}.txt`, import.meta.url).pathname;
    await expect(printReportCard(card)).toMatchFileSnapshot(path);
  });
});
