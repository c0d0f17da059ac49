/** Asks the running daemon about its providers, which know whether their webhooks arrive and are accepted. */
import { isFault } from '@sidetone/core';
import { createDaemonClient } from '../frame/daemon-client.ts';
import { failureOf, type CheckResult } from './result.ts';

interface ReportedProvider {
  readonly id: string;
  readonly state: string;
  readonly stateMessage: string | null;
  readonly lastWebhookAt: string | null;
}

export async function checkRunningDaemon(url: URL | undefined): Promise<readonly CheckResult[]> {
  const check = 'running daemon';
  if (!url) return [{ check, state: 'SKIPPED', message: 'no daemon is running at this address' }];
  try {
    const query = '{ providers { id state stateMessage lastWebhookAt } }';
    const { providers } = await createDaemonClient({ url: url.href }).query<{
      providers: readonly ReportedProvider[];
    }>(query);
    return [{ check, state: 'OK', message: url.href }, ...providers.map(resultOf)];
  } catch (error) {
    if (!isFault(error) || error.code !== 'AUTH_REQUIRED')
      return [failureOf(check, error, 'Restart the daemon, and read its log.')];
    return [
      {
        check,
        state: 'SKIPPED',
        message: `${url.href} requires an access token`,
        remedy: 'Set SIDETONE_TOKEN to one with the scope read, so that the webhooks are checked too.',
      },
    ];
  }
}

function resultOf({ id, state, stateMessage, lastWebhookAt }: ReportedProvider): CheckResult {
  const check = `webhooks of ${id}`;
  const last = lastWebhookAt === null ? 'none was received since the start' : `last one at ${lastWebhookAt}`;
  if (state === 'RUNNING') return { check, state: lastWebhookAt === null ? 'WARNING' : 'OK', message: last };
  return {
    check,
    state: 'FAILED',
    message: `the provider is ${state}: ${stateMessage ?? 'no reason is known'}`,
    remedy:
      'Enter the URLs of Provider.webhookUrls and the same webhook secret in the settings of the provider.',
  };
}
