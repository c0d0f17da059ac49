/** `sidetone calls`: lists calls of the running daemon, newest first. */
import { createDaemonClient } from '../frame/daemon-client.ts';
import { minuteOf, parseInstant } from '../frame/instants.ts';
import type { OutputOptions } from '../frame/options.ts';
import { createOutput, type Column } from '../frame/output.ts';

export interface CallsOptions extends OutputOptions {
  readonly url: string;
  readonly live?: boolean;
  readonly provider?: readonly string[];
  readonly status?: readonly string[];
  readonly direction?: readonly string[];
  readonly since?: string;
  readonly until?: string;
  readonly number?: string;
  readonly tag?: readonly string[];
  readonly said?: string;
  readonly limit: number;
}

interface ListedCall {
  readonly id: string;
  readonly provider: { readonly id: string };
  readonly status: string;
  readonly direction: string | null;
  readonly from: string | null;
  readonly to: string | null;
  readonly createdAt: string;
  readonly answeredAt: string | null;
  readonly endedAt: string | null;
  readonly end: { readonly category: string } | null;
  readonly tags: readonly string[];
}

const FIELDS =
  'id provider { id } status direction from to createdAt answeredAt endedAt end { category } tags';
/** The number of calls of one request: below every `limits.pageSize` that is common. */
const PAGE = 50;

const COLUMNS: readonly Column<ListedCall>[] = [
  { title: 'id', value: ({ id }) => id },
  { title: 'provider', value: ({ provider }) => provider.id },
  { title: 'status', value: ({ status, end }) => (end ? `${status} ${end.category}` : status).toLowerCase() },
  { title: 'direction', value: ({ direction }) => direction?.toLowerCase() },
  { title: 'from', value: ({ from }) => from },
  { title: 'to', value: ({ to }) => to },
  { title: 'created', value: ({ createdAt }) => minuteOf(createdAt) },
  { title: 'seconds', value: secondsOf },
];

export async function calls(options: CallsOptions): Promise<void> {
  const daemon = createDaemonClient(options);
  const filter = filterOf(options);
  const found: ListedCall[] = [];
  let after: string | null = null;
  do {
    const query = `query ($filter: CallFilter, $first: Int, $after: String) {
      calls(filter: $filter, first: $first, after: $after) { nodes { ${FIELDS} } pageInfo { hasNextPage endCursor } }
    }`;
    const first = Math.min(PAGE, options.limit - found.length);
    const page: CallPage = await daemon.query<CallPage>(query, { filter, first, after });
    found.push(...page.calls.nodes);
    after = page.calls.pageInfo.hasNextPage ? page.calls.pageInfo.endCursor : null;
  } while (after !== null && found.length < options.limit);
  await createOutput(options).rows(found, COLUMNS);
}

interface CallPage {
  readonly calls: {
    readonly nodes: readonly ListedCall[];
    readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
  };
}

/** The daemon rejects a value that does not exist, and names those that do. */
function filterOf(options: CallsOptions): Readonly<Record<string, unknown>> {
  const { live, provider, status, direction, since, until, number, tag, said } = options;
  const isoOf = (name: string, text: string | undefined): string | undefined =>
    text === undefined ? undefined : new Date(parseInstant(name, text)).toISOString();
  const valuesOf = (texts: readonly string[] | undefined): readonly string[] | undefined =>
    texts?.map((text) => text.toUpperCase().replaceAll('-', '_'));
  return {
    live: live === true ? true : undefined,
    providerIds: provider,
    statuses: valuesOf(status),
    directions: valuesOf(direction),
    createdAfter: isoOf('--since', since),
    createdBefore: isoOf('--until', until),
    number,
    tags: tag,
    said,
  };
}

/** From the answer to the end; undefined of a call that was not answered or is live. */
function secondsOf({ answeredAt, endedAt }: ListedCall): number | undefined {
  if (answeredAt === null || endedAt === null) return undefined;
  return Math.round((Date.parse(endedAt) - Date.parse(answeredAt)) / 1000);
}
