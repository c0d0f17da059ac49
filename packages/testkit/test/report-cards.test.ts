/** Audits the plugins of this repository and the examples, and compares their committed report cards. */
import { conform, printReportCard, type Subject, type TranscriberSubject } from '@sidetone/testkit';
import { describe, expect, it } from 'vitest';
import { DEEPGRAM } from './shipped/deepgram.ts';
import { VAPI } from './shipped/vapi.ts';
import { VOBIZ_AGENT } from './shipped/vobiz-agent.ts';
import { VOBIZ } from './shipped/vobiz.ts';

/** Examples are plain JavaScript, so the type of their subject is not checked. */
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

  it('passes and covers every MUST and SHOULD', () => {
    const failed = card.audits.filter(
      ({ outcome, level }) => outcome === 'not-covered' || (outcome === 'fail' && level !== 'MAY'),
    );
    expect(failed).toEqual([]);
  });

  it('matches the committed report card', async () => {
    const path = new URL(`../../../docs/reference/conformance/${name}.txt`, import.meta.url).pathname;
    await expect(printReportCard(card)).toMatchFileSnapshot(path);
  });
});
