/** The viewer: who sends the request, and with which scopes. */
import type { Scope, Viewer } from '../../access/viewer.ts';
import type { Builder } from '../builder.ts';
import { addEnum } from './enums.ts';

const SCOPE = {
  READ: 'Read calls, their transcripts and events, and the state of providers.',
  LISTEN: 'Access audio: levels, waveforms, recordings and live audio.',
  CONTROL:
    'Place calls, control live calls, switch transcription, and add utterances, notes and tags to calls.',
  MASKED_NUMBERS:
    'No permission: telephone numbers are masked, and cannot be searched for. Has no effect together with ADMIN.',
  ADMIN: 'Everything, including erasing calls and importing past calls.',
} as const satisfies Record<Scope, string>;

/** Returns the enum of the scopes. */
export function addViewer(builder: Builder) {
  const ScopeEnum = addEnum(builder, 'Scope', 'A permission of an access token.', SCOPE);
  const ViewerType = builder.objectRef<Viewer>('Viewer').implement({
    description: 'Who sends the request.',
    fields: (t) => ({
      name: t.exposeString('name', {
        description: 'The name of the access token, or `local` if the daemon has no access tokens.',
      }),
      scopes: t.field({
        type: [ScopeEnum],
        description: 'The scopes of the access token. ADMIN includes all other permissions.',
        resolve: ({ scopes }) => [...scopes],
      }),
      expiresAt: t.field({
        type: 'DateTime',
        nullable: true,
        description: 'When the access token becomes invalid. Null if it does not expire.',
        resolve: ({ expiresAt }) => expiresAt ?? null,
      }),
    }),
  });
  builder.queryField('viewer', (t) =>
    t.field({
      type: ViewerType,
      description: 'Who sends the request, and with which scopes. Requires no scope.',
      resolve: (_root, _args, { viewer }) => viewer,
    }),
  );
  return ScopeEnum;
}
