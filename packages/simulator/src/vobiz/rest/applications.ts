// The application of the account's numbers. The documents name its fields, and no shape of the list: it is that of recordings.

import { success } from './replies.ts';
import type { Route } from './replies.ts';

export const APPLICATION_ROUTES: readonly Route[] = [
  {
    method: 'GET',
    path: /^\/Application\/$/,
    answer(_request, cloud) {
      const { answerUrl = '', hangupUrl = '', answerMethod = 'POST' } = cloud.application();
      const application = {
        app_id: '10000000000000001',
        app_name: 'Front desk',
        answer_url: answerUrl,
        answer_method: answerMethod,
        hangup_url: hangupUrl,
        fallback_answer_url: '',
      };
      const meta = { limit: 20, offset: 0, next: null, previous: null, total_count: 1 };
      return success(200, { meta, objects: [application] });
    },
  },
];
