/** The operator's own patterns. They are matched in linear time by RE2, which is loaded only if there are patterns. */
import { FaultError, messageOf } from '@sidetone/core';
import type { Span } from './digit-runs.ts';

export interface PatternSetting {
  readonly name: string;
  readonly pattern: string;
}

export interface CompiledPattern {
  readonly name: string;
  find(text: string): readonly Span[];
}

/** @param key where the patterns are in the configuration. @throws {FaultError} CONFIG_INVALID with the key of the pattern. */
export async function compilePatterns(
  settings: readonly PatternSetting[],
  key: string,
): Promise<readonly CompiledPattern[]> {
  if (settings.length === 0) return [];
  const { RE2JS } = await import('re2js');
  return settings.map(({ name, pattern }, i) => {
    const compiled = compileOrThrow(() => RE2JS.compile(pattern), `${key}.${i}.pattern`);
    return {
      name,
      find(text) {
        const matcher = compiled.matcher(text);
        const spans: Span[] = [];
        while (matcher.find()) spans.push({ start: matcher.start(), end: matcher.end() });
        return spans.filter(({ start, end }) => end > start);
      },
    };
  });
}

function compileOrThrow<Pattern extends { matches(text: string): boolean }>(
  compile: () => Pattern,
  key: string,
): Pattern {
  let pattern: Pattern;
  try {
    pattern = compile();
  } catch (cause) {
    const message = `${key}: expected a regular expression of RE2 (${messageOf(cause)})`;
    throw new FaultError('CONFIG_INVALID', message, { cause });
  }
  if (!pattern.matches('')) return pattern;
  throw new FaultError('CONFIG_INVALID', `${key}: expected a pattern that does not match the empty text`);
}
