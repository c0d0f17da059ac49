/** Signed URLs of exports, which a browser downloads without an access token. */
import { DEFAULT_LINK_SECONDS } from '../../access/media-links.ts';
import {
  EXPORT_CONTENTS,
  EXPORT_FORMATS,
  type ExportContent,
  type ExportFormat,
} from '../../export/contents.ts';
import type { Builder, SchemaDeps } from '../builder.ts';
import { toFilter, type CallFilterInput } from '../lists/filter-input.ts';
import { addEnum } from '../types/enums.ts';
import type { Refs } from '../types/refs.ts';

const CONTENT = {
  CALLS: 'Calls.',
  EVENTS: 'The events of calls.',
  UTTERANCES: 'The utterances of calls.',
} as const satisfies Record<Uppercase<ExportContent>, string>;

const FORMAT = {
  JSONL: 'A JSON object for each line.',
  CSV: 'CSV, which spreadsheets open.',
} as const satisfies Record<Uppercase<ExportFormat>, string>;

export function addExportUrl(builder: Builder, refs: Refs, deps: SchemaDeps): void {
  const Content = addEnum(builder, 'ExportContent', 'What is exported.', CONTENT);
  const Format = addEnum(builder, 'ExportFormat', 'The format of an export.', FORMAT);
  builder.queryField('exportUrl', (t) =>
    t.field({
      type: refs.SignedUrl,
      description:
        'A URL that downloads rows as a file without an access token. The download is recorded in the audit log with the name of the access token that requested the URL.',
      args: {
        content: t.arg({
          type: Content,
          required: true,
          defaultValue: 'CALLS',
          description: 'What is exported.',
        }),
        format: t.arg({
          type: Format,
          required: true,
          defaultValue: 'CSV',
          description: 'The format of the file.',
        }),
        filter: t.arg({
          type: refs.CallFilter,
          required: false,
          description: 'Exports only calls that match this filter. It is part of the URL.',
        }),
        expiresInSeconds: t.arg.int({
          defaultValue: DEFAULT_LINK_SECONDS,
          description: 'The lifetime in seconds, from 1 to `limits.mediaLinkSeconds` of the configuration.',
        }),
      },
      resolve(_root, { content, format, filter, expiresInSeconds }, { viewer }) {
        // Rejects what the download would reject.
        toFilter(filter, deps.countries);
        const path = `export/${EXPORT_CONTENTS.find((name) => name.toUpperCase() === content)}.${EXPORT_FORMATS.find((name) => name.toUpperCase() === format)}`;
        const seconds = expiresInSeconds ?? DEFAULT_LINK_SECONDS;
        const { query, expiresAt } = deps.links.sign(`/${path}`, viewer, seconds, filterText(filter));
        const url = deps.urlOf(path);
        url.search = query;
        return { url: url.href, expiresAt };
      },
    }),
  );
}

const TIMES: ReadonlySet<string> = new Set<keyof CallFilterInput>(['createdAfter', 'createdBefore']);

/** Returns a filter as a variable of the type `CallFilter`: times were converted to numbers. */
function filterText(filter: CallFilterInput | null | undefined): string {
  return JSON.stringify(filter ?? {}, (key, value: unknown) =>
    TIMES.has(key) && typeof value === 'number' ? new Date(value).toISOString() : value,
  );
}
