import { expect, it } from 'vitest';
import { createScheduler } from '../../src/call/scheduler.ts';

it('the scheduler runs actions in the frame in which they are due, in order', () => {
  const scheduler = createScheduler();
  const done: string[] = [];
  scheduler.after(40, () => done.push('second'));
  scheduler.after(30, () => done.push('first'));
  scheduler.after(0, () => {
    done.push('now');
    scheduler.after(20, () => done.push('later'));
  });
  const seen = [1, 2, 3].map(() => {
    scheduler.tick();
    return done.splice(0).join();
  });
  expect(seen).toEqual(['now', 'first,second,later', '']);
});
