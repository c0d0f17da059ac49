import { describe, expect, it } from 'vitest';
import { diagnose, urlResults } from '../../src/rest/diagnostics.ts';

const answerUrl = new URL('https://calls.example.in/providers/vobiz/answer');
const hangupUrl = new URL('https://calls.example.in/providers/vobiz/hangup');
const HERE = { app_name: 'Desk', answer_url: answerUrl.href, hangup_url: hangupUrl.href };
const { signal } = new AbortController();

const statesOf = (applications: readonly object[]) =>
  urlResults(applications as never, answerUrl, hangupUrl).map(({ name, state }) => `${name}: ${state}`);

describe('urlResults', () => {
  it('accepts an application with both URLs, or whose ends go to the answer URL', () => {
    const other = { app_name: 'Other', answer_url: 'https://app.example.in/answer' };
    for (const hangup of [hangupUrl.href, answerUrl.href, '', undefined])
      expect(statesOf([other, { ...HERE, hangup_url: hangup }])).toEqual([
        'answer URL: OK',
        'hangup URL: OK',
      ]);
  });

  it('fails if the ends of calls go elsewhere: their end would be found late', () => {
    const [, hangup] = urlResults(
      [{ ...HERE, hangup_url: 'https://app.example.in/end' }],
      answerUrl,
      hangupUrl,
    );
    expect(hangup).toMatchObject({
      state: 'FAILED',
      message: 'another server receives the ends of calls of Desk',
      remedy: expect.stringContaining(hangupUrl.href),
    });
  });

  it('warns if no application has the answer URL', () => {
    expect(urlResults([{ answer_url: 'not a URL' }], answerUrl, hangupUrl)).toMatchObject([
      { state: 'WARNING', remedy: expect.stringContaining(answerUrl.href) },
    ]);
  });
});

describe('diagnose', () => {
  const options = { answer: { mode: 'tap', dial: '+918000000001' }, signature: 'require' } as const;
  const host = { publicUrl: (path: string) => new URL(path, 'https://calls.example.in/providers/vobiz/') };
  const api = { check: async () => undefined, listApplications: async () => [HERE] };
  const diagnosed = async (changes: Partial<Parameters<typeof diagnose>[0]>) =>
    (await diagnose({ api, host, options, ...changes }, signal)).map(
      ({ name, state }) => `${name}: ${state}`,
    );

  it('reads the credentials and the applications', async () => {
    expect(await diagnosed({})).toEqual([
      'credentials: OK',
      'answer URL: OK',
      'hangup URL: OK',
      'signatures of webhooks: OK',
    ]);
  });

  it('does not look for URLs if it answers no calls, and warns of unsigned webhooks', async () => {
    expect(await diagnosed({ options: { answer: undefined, signature: 'verify' } })).toEqual([
      'credentials: OK',
      'signatures of webhooks: WARNING',
    ]);
  });

  it('reports rejected credentials alone, and skips a list that cannot be read', async () => {
    const failed = () => Promise.reject(new Error('Vobiz answered 401'));
    expect((await diagnosed({ api: { check: failed, listApplications: failed } }))[0]).toBe(
      'credentials: FAILED',
    );
    expect((await diagnosed({ api: { ...api, listApplications: failed } }))[1]).toBe(
      'application URLs: SKIPPED',
    );
  });
});
