import { expect, test } from 'vitest';
import { fieldsOf } from '../src/request-fields.ts';

async function fieldsIn(
  body: string | Uint8Array<ArrayBuffer>,
  type: string | undefined,
  query = '',
): Promise<object> {
  const bytes = new Uint8Array(await new Response(body).arrayBuffer());
  const headers = type === undefined ? {} : { 'content-type': type };
  return fieldsOf({ query: new URLSearchParams(query), headers, body: bytes });
}

async function multipart(form: FormData): Promise<readonly [Uint8Array<ArrayBuffer>, string]> {
  const response = new Response(form);
  return [new Uint8Array(await response.arrayBuffer()), response.headers.get('content-type')!];
}

test.each([
  ['a form', 'CallSid=c1&To=%2B91+80', 'application/x-www-form-urlencoded', { CallSid: 'c1', To: '+91 80' }],
  ['a form with a charset', 'a=%E0%A4%95', 'application/x-www-form-urlencoded; charset=UTF-8', { a: 'क' }],
  ['JSON', '{"CallSid":"c1","n":{"m":1}}', 'application/json', { CallSid: 'c1', n: { m: 1 } }],
  ['JSON without a content type', '{"a":1}', undefined, { a: 1 }],
  ['a name that is given twice', 'a=1&a=2', 'application/x-www-form-urlencoded', { a: '2' }],
  ['broken JSON', '{"a":', 'application/json', {}],
  ['a list', '[1]', 'application/json', {}],
  ['a multipart form without a boundary', 'x', 'multipart/form-data', {}],
  ['a broken multipart form', 'x', 'multipart/form-data; boundary=b', {}],
  ['bytes', new Uint8Array([0xff, 0xfe]), 'application/octet-stream', {}],
  ['no body', '', 'application/x-www-form-urlencoded', {}],
] as const)('reads %s', async (_name, body, type, expected) => {
  expect(await fieldsIn(body, type)).toEqual(expected);
});

test('reads a multipart form without its files', async () => {
  const form = new FormData();
  form.append('CallSid', 'c1');
  form.append('recording', new File(['RIFF'], 'a.wav'));
  expect(await fieldsIn(...(await multipart(form)))).toEqual({ CallSid: 'c1' });
});

test('reads the query, and prefers the body', async () => {
  const form = 'application/x-www-form-urlencoded';
  expect(await fieldsIn('a=2', form, 'a=1&b=3')).toEqual({ a: '2', b: '3' });
  expect(await fieldsIn('', undefined, 'a=1')).toEqual({ a: '1' });
});

test('names of the prototype are plain fields', async () => {
  const fields = await fieldsIn('__proto__=x&constructor=y', 'application/x-www-form-urlencoded');
  expect(Object.getPrototypeOf(fields)).toBe(Object.prototype);
  expect(Object.hasOwn(fields, 'constructor')).toBe(true);
});
