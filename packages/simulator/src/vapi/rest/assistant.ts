import type { VapiBehaviour } from '../behaviour.ts';
import { ASSISTANT_ID } from '../call/call-object.ts';
import { DEFAULT_TYPES } from '../webhook/message-format.ts';

/** What a monitor should ask for. */
const ALL_MESSAGES = [...DEFAULT_TYPES, 'transcript', 'transfer-update'];

/** Returns the assistant that answers the calls, as `GET /assistant` lists it. */
export function describeAssistant(
  behaviour: VapiBehaviour,
  serverUrl: string | undefined,
): Readonly<Record<string, unknown>> {
  const { serverMessages, listenEnabled, controlEnabled } = behaviour;
  const { listenAuthenticationEnabled, controlAuthenticationEnabled } = behaviour;
  return {
    id: ASSISTANT_ID,
    name: 'Nova',
    ...(serverUrl !== undefined && { server: { url: serverUrl } }),
    ...(!serverMessages.includes('default') && {
      serverMessages: serverMessages.length === 0 ? ALL_MESSAGES : serverMessages,
    }),
    monitorPlan: { listenEnabled, controlEnabled, listenAuthenticationEnabled, controlAuthenticationEnabled },
  };
}
