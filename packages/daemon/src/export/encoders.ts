/** Writes exported rows as JSON lines or CSV. The last field of each row is its cursor. Pure. */
import { columnsOf, type ExportContent, type ExportFormat, type ExportRow } from './contents.ts';
import { csvRecord } from './csv.ts';

export interface ExportEncoder {
  readonly contentType: string;
  /** What an export starts with. An export that continues another one does not have it. */
  readonly head: string;
  encode(row: ExportRow, cursor: string): string;
}

const ENCODERS = {
  jsonl: () => ({
    contentType: 'application/jsonl; charset=utf-8',
    head: '',
    encode: (row, cursor) => `${JSON.stringify({ ...row, cursor })}\n`,
  }),
  csv(content) {
    const columns = columnsOf(content);
    const values = Object.values(columns);
    return {
      contentType: 'text/csv; charset=utf-8; header=present',
      head: csvRecord([...Object.keys(columns), 'cursor']),
      encode: (row, cursor) => csvRecord([...values.map((value) => value(row)), cursor]),
    };
  },
} as const satisfies Record<ExportFormat, (content: ExportContent) => ExportEncoder>;

export const createEncoder = (content: ExportContent, format: ExportFormat): ExportEncoder =>
  ENCODERS[format](content);
