/**
 * The tables in PostgreSQL: those of SQLite with the same names and columns, and those that assign positions. Instants are epoch
 * ms. Triggers are in the migrations. After a change here run `npm run db:generate:postgres`, and add \`COLLATE "C"\` to new columns
 * of text; never edit a released migration.
 */
export { events, logCommits, logEpochs, logHead } from './schema/events.ts';
export { calls, callTags, callNumbers } from './schema/calls.ts';
export { utterances, utteranceWords, notes } from './schema/transcripts.ts';
export { commands } from './schema/commands.ts';
export { streams, recordings, listenings, waveforms } from './schema/audio.ts';
export { callTotals, callMeasures } from './schema/totals.ts';
export { auditLog, accessTokens } from './schema/access.ts';
export { nodes, callOwners, duties } from './schema/nodes.ts';
export { pluginState, meta } from './schema/state.ts';
