/**
 * Checks what is configured at Vapi: the key, and of each assistant and phone number where it sends its messages and which. The
 * server URL of the organisation cannot be read. `settingsResults` is pure.
 */
import type { Diagnostic } from '@sidetone/core';
import {
  isSameUrl,
  listOf,
  namesOf,
  objectOf,
  runCheck,
  textOf,
  type JsonObject,
} from '@sidetone/plugin-kit';
import { SETTINGS_LIMIT, type VapiApi } from './api.ts';

/** Without these, the state of a call is known only by polling. */
const NEEDED_MESSAGES = ['status-update', 'end-of-call-report'] as const;

interface Expected {
  /** Where the messages of calls are received. */
  readonly webhookUrl: URL;
  readonly hasPublicKey: boolean;
}

interface DiagnosticsDeps extends Expected {
  readonly api: Pick<VapiApi, 'check' | 'listSettings'>;
}

/** Sends three requests at once. Never rejects. */
export async function diagnose(
  { api, ...expected }: DiagnosticsDeps,
  signal: AbortSignal,
): Promise<readonly Diagnostic[]> {
  const key = runCheck('API key', async () => {
    await api.check(signal);
    return { state: 'OK', message: 'Vapi accepts the private key' };
  });
  const lists = Promise.all([
    api.listSettings('assistant', signal),
    api.listSettings('phone-number', signal),
  ]);
  const settings = lists.then(
    ([assistants, numbers]) => settingsResults(assistants, numbers, expected),
    (error: unknown) => [unreadable(error)],
  );
  const accepted = await key;
  return accepted.state === 'OK' ? [accepted, ...(await settings)] : [accepted];
}

const unreadable = (error: unknown): Diagnostic => ({
  name: 'server URL',
  state: 'SKIPPED',
  message: `the assistants and phone numbers could not be read: ${(error as Error).message}`,
});

/** Returns what the settings of assistants and phone numbers mean for this instance. */
export function settingsResults(
  assistants: readonly JsonObject[],
  numbers: readonly JsonObject[],
  expected: Expected,
): readonly Diagnostic[] {
  const relevant = assistants.filter((each) => !isElsewhere(each, expected.webhookUrl));
  return [
    serverUrlResult(assistants, numbers, expected.webhookUrl),
    ...(relevant.length === 0 ? [] : [messagesResult(relevant), monitorResult(relevant, expected)]),
  ];
}

/** Older objects have the URL as `serverUrl`. */
const serverUrlOf = ({ server, serverUrl }: JsonObject): string | undefined =>
  textOf(objectOf(server)['url']) ?? textOf(serverUrl);

const isElsewhere = (settings: JsonObject, url: URL): boolean =>
  serverUrlOf(settings) !== undefined && !isSameUrl(serverUrlOf(settings), url);

const isHere = (settings: JsonObject, url: URL): boolean => isSameUrl(serverUrlOf(settings), url);

const namesOfAll = (settings: readonly JsonObject[]): string =>
  namesOf(settings.map(({ name }) => textOf(name) ?? 'an assistant without a name'));

const some = (count: number, what: string): string => `${count} ${what}${count === 1 ? '' : 's'}`;

function serverUrlResult(
  assistants: readonly JsonObject[],
  numbers: readonly JsonObject[],
  url: URL,
): Diagnostic {
  const name = 'server URL';
  const enter = `Enter ${url.href} as their server URL, and the previous one in forwardWebhooksTo.`;
  const others = assistants.filter((each) => isElsewhere(each, url));
  if (others.length > 0)
    return {
      name,
      state: 'WARNING',
      message: `another server receives the messages of ${namesOfAll(others)}`,
      remedy: `Their calls are found by polling only. ${enter}`,
    };
  const otherNumbers = numbers.filter((each) => isElsewhere(each, url));
  if (otherNumbers.length > 0)
    return {
      name,
      state: 'WARNING',
      message: `another server receives the messages of ${some(otherNumbers.length, 'phone number')}`,
      remedy: `Calls over them are found by polling only, unless their assistant has this server URL. ${enter}`,
    };
  const [here, hereNumbers] = [assistants, numbers].map((list) => list.filter((each) => isHere(each, url)));
  if (here!.length + hereNumbers!.length > 0)
    return {
      name,
      state: 'OK',
      message: `it is that of ${some(here!.length, 'assistant')} and ${some(hereNumbers!.length, 'phone number')}${assistants.length < SETTINGS_LIMIT ? '' : `; the first ${SETTINGS_LIMIT} assistants were checked`}`,
    };
  return {
    name,
    state: 'WARNING',
    message:
      'no assistant and no phone number has a server URL, and the one of the organisation cannot be read',
    remedy: `Enter ${url.href} as server URL of the organisation, the phone numbers or the assistants.`,
  };
}

/** Returns the messages that an assistant sends; undefined for Vapi's default. A filtered name counts as its type. */
function messagesOf({ serverMessages }: JsonObject): readonly string[] | undefined {
  if (!Array.isArray(serverMessages)) return undefined;
  return listOf(serverMessages).flatMap((each) => textOf(each)?.replace(/\[.*$/, '') ?? []);
}

function messagesResult(assistants: readonly JsonObject[]): Diagnostic {
  const name = 'server messages';
  const lacking = assistants.filter((each) =>
    NEEDED_MESSAGES.some((type) => messagesOf(each)?.includes(type) === false),
  );
  if (lacking.length > 0)
    return {
      name,
      state: 'FAILED',
      message: `status-update or end-of-call-report is missing in serverMessages of ${namesOfAll(lacking)}`,
      remedy: 'Add both to serverMessages of the assistant.',
    };
  const silent = assistants.filter((each) => messagesOf(each)?.includes('transcript') !== true);
  if (silent.length > 0)
    return {
      name,
      state: 'WARNING',
      message: `transcript is missing in serverMessages of ${namesOfAll(silent)}; Vapi's default does not contain it`,
      remedy:
        'Add transcript to serverMessages of the assistant. Until then, live lines are late and have no partials.',
    };
  return { name, state: 'OK', message: 'the assistants send what is needed' };
}

function monitorResult(assistants: readonly JsonObject[], { hasPublicKey }: Expected): Diagnostic {
  const name = 'live monitoring';
  const withPlan = (isSet: (plan: JsonObject) => boolean): readonly JsonObject[] =>
    assistants.filter(({ monitorPlan }) => isSet(objectOf(monitorPlan)));
  const locked = withPlan(
    (plan) => plan['listenAuthenticationEnabled'] === true || plan['controlAuthenticationEnabled'] === true,
  );
  if (locked.length > 0 && !hasPublicKey)
    return {
      name,
      state: 'FAILED',
      message: `audio or commands require the public key for ${namesOfAll(locked)}`,
      remedy: 'Set publicKey in the options.',
    };
  const off = withPlan((plan) => plan['listenEnabled'] === false || plan['controlEnabled'] === false);
  if (off.length > 0)
    return {
      name,
      state: 'WARNING',
      message: `live audio or commands are disabled for ${namesOfAll(off)}`,
      remedy: 'Enable listenEnabled and controlEnabled in monitorPlan of the assistant.',
    };
  return { name, state: 'OK', message: 'the assistants permit live audio and commands' };
}
