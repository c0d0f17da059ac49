/** The plugins that come with the daemon, held to what is asked of everyone's. */
import { conform, printReportCard, type Subject } from '@sidetone/testkit';
import { describe, expect, it } from 'vitest';
import { VAPI } from './shipped/vapi.ts';
import { VOBIZ_AGENT } from './shipped/vobiz-agent.ts';
import { VOBIZ } from './shipped/vobiz.ts';

const SUBJECTS: Readonly<Record<string, Subject>> = { vapi: VAPI, vobiz: VOBIZ, 'vobiz-agent': VOBIZ_AGENT };

describe.each(Object.entries(SUBJECTS))('%s', async (name, subject) => {
  const card = await conform(subject);

  it('keeps every MUST and every SHOULD, and shows them all', () => {
    const broken = card.audits.filter(({ outcome }) => outcome === 'fail' || outcome === 'not-shown');
    expect(broken).toEqual([]);
  });

  it('has a committed report card', async () => {
    const path = new URL(`../../../docs/reference/conformance/${name}.txt`, import.meta.url).pathname;
    await expect(printReportCard(card)).toMatchFileSnapshot(path);
  });
});
