/** The tags that calls have, for suggestions. */
import { normalizeUnicode } from '@sidetone/core';
import { MAX_TAG_CHARACTERS } from '../../calls/annotation-service.ts';
import { MAX_COUNTED_CALLS, type TagCount } from '../../history/ports.ts';
import type { Builder, SchemaDeps } from '../builder.ts';
import { checkedCount } from '../types/providers/provider-request.ts';

export function addTags(builder: Builder, { history, pageSize }: SchemaDeps): void {
  const Tag = builder.objectRef<TagCount>('TagCount').implement({
    description: 'A tag, and how many calls have it.',
    fields: (t) => ({
      tag: t.exposeString('tag', { description: 'The tag.' }),
      calls: t.exposeInt('calls', {
        description: `The number of calls with the tag, at most ${MAX_COUNTED_CALLS}.`,
      }),
    }),
  });
  builder.queryField('tags', (t) =>
    t.field({
      type: [Tag],
      description: 'The tags of calls that begin with a text, in the order of their characters.',
      args: {
        prefix: t.arg.string({ defaultValue: '', description: 'The beginning of the tags, with its case.' }),
        first: t.arg.int({
          required: false,
          description: 'The maximum number of tags. Default 50, at most `limits.pageSize`.',
        }),
      },
      resolve: async (_root, { prefix, first }) => {
        const limit = checkedCount(first, pageSize);
        const start = normalizeUnicode((prefix ?? '').trimStart(), 'NFC');
        if (limit === 0 || start.length > MAX_TAG_CHARACTERS) return [];
        return [...(await history.tags(start, limit))];
      },
    }),
  );
}
