/**
 * The tables. All are derived from `events`, except `plugin_state`, `meta`, `log_epochs`, `waveforms` and commands that never got a call.
 * The full-text index `utterance_words` is not listed, because drizzle does not support virtual tables: see
 * `transcript-index.ts`. Instants are epoch ms. After a change here run `npm run db:generate`; never edit a released
 * migration.
 */
export { events, logEpochs } from './schema/events.ts';
export { calls, callTags, callNumbers } from './schema/calls.ts';
export { utterances, notes } from './schema/transcripts.ts';
export { commands } from './schema/commands.ts';
export { streams, recordings, listenings, waveforms } from './schema/audio.ts';
export { callTotals, callMeasures, totalsProgress } from './schema/totals.ts';
export { auditLog, accessTokens } from './schema/access.ts';
export { pluginState, meta } from './schema/state.ts';
