/** The report of the provider about an ended call: summary, reason of the end and cost. */
import { Text } from '../ui/text/text.tsx';
import type { Call } from './documents.ts';

export function ReportPanel({
  call: { summary, cost, end },
}: {
  readonly call: Pick<Call, 'summary' | 'cost' | 'end'>;
}) {
  const message = end?.message ?? null;
  if (summary === null && cost === null && message === null) return null;
  return (
    <section className="card" aria-labelledby="report-title">
      <h2 id="report-title">Provider report</h2>
      {summary !== null && <Text as="p">{summary}</Text>}
      {message !== null && (
        <p className="muted">
          Reason of the end: <Text>{message}</Text>
        </p>
      )}
      {cost !== null && <p className="muted">Cost: {moneyText(cost)}</p>}
    </section>
  );
}

/** Four decimals, because a call often costs less than a cent. */
function moneyText({ amount, currency }: NonNullable<Call['cost']>): string {
  const format = new Intl.NumberFormat(undefined, { style: 'currency', currency, maximumFractionDigits: 4 });
  return format.format(amount);
}
