import { describe, expect, it } from 'vitest';
import { Turns } from '../../../app/core/turns.ts';

const never = new AbortController().signal;

describe('turns', () => {
  it('go one at a time, in the order of asking', async () => {
    const turns = new Turns();
    const order: string[] = [];
    const endFirst = await turns.take(never);
    const second = turns.take(never).then((end) => {
      order.push('second');
      end();
    });
    const third = turns.take(never).then((end) => {
      order.push('third');
      end();
    });
    order.push('first');
    endFirst();
    await Promise.all([second, third]);
    expect(order).toEqual(['first', 'second', 'third']);
  });

  it('let one that gave up leave the queue without holding up the others', async () => {
    const turns = new Turns();
    const endFirst = await turns.take(never);
    const impatient = new AbortController();
    const second = turns.take(impatient.signal);
    const third = turns.take(never);
    impatient.abort();
    await expect(second).rejects.toMatchObject({ code: 'cancelled' });
    endFirst();
    await expect(third).resolves.toBeTypeOf('function');
  });

  it('are free again after the last one ended, even if it ended twice', async () => {
    const turns = new Turns();
    const end = await turns.take(never);
    end();
    const endSecond = await turns.take(never);
    end();
    const third = turns.take(never);
    const state = await Promise.race([third.then(() => 'taken'), Promise.resolve('waiting')]);
    expect(state).toBe('waiting');
    endSecond();
    await third;
  });

  it('refuse one that was given up before it asked', async () => {
    await expect(new Turns().take(AbortSignal.abort())).rejects.toMatchObject({
      code: 'cancelled',
    });
  });
});
