/** The templates in JavaScript are those in TypeScript without types: `vitest run -u` writes them. */
import { readdirSync, readFileSync } from 'node:fs';
import { transformSync } from 'amaro';
import { format } from 'prettier';
import { describe, expect, test } from 'vitest';

const TEMPLATES = 'packages/create-sidetone-plugin/templates';
const SOURCES = readdirSync(`${TEMPLATES}/typescript`).filter((name) => name.endsWith('.ts'));

const javascriptOf = (typescript: string): Promise<string> => {
  const before = typescript.split('\n');
  const { code } = transformSync(typescript, { mode: 'strip-only' });
  // Types become spaces: lines that had nothing else are left out.
  const lines = code.split('\n').filter((line, at) => !/^[ ;]*$/.test(line) || before[at]?.trim() === '');
  return format(lines.join('\n').replaceAll(/(?<=from '\.\/[\w.-]+)\.ts(?=')/g, '.js'), {
    parser: 'babel',
    singleQuote: true,
    printWidth: 110,
  });
};

describe('the template in JavaScript', () => {
  test.each(SOURCES)('is that in TypeScript without types: %s', async (name) => {
    const code = await javascriptOf(readFileSync(`${TEMPLATES}/typescript/${name}`, 'utf8'));
    await expect(code).toMatchFileSnapshot(`../templates/javascript/${name.replace(/ts$/, 'js')}`);
  });

  test('has no other files', () => {
    const names = readdirSync(`${TEMPLATES}/javascript`).map((name) => name.replace(/js$/, 'ts'));
    expect(names.toSorted()).toEqual(SOURCES.toSorted());
  });
});
