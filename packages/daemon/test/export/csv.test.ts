import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CSV_LINE_END, csvRecord } from '../../src/export/csv.ts';

/** A strict reader of RFC 4180, as a check of the writer. */
function parse(text: string): string[][] {
  const records: string[][] = [];
  let cells: string[] = [];
  let at = 0;
  while (at < text.length) {
    const quoted = /^"((?:[^"]|"")*)"/.exec(text.slice(at));
    const plain = /^[^",\r\n]*/.exec(text.slice(at))![0];
    cells.push(quoted ? quoted[1]!.replaceAll('""', '"') : plain);
    at += quoted ? quoted[0].length : plain.length;
    if (text[at] === ',') at++;
    else if (text.slice(at, at + 2) === CSV_LINE_END) {
      records.push(cells);
      cells = [];
      at += 2;
    } else throw new Error(`unexpected character at ${at}`);
  }
  return records;
}

describe('a record', () => {
  test('contains any text, and ends at the only carriage return', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'binary' }), { minLength: 1 }), (cells) => {
        const text = csvRecord(cells);
        expect(text.indexOf('\r')).toBe(text.length - 2);
        const [record] = parse(text);
        const read = record!.map((cell, i) =>
          /^'[=+\-@\t]/.test(cell) && cell !== cells[i] ? cell.slice(1) : cell,
        );
        const expected = cells.map((cell) => cell.replaceAll(/\r\n?/g, '\n'));
        expect(read.map((cell) => cell.replace(/^'\n/, '\n'))).toEqual(expected);
      }),
      { numRuns: 50 },
    );
  });

  test.each([
    ['=HYPERLINK("http://x")', `"'=HYPERLINK(""http://x"")"`],
    ['+1+cmd|x', "'+1+cmd|x"],
    ['-2+3', "'-2+3"],
    ['@SUM(A1)', "'@SUM(A1)"],
    ['\t=1', "'\t=1"],
    ['+918000000001', '+918000000001'],
    ['-1.5', '-1.5'],
    ['a=b', 'a=b'],
  ])('has no formula: %j', (value, cell) => {
    expect(csvRecord([value])).toBe(`${cell}\r\n`);
  });

  test('has empty cells for what is unknown', () => {
    expect(csvRecord([null, undefined, 0, false, ''])).toBe(',,0,false,\r\n');
  });
});
