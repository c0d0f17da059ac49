/** Full-text search in transcripts. */
import type { Builder, SchemaDeps } from '../builder.ts';
import { checkSearch, MAX_SEARCH_CHARACTERS, toFilter } from '../lists/filter-input.ts';
import { MATCHES } from '../lists/lists.ts';
import { forwardArguments, toPageRequest } from '../lists/paging.ts';
import type { Refs } from '../types/refs.ts';

export function addSearch(builder: Builder, refs: Refs, { history, pageSize, countries }: SchemaDeps): void {
  refs.TranscriptMatch.implement({
    description: 'An utterance that matches a search.',
    fields: (t) => ({
      utterance: t.field({
        type: refs.Utterance,
        description: 'The utterance.',
        resolve: ({ utterance }) => utterance,
      }),
      snippet: t.exposeString('snippet', {
        description:
          'An excerpt of the text around the first match. Each match is enclosed in `[` and `]`; brackets of the text itself are replaced by parentheses.',
      }),
    }),
  });

  builder.queryField('searchTranscripts', (t) =>
    t.field({
      type: refs.TranscriptMatchConnection,
      description:
        'Searches transcripts. Returns the final utterances that contain all words of the query, the most recently stored first. The words can be in any order and in any script; case is ignored, as are accents on Latin letters. The last word also matches as a prefix. Words in double quotes match as a phrase. A query without a word matches nothing.',
      args: {
        query: t.arg.string({
          required: true,
          description: `The search text, at most ${MAX_SEARCH_CHARACTERS} characters. Any text is accepted.`,
        }),
        filter: t.arg({
          type: refs.CallFilter,
          required: false,
          description: 'Searches only calls that match this filter.',
        }),
        ...forwardArguments(t),
      },
      resolve: async (_root, { query, filter, first, after }) => {
        checkSearch('query', query);
        const request = toPageRequest(MATCHES, { first, after }, pageSize);
        return {
          ...(await history.search(query, toFilter(filter, countries), request)),
          request,
          list: MATCHES,
        };
      },
    }),
  );
}
