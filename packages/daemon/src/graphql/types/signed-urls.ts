/** Signed URLs: access to the audio of one call without a token, for a limited time. */
import { DEFAULT_LINK_SECONDS } from '../../access/media-links.ts';
import type { Builder, SchemaDeps } from '../builder.ts';
import type { Context } from '../context.ts';
import { canListen, toWebSocketUrl } from './audio.ts';
import { recordingPath } from '../../recording/ports.ts';
import type { RecordingFormatEnum } from './recording.ts';
import type { Refs, SignedUrl } from './refs.ts';
import { mapNowOrLater } from '../../now-or-later.ts';

const LIFETIME =
  'The lifetime in seconds, from 1 to `limits.mediaLinkSeconds` of the configuration, which is 3600 by default.';

export function addSignedUrls(
  builder: Builder,
  refs: Refs,
  Format: RecordingFormatEnum,
  deps: SchemaDeps,
): void {
  function sign(path: string, { viewer }: Context, seconds: number | null | undefined): SignedUrl {
    const { query, expiresAt } = deps.links.sign(`/${path}`, viewer, seconds ?? DEFAULT_LINK_SECONDS);
    const url = deps.urlOf(path);
    url.search = query;
    return { url: url.href, expiresAt };
  }

  refs.SignedUrl.implement({
    description:
      'A URL that grants access to the audio of one call, or to one export, without an access token, until it expires. It becomes invalid earlier if the access token that requested it is removed from the configuration, or if the call is erased.',
    fields: (t) => ({
      url: t.exposeString('url', { description: 'The URL. Treat it as a secret until it expires.' }),
      expiresAt: t.expose('expiresAt', { type: 'DateTime', description: 'When it expires.' }),
    }),
  });

  builder.objectField(refs.Recording, 'signedUrl', (t) =>
    t.field({
      type: refs.SignedUrl,
      description:
        'A URL of the file that needs no access token, for example for an audio element. Downloads are recorded in the audit log with the name of the access token that requested the URL.',
      args: {
        expiresInSeconds: t.arg.int({ defaultValue: DEFAULT_LINK_SECONDS, description: LIFETIME }),
        format: t.arg({
          type: Format,
          required: true,
          defaultValue: 'WAV',
          description: 'The format of the file.',
        }),
      },
      resolve: ({ callId }, { expiresInSeconds, format }, context) =>
        sign(recordingPath(callId, format), context, expiresInSeconds),
    }),
  );

  builder.objectField(refs.Call, 'signedListenUrl', (t) =>
    t.field({
      type: refs.SignedUrl,
      nullable: true,
      description:
        'As `listenUrl`, but needs no access token. A WebSocket that was opened before the URL expires stays open. Null if `listenUrl` is null.',
      args: {
        expiresInSeconds: t.arg.int({ defaultValue: DEFAULT_LINK_SECONDS, description: LIFETIME }),
      },
      resolve(call, { expiresInSeconds }, context) {
        return mapNowOrLater(canListen(call, deps), (isPossible) => {
          if (!isPossible) return null;
          const signed = sign(`calls/${call.id}/listen`, context, expiresInSeconds);
          return { ...signed, url: toWebSocketUrl(signed.url) };
        });
      },
    }),
  );
}
