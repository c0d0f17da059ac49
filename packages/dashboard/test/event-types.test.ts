import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { EVENT_TYPES } from '../page/call/documents.ts';

test('the page of a call loads all event types except those of speech', () => {
  const schema = readFileSync('docs/reference/schema.graphql', 'utf8');
  const body = /^enum CallEventType \{(.*?)^\}/ms.exec(schema)![1]!.replaceAll(/""".*?"""/gs, '');
  const types = body.match(/\b[A-Z_]+\b/g)!;
  expect(types.length).toBeGreaterThan(15);
  expect([...EVENT_TYPES].toSorted()).toEqual(types.filter((type) => !type.startsWith('SPEECH_')).toSorted());
});
