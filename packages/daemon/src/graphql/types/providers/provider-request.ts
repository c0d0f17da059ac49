/** Recent requests of a provider. */
import { FaultError } from '@sidetone/core';
import { messageTypeOf } from '../../../plugins/requests/body-shape.ts';
import { remedyOf } from '../../../plugins/requests/recent-requests.ts';
import { DEFAULT_PAGE_SIZE } from '../../guard/query-size.ts';
import type { Enums } from '../enums.ts';
import type { Refs } from '../refs.ts';

/** Returns the number of requests to list. @throws {FaultError} INPUT_INVALID. */
export function checkedCount(first: number | null | undefined, pageSize: number): number {
  const count = first ?? Math.min(DEFAULT_PAGE_SIZE, pageSize);
  if (count >= 0 && count <= pageSize) return count;
  throw new FaultError('INPUT_INVALID', `first: expected a number from 0 to ${pageSize}, received ${count}`, {
    details: { argument: 'first', maximum: pageSize },
  });
}

export function addProviderRequest(refs: Refs, enums: Enums): void {
  refs.ProviderRequest.implement({
    description:
      'A request or a socket between a provider and the daemon. It never contains transcripts, telephone numbers or secrets.',
    fields: (t) => ({
      at: t.expose('at', { type: 'DateTime', description: 'When it began.' }),
      direction: t.expose('direction', { type: enums.RequestDirection, description: 'Who sent it.' }),
      kind: t.expose('kind', {
        type: enums.RequestKind,
        description: 'Whether it is a request or a socket.',
      }),
      method: t.exposeString('method', { description: 'The HTTP method.' }),
      path: t.exposeString('path', {
        description:
          'The path, with the host if it was sent by the daemon. The query is omitted, and `…` stands for parts that can be ids or secrets.',
      }),
      contentType: t.exposeString('contentType', {
        nullable: true,
        description: 'The media type of the body. Null if there is none.',
      }),
      bytes: t.exposeInt('bytes', {
        nullable: true,
        description:
          'The size of the body that was read, or what was received on the socket. Null if that is not known.',
      }),
      messageType: t.string({
        nullable: true,
        description: 'The type of the message in the body, such as `status-update`. Null if it is not known.',
        resolve: ({ body }) => messageTypeOf(body),
      }),
      body: t.field({
        type: 'JSON',
        nullable: true,
        description:
          'The structure of the body: its fields with their types and lengths; values only of fields that name a type or a state. Null if it is neither JSON nor a form, is larger than 64 KiB, or arrived with too many others.',
        resolve: ({ body }) => body,
      }),
      durationMs: t.exposeInt('durationMs', {
        nullable: true,
        description:
          'The time until the response, or until the socket was closed. Null while it is in progress.',
      }),
      status: t.exposeInt('status', {
        nullable: true,
        description: 'The status of the response or the handshake. Null if there is none.',
      }),
      closeCode: t.exposeInt('closeCode', {
        nullable: true,
        description: 'The close code of the socket. Null while it is open, and for requests.',
      }),
      code: t.exposeString('code', {
        nullable: true,
        description: 'The error code. Null if it did not fail.',
      }),
      reason: t.exposeString('reason', {
        nullable: true,
        description: 'Why it failed, or why the socket was closed. Null if that is not known.',
      }),
      remedy: t.string({
        nullable: true,
        description: 'What to do about the error. Null if it did not fail.',
        resolve: remedyOf,
      }),
    }),
  });
}
