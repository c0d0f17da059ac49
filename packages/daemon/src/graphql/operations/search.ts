/** Searching in what was said. */
import type { Builder, SchemaDeps } from '../builder.ts';
import { checkSearch, MAX_SEARCH_CHARACTERS, toFilter } from '../types/filter.ts';
import { MATCHES } from '../types/lists.ts';
import { toWindow } from '../types/paging.ts';
import type { Refs } from '../types/refs.ts';

export function addSearch(builder: Builder, refs: Refs, { history, pageSize }: SchemaDeps): void {
  refs.TranscriptMatch.implement({
    description: 'One place where the words were said.',
    fields: (t) => ({
      utterance: t.field({
        type: refs.Utterance,
        description: 'All that was said there.',
        resolve: ({ utterance }) => utterance,
      }),
      snippet: t.exposeString('snippet', {
        description:
          'A stretch of it around the first match. `[` and `]` stand around each match and nowhere else: brackets of the text itself are shown as parentheses.',
      }),
    }),
  });

  builder.queryField('searchTranscripts', (t) =>
    t.field({
      type: refs.TranscriptMatchConnection,
      description:
        'Where words were said, what was told last first. Final utterances in which all the words are, in any order and script; case, and accents on Latin letters, do not matter. The last word may be the beginning of one. Words in double quotes stand beside one another as they are. A query without a word finds nothing.',
      args: {
        query: t.arg.string({
          required: true,
          description: `What to search for: at most ${MAX_SEARCH_CHARACTERS} characters. No text is a mistake in it.`,
        }),
        filter: t.arg({ type: refs.CallFilter, required: false, description: 'Only in these calls.' }),
        first: t.arg.int({ required: false, description: 'How many at most.' }),
        after: t.arg.string({ required: false, description: 'Only those behind this cursor.' }),
      },
      resolve: async (_root, { query, filter, first, after }) => {
        checkSearch('query', query);
        const window = toWindow(MATCHES, { first, after }, pageSize);
        return { ...(await history.search(query, toFilter(filter), window)), window, list: MATCHES };
      },
    }),
  );
}
