/** What a start reports in the log: everything that an operator looks for when nothing arrives. */
import type { LogFields, Logger, ProviderState } from '@sidetone/core';
import type { Config } from '../config/schema.ts';

interface ReportedPlugin {
  readonly id: string;
  readonly plugin: string;
  readonly state: ProviderState;
  /** Resolves when the state is known. Never rejects. */
  readonly checked: Promise<void>;
}

interface ReportedProvider extends ReportedPlugin {
  readonly webhookUrls: readonly { readonly setting: string; readonly url: string }[];
}

export interface StartReportDeps {
  /** The fields of the first line. */
  readonly about: LogFields;
  readonly config: Pick<Config, 'server' | 'auth' | 'recording' | 'providers' | 'tracing'>;
  /** The address of the daemon for its clients. */
  readonly url: URL;
  /** The other address of the metrics, if there is one. */
  readonly metricsUrl?: URL | undefined;
  /** Where the data is and what its opening did. */
  readonly store: LogFields;
  /** Whether requests need an access token, and the number of valid ones. */
  readonly access: { readonly isOpen: boolean; readonly size: number };
  readonly providers: readonly ReportedProvider[];
  readonly transcribers: readonly ReportedPlugin[];
  readonly log: Pick<Logger, 'info' | 'warn'>;
}

/** Logs the report. The state of a plugin follows when it is known, within seconds. */
export function reportStart(deps: StartReportDeps): void {
  const { about, config, url, store, providers, transcribers, log } = deps;
  log.info('sidetone has started', about);
  log.info('database opened', store);
  reportRecording(config, log);
  reportAccess(deps);
  const { url: collector, sample } = config.tracing;
  if (collector) log.info('traces are sent to a collector', { collector: collector.host, sample });
  for (const { id, webhookUrls } of providers)
    for (const { setting, url: entry } of webhookUrls)
      log.info('enter this URL at the provider', { provider: id, setting, url: entry });
  const needsUrl = providers.filter(({ webhookUrls }) => webhookUrls.length > 0).map(({ id }) => id);
  if (needsUrl.length > 0 && config.server.publicUrl === undefined) {
    const remedy = 'Set server.publicUrl to the address at which providers reach this daemon.';
    log.warn('server.publicUrl is missing, providers cannot reach this daemon', {
      providers: needsUrl,
      remedy,
    });
  }
  for (const provider of providers) void reportState('provider', provider, log);
  for (const transcriber of transcribers) void reportState('transcriber', transcriber, log);
  log.info('sidetone is ready', {
    dashboard: url.href,
    graphiql: new URL('graphql', url).href,
    ...(deps.metricsUrl && { metrics: new URL('metrics', deps.metricsUrl).href }),
  });
}

function reportRecording(
  { recording, providers }: StartReportDeps['config'],
  log: Pick<Logger, 'info'>,
): void {
  const isRecorded = (id: string): boolean => providers[id]?.recording.enabled ?? recording.enabled;
  const recorded = Object.keys(providers).filter(isRecorded);
  if (recorded.length === 0) log.info('recording is off');
  else log.info('recording is on', { providers: recorded, path: recording.path, storage: recording.storage });
}

function reportAccess({ config: { auth }, access, log }: StartReportDeps): void {
  if (!access.isOpen && access.size > 0)
    return log.info('access tokens are required', { tokens: access.size });
  if (!access.isOpen) {
    const remedy = 'Create one: `sidetone token create <name> --database <file>`.';
    return log.warn('access tokens are required, and there is none', { remedy });
  }
  const who = auth.unverified ? 'everybody who can reach it' : 'every program on this machine';
  log.info(`without access tokens, ${who} has all permissions`);
}

async function reportState(
  kind: 'provider' | 'transcriber',
  part: ReportedPlugin,
  log: Pick<Logger, 'info'>,
): Promise<void> {
  await part.checked;
  const { id, plugin, state } = part;
  if (state !== 'STOPPED') log.info(`${kind} is ${state}`, { [kind]: id, plugin });
}
