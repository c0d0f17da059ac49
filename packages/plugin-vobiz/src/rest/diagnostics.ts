/**
 * Checks what is configured at Vobiz: the credentials, and the URLs of the account's applications. Which numbers an application
 * has cannot be read reliably. `urlResults` is pure.
 */
import type { Diagnostic, ProviderHost } from '@sidetone/core';
import { isSameUrl, namesOf, runCheck, textOf, type JsonObject } from '@sidetone/plugin-kit';
import type { VobizOptions } from '../config.ts';
import type { VobizApi } from './api.ts';

interface DiagnosticsDeps {
  readonly api: Pick<VobizApi, 'check' | 'listApplications'>;
  readonly host: Pick<ProviderHost, 'publicUrl'>;
  readonly options: Pick<VobizOptions, 'answer' | 'signature'>;
}

/** Sends two requests at once. Never rejects. */
export async function diagnose(
  { api, host, options }: DiagnosticsDeps,
  signal: AbortSignal,
): Promise<readonly Diagnostic[]> {
  const credentials = runCheck('credentials', async () => {
    await api.check(signal);
    return { state: 'OK', message: 'Vobiz accepts authId and authToken' };
  });
  const urls = options.answer ? checkUrls(api, host, signal) : Promise.resolve([]);
  const accepted = await credentials;
  return [accepted, ...(accepted.state === 'OK' ? await urls : []), signatureResult(options)];
}

async function checkUrls(
  api: DiagnosticsDeps['api'],
  host: DiagnosticsDeps['host'],
  signal: AbortSignal,
): Promise<readonly Diagnostic[]> {
  try {
    const applications = await api.listApplications(signal);
    return urlResults(applications, host.publicUrl('answer'), host.publicUrl('hangup'));
  } catch (error) {
    const message = `the applications could not be read: ${(error as Error).message}`;
    return [{ name: 'application URLs', state: 'SKIPPED', message }];
  }
}

/** Returns whether the applications that answer calls here also report their ends here. */
export function urlResults(
  applications: readonly JsonObject[],
  answerUrl: URL,
  hangupUrl: URL,
): readonly Diagnostic[] {
  const answering = applications.filter((each) => isSameUrl(textOf(each['answer_url']), answerUrl));
  if (answering.length === 0)
    return [
      {
        name: 'answer URL',
        state: 'WARNING',
        message: `none of the ${applications.length} applications of the account has it, so no inbound call is answered here`,
        remedy: `Enter ${answerUrl.href} as answer URL of the application of your number, with the method POST.`,
      },
    ];
  const answered: Diagnostic = {
    name: 'answer URL',
    state: 'OK',
    message: `it is that of ${namesOfAll(answering)}`,
  };
  // Without a hangup URL, Vobiz sends the end of a call to the answer URL.
  const elsewhere = answering.filter(({ hangup_url: url }) => {
    const entered = textOf(url) ?? '';
    return entered !== '' && !isSameUrl(entered, hangupUrl) && !isSameUrl(entered, answerUrl);
  });
  if (elsewhere.length === 0)
    return [answered, { name: 'hangup URL', state: 'OK', message: 'ends of calls are sent here' }];
  return [
    answered,
    {
      name: 'hangup URL',
      state: 'FAILED',
      message: `another server receives the ends of calls of ${namesOfAll(elsewhere)}`,
      remedy: `Enter ${hangupUrl.href} as hangup URL of the application, with the method POST.`,
    },
  ];
}

const namesOfAll = (applications: readonly JsonObject[]): string =>
  namesOf(applications.map(({ app_name: name }) => textOf(name) ?? 'an application without a name'));

function signatureResult({ signature }: Pick<VobizOptions, 'signature'>): Diagnostic {
  const name = 'signatures of webhooks';
  if (signature === 'require') return { name, state: 'OK', message: 'they are required' };
  const message =
    signature === 'verify' ? 'they are verified only if they are present' : 'they are not verified';
  return {
    name,
    state: 'WARNING',
    message,
    remedy: 'Set signature to require if Vobiz signs your webhooks.',
  };
}
