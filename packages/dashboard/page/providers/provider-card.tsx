/** One provider: state, traffic, addresses, capabilities, rejected requests and the import of past calls. */
import type { ReactNode } from 'react';
import { Link } from 'wouter';
import { historyHref } from '../history/search-query.ts';
import { useHasScope } from '../session/session-context.ts';
import { CopyButton } from '../ui/clipboard/copy-button.tsx';
import { asSentence, dateTimeText } from '../ui/format.ts';
import { CAPABILITY_LABELS } from './labels.ts';
import { MissingScope } from '../ui/missing-scope.tsx';
import { BackfillForm } from './backfill-form.tsx';
import type { Backfill, Provider } from './documents.ts';
import { Diagnostics } from './diagnostics.tsx';
import { PluginHeading } from './plugin-heading.tsx';
import { capitalised } from './request-text.ts';
import { RequestList } from './request-list.tsx';

interface ProviderCardProps {
  readonly provider: Provider;
  readonly backfill: Backfill | undefined;
  /** Called after the daemon accepted a change. */
  readonly onChange: () => void;
}

export function ProviderCard({ provider, backfill, onChange }: ProviderCardProps) {
  const isAdmin = useHasScope('ADMIN');
  const { id, notices, webhookUrls, capabilities, recentRequests } = provider;
  return (
    <section className="card" aria-labelledby={`provider-${id}`}>
      <PluginHeading id={`provider-${id}`} level={2} part={provider} />
      {notices.length > 0 && (
        <ul className="provider-notices">
          {notices.map(({ code, message, count, lastAt }) => (
            <li key={code}>
              {capitalised(asSentence(message))}
              {lastAt !== null &&
                ` ${count} since the start, the last one at ${dateTimeText(lastAt, Date.now())}.`}
            </li>
          ))}
        </ul>
      )}
      <Traffic provider={provider} />
      {webhookUrls.length > 0 && (
        <section aria-label="Addresses">
          <h3>Enter these addresses at the provider</h3>
          <ul className="provider-urls">
            {webhookUrls.map(({ setting, url }) => (
              <li key={`${setting} ${url}`}>
                <span className="muted">{setting}</span>
                <code>{url}</code>
                <CopyButton text={url} what={setting} />
              </li>
            ))}
          </ul>
        </section>
      )}
      <details className="collapsible">
        <summary>What the provider supports</summary>
        <ul className="tags">
          {capabilities.map((capability) => (
            <li key={capability} className="tag">
              {CAPABILITY_LABELS[capability]}
            </li>
          ))}
        </ul>
      </details>
      {isAdmin ? (
        <>
          <Diagnostics providerId={id} />
          {recentRequests && <RequestList requests={recentRequests} />}
          <BackfillForm providerId={id} backfill={backfill} onChange={onChange} />
        </>
      ) : (
        <MissingScope scope="admin">
          You cannot see rejected requests, check the configuration or import past calls.
        </MissingScope>
      )}
    </section>
  );
}

function Traffic({ provider }: { readonly provider: Provider }) {
  const { id, liveCallCount, lastEventAt, lastWebhookAt, rejectedWebhooks, lastRejectedWebhookAt } = provider;
  const { rejectedEvents, failedRequests } = provider;
  return (
    <dl className="facts">
      <Fact name="Live calls">
        <Link href={historyHref({ provider: id, outcome: 'LIVE' })}>{liveCallCount.toLocaleString()}</Link>
      </Fact>
      <Fact name="Last event">{timeText(lastEventAt)}</Fact>
      <Fact name="Last webhook">{timeText(lastWebhookAt)}</Fact>
      <Fact name="Rejected webhooks">
        {rejectedWebhooks.toLocaleString()}
        {lastRejectedWebhookAt !== null && `, the last one ${timeText(lastRejectedWebhookAt)}`}
      </Fact>
      {rejectedEvents > 0 && <Fact name="Rejected events">{rejectedEvents.toLocaleString()}</Fact>}
      {failedRequests > 0 && (
        <Fact name="Requests that failed in the plugin">{failedRequests.toLocaleString()}</Fact>
      )}
    </dl>
  );
}

function Fact({ name, children }: { readonly name: string; readonly children: ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

const timeText = (at: string | null): string =>
  at === null ? 'none since the start' : dateTimeText(at, Date.now());
