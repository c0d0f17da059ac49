import { expect, it } from 'vitest';
import { createScheduler } from '../../src/call/scheduler.ts';

it('an agenda does things when their frame comes, in the order in which they are due', () => {
  const agenda = createScheduler();
  const done: string[] = [];
  agenda.after(40, () => done.push('second'));
  agenda.after(30, () => done.push('first'));
  agenda.after(0, () => {
    done.push('now');
    agenda.after(20, () => done.push('later'));
  });
  const seen = [1, 2, 3].map(() => {
    agenda.tick();
    return done.splice(0).join();
  });
  expect(seen).toEqual(['now', 'first,second,later', '']);
});
