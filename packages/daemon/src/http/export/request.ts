/** Parses the URL of an export. */
import { FaultError, type CallId } from '@sidetone/core';
import { coerceInputValue, isInputType, type GraphQLSchema } from 'graphql';
import type { Countries } from '../../calls/numbers/countries.ts';
import type { CallFilter } from '../../calls/ports.ts';
import {
  EXPORT_CONTENTS,
  EXPORT_FORMATS,
  type ExportContent,
  type ExportFormat,
} from '../../export/contents.ts';
import { decodeExportCursor, type ExportPosition } from '../../export/cursor.ts';
import { TRANSCRIPT_FORMATS, type TranscriptFormat } from '../../export/transcripts.ts';
import { seesNumbers, type Viewer } from '../../access/viewer.ts';
import { rejectNumbers } from '../../graphql/guard/masking.ts';
import { toFilter, type CallFilterInput } from '../../graphql/lists/filter-input.ts';

const LIST_PATH = new RegExp(`^/export/(${EXPORT_CONTENTS.join('|')})\\.(${EXPORT_FORMATS.join('|')})$`);
const TRANSCRIPT_PATH = new RegExp(`^/calls/([^/]+)/transcript\\.(${TRANSCRIPT_FORMATS.join('|')})$`);

/** The parameters of an export of rows. */
const PARAMETERS: ReadonlySet<string> = new Set(['filter', 'after']);
/** Those of a signed URL, whose signature covers the filter. */
const LINK_PARAMETERS: ReadonlySet<string> = new Set(['filter', 'expires', 'by', 'signature']);

export const isExportPath = (path: string): boolean => LIST_PATH.test(path) || TRANSCRIPT_PATH.test(path);

/** The content and format of an export of rows; undefined if the path is that of a transcript. */
export function listAt(path: string): { content: ExportContent; format: ExportFormat } | undefined {
  const [, content, format] = LIST_PATH.exec(path) ?? [];
  return content === undefined
    ? undefined
    : { content: content as ExportContent, format: format as ExportFormat };
}

export function transcriptAt(path: string): { callId: CallId; format: TranscriptFormat } {
  const [, callId, format] = TRANSCRIPT_PATH.exec(path) ?? [];
  return { callId: callId as CallId, format: format as TranscriptFormat };
}

export interface ListSelection {
  readonly filter: CallFilter;
  readonly after?: ExportPosition;
}

/** @throws {FaultError} INPUT_INVALID, CURSOR_INVALID, or FORBIDDEN. */
export function selectionOf(
  { searchParams }: URL,
  content: ExportContent,
  viewer: Viewer,
  deps: { readonly schema: GraphQLSchema; readonly countries: Countries },
  isByLink = false,
): ListSelection {
  const permitted = isByLink ? LINK_PARAMETERS : PARAMETERS;
  for (const name of searchParams.keys())
    if (!permitted.has(name))
      throw new FaultError('INPUT_INVALID', `${name}: expected one of ${[...PARAMETERS].join(', ')}`);
  const after = searchParams.get('after');
  const input = filterIn(searchParams.get('filter'), deps.schema);
  if (input && !seesNumbers(viewer)) rejectNumbers({ filter: input });
  const filter = toFilter(input, deps.countries);
  return { filter, ...(after !== null && { after: decodeExportCursor(content, after) }) };
}

/** Reads the filter as GraphQL reads a variable of the type `CallFilter`. */
function filterIn(text: string | null, schema: GraphQLSchema): CallFilterInput | undefined {
  if (text === null) return undefined;
  const type = schema.getType('CallFilter');
  if (!isInputType(type)) throw new Error('the schema has no CallFilter');
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new FaultError('INPUT_INVALID', 'filter: expected a JSON object', { cause });
  }
  return coerceInputValue(value, type, (path, _value, { message }) => {
    throw new FaultError('INPUT_INVALID', `${['filter', ...path].join('.')}: ${message}`);
  }) as CallFilterInput;
}
