/** Writes calls with everything that was stored about them to a file, a JSON line for each. */
import { open } from 'node:fs/promises';
import type { DaemonClient } from '../frame/daemon-client.ts';
import type { ProgressLine } from '../frame/progress.ts';

/** Calls of a page, and utterances of one. */
const CALLS_PER_PAGE = 20;
const UTTERANCES_PER_PAGE = 200;
/** The file is private to its owner. */
const PRIVATE = 0o600;

export const CALL_FIELDS =
  'id providerCallId provider { id } status direction from to createdAt answeredAt endedAt hold { by since reason }';
const MORE_FIELDS = `${CALL_FIELDS} end { category code message } summary tags providerData cost { amount currency } assistant { providerAssistantId name } notes { text at author offsetMs }`;

export interface FoundCall {
  readonly id: string;
  readonly provider: { readonly id: string };
  readonly status: string;
  readonly direction: string | null;
  readonly createdAt: string;
  readonly hold: object | null;
}

interface Page<Node> {
  readonly nodes: readonly Node[];
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
}

/** Returns the calls of a filter, a page at a time. */
export async function* pagesOf<Call>(
  daemon: DaemonClient,
  filter: object,
  fields: string,
): AsyncGenerator<readonly Call[]> {
  const query = `query ($filter: CallFilter, $after: String) { calls(filter: $filter, first: ${CALLS_PER_PAGE}, after: $after) { nodes { ${fields} } pageInfo { hasNextPage endCursor } } }`;
  for (let after: string | null = null, more = true; more;) {
    const { calls }: { calls: Page<Call> } = await daemon.query(query, { filter, after });
    yield calls.nodes;
    ({ hasNextPage: more, endCursor: after } = calls.pageInfo);
  }
}

async function transcriptOf(daemon: DaemonClient, id: string): Promise<readonly unknown[]> {
  const query = `query ($id: ID!, $after: String) { call(id: $id) { utterances(first: ${UTTERANCES_PER_PAGE}, after: $after) { nodes { party text at startMs endMs } pageInfo { hasNextPage endCursor } } } }`;
  const transcript: unknown[] = [];
  for (let after: string | null = null, more = true; more;) {
    const { call }: { call: { utterances: Page<unknown> } | null } = await daemon.query(query, { id, after });
    if (!call) return transcript;
    transcript.push(...call.utterances.nodes);
    ({ hasNextPage: more, endCursor: after } = call.utterances.pageInfo);
  }
  return transcript;
}

/** Returns how many calls were written. Fails if the file exists. */
export async function exportCalls(
  daemon: DaemonClient,
  filter: object,
  path: string,
  progress: ProgressLine,
): Promise<number> {
  const file = await open(path, 'wx', PRIVATE);
  let written = 0;
  try {
    for await (const page of pagesOf<{ readonly id: string }>(daemon, filter, MORE_FIELDS)) {
      for (const call of page) {
        const line = JSON.stringify({ ...call, transcript: await transcriptOf(daemon, call.id) });
        await file.write(`${line}\n`);
        progress.update(`${++written} calls exported`);
      }
    }
    // What is erased next must be on the disk.
    await file.sync();
  } finally {
    await file.close();
  }
  progress.end(`${written} calls exported`);
  return written;
}
