/**
 * The checks that a provider makes of its configuration. A plugin is never trusted with them: results are bounded, secrets and
 * telephone numbers are masked, and an error of the plugin is a result like any other.
 */
import {
  CHECK_STATES,
  DIAGNOSTIC_LIMITS,
  isFault,
  messageOf,
  type CheckState,
  type Clock,
  type Diagnostic,
  type Logger,
} from '@sidetone/core';
import { maskText } from '../../access/mask-numbers.ts';

/** How long a report is given to further requests, ms: each new one sends requests to the provider. */
export const REPORT_LIFETIME_MS = 10_000;
/** Longer texts are cut before they are searched. */
const MAX_TEXT = 10_000;
/** Shorter secrets could occur in any text. */
const MIN_SECRET_LENGTH = 4;

/** The results of all checks of a provider. */
export interface DiagnosticReport {
  /** When the checks ended, epoch ms. */
  readonly checkedAt: number;
  readonly results: readonly Diagnostic[];
}

interface DiagnosticsDeps {
  readonly clock: Pick<Clock, 'now' | 'elapsed'>;
  readonly log: Logger;
  /** Returns the secrets in the options of the plugin. */
  readonly secrets: () => readonly string[];
  /** Runs the checks of the plugin, with a deadline. */
  readonly run: () => Promise<unknown>;
}

/** Runs the checks of one provider. Requests that arrive meanwhile, or shortly after, share a report. */
export class Diagnostics {
  readonly #deps: DiagnosticsDeps;
  #latest: { readonly report: Promise<DiagnosticReport>; endedAt: number } | undefined;

  constructor(deps: DiagnosticsDeps) {
    this.#deps = deps;
  }

  /** Never rejects. */
  report(): Promise<DiagnosticReport> {
    const { clock } = this.#deps;
    if (this.#latest && clock.elapsed() - this.#latest.endedAt < REPORT_LIFETIME_MS)
      return this.#latest.report;
    const report = this.#run();
    const latest = { report, endedAt: Infinity };
    this.#latest = latest;
    void report.then(() => (latest.endedAt = clock.elapsed()));
    return report;
  }

  async #run(): Promise<DiagnosticReport> {
    const { clock, secrets } = this.#deps;
    const results = toDiagnostics(await this.#results(), secrets());
    return { checkedAt: clock.now(), results };
  }

  async #results(): Promise<unknown> {
    try {
      return await this.#deps.run();
    } catch (error) {
      this.#deps.log.warn('diagnostics failed', { reason: messageOf(error), error });
      return [failedDiagnostic('diagnostics', error)];
    }
  }
}

/** Returns an error as a result. */
export function failedDiagnostic(name: string, error: unknown): Diagnostic {
  const remedy = isFault(error) ? error.remedy : 'Report it to the author of the plugin.';
  return { name, state: 'FAILED', message: messageOf(error), remedy };
}

/** Returns what a plugin reported, without invalid results, within the limits, and with secrets and numbers masked. */
export function toDiagnostics(reported: unknown, secrets: readonly string[]): readonly Diagnostic[] {
  const { results, nameCharacters, textCharacters } = DIAGNOSTIC_LIMITS;
  if (!Array.isArray(reported)) return [failedDiagnostic('diagnostics', new TypeError('expected a list'))];
  const clean = (text: unknown, length: number): string =>
    typeof text === 'string'
      ? maskText(withoutSecrets(text.slice(0, MAX_TEXT), secrets)).slice(0, length)
      : '';
  return reported.slice(0, results).map((each: Partial<Diagnostic> | null | undefined) => {
    const remedy = clean(each?.remedy, textCharacters);
    return {
      name: clean(each?.name, nameCharacters) || 'unnamed check',
      state: isCheckState(each?.state) ? each.state : 'SKIPPED',
      message: clean(each?.message, textCharacters),
      ...(remedy !== '' && { remedy }),
    };
  });
}

const isCheckState = (state: unknown): state is CheckState =>
  (CHECK_STATES as readonly unknown[]).includes(state);

/** Replaces secrets, as they are and as URLs and headers contain them. */
function withoutSecrets(text: string, secrets: readonly string[]): string {
  const forms = secrets
    .filter(({ length }) => length >= MIN_SECRET_LENGTH)
    .flatMap((secret) => [secret, encodeURIComponent(secret), Buffer.from(secret).toString('base64')]);
  return forms.reduce((masked, form) => masked.replaceAll(form, '[redacted]'), text);
}
