import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { call, stream } from '../../../app/contract/call.ts';
import { MoeweError } from '../../../app/contract/errors.ts';
import { connect } from '../../../app/rpc/connect.ts';
import { localPorts } from '../../../app/rpc/local-ports.ts';
import { serve, type Handlers } from '../../../app/rpc/serve.ts';

const contract = {
  sums: {
    add: call(z.object({ a: z.number(), b: z.number() }), z.number()),
    wrongResult: call(z.void(), z.number()),
    fail: call(z.object({ path: z.string() }), z.void()),
    count: stream(z.object({ to: z.number() }), z.number()),
    forever: stream(z.void(), z.number()),
  },
} as const;

function joined(overrides: Partial<Handlers<typeof contract>['sums']> = {}) {
  const ports = localPorts();
  const defects: unknown[] = [];
  const left = { aborted: false };
  const handlers: Handlers<typeof contract> = {
    sums: {
      add: ({ a, b }) => a + b,
      wrongResult: () => 'three' as unknown as number,
      fail: ({ path }) => {
        throw new MoeweError('diskFull', { path });
      },
      count: async function* ({ to }) {
        for (let n = 1; n <= to; n += 1) yield await Promise.resolve(n);
      },
      forever: async function* (_, { signal }) {
        signal.addEventListener('abort', () => (left.aborted = true));
        for (let n = 1; !signal.aborted; n += 1) {
          yield n;
          await new Promise((resolve) => setTimeout(resolve, 1));
        }
      },
      ...overrides,
    },
  };
  serve(contract, handlers, ports.right, (thrown) => defects.push(thrown));
  return { client: connect(contract, ports.left), ports, defects, left };
}

async function collect<T>(events: AsyncIterable<T>): Promise<T[]> {
  const collected: T[] = [];
  for await (const event of events) collected.push(event);
  return collected;
}

describe('a served contract', () => {
  it('answers a call', async () => {
    const { client } = joined();
    await expect(client.sums.add({ a: 1, b: 2 })).resolves.toBe(3);
  });

  it('refuses an argument that does not pass its check, with a typed error', async () => {
    const { client } = joined();
    await expect(client.sums.add({ a: 'one' as unknown as number, b: 2 })).rejects.toMatchObject({
      code: 'argumentInvalid',
      data: { where: 'sums.add' },
    });
  });

  it('carries a typed error with its data', async () => {
    const { client } = joined();
    await expect(client.sums.fail({ path: '/x' })).rejects.toMatchObject({
      code: 'diskFull',
      data: { path: '/x' },
    });
  });

  it('reports a result of the wrong form as a defect', async () => {
    const { client, defects } = joined();
    await expect(client.sums.wrongResult()).rejects.toMatchObject({ code: 'internal' });
    expect(defects).toHaveLength(1);
  });

  it('yields the events of a stream in order and then ends', async () => {
    const { client } = joined();
    await expect(collect(client.sums.count({ to: 5 }))).resolves.toEqual([1, 2, 3, 4, 5]);
  });

  it('runs calls and streams side by side', async () => {
    const { client } = joined();
    const [first, sum, second] = await Promise.all([
      collect(client.sums.count({ to: 3 })),
      client.sums.add({ a: 2, b: 2 }),
      collect(client.sums.count({ to: 2 })),
    ]);
    expect({ first, sum, second }).toEqual({ first: [1, 2, 3], sum: 4, second: [1, 2] });
  });

  it('tells the handler when the reader leaves the loop', async () => {
    const { client, left } = joined();
    for await (const n of client.sums.forever()) if (n === 3) break;
    await expect.poll(() => left.aborted).toBe(true);
  });

  it('fails everything that waits when the connection ends', async () => {
    const { client, ports, left } = joined({ add: () => new Promise(() => undefined) });
    const pending = client.sums.add({ a: 1, b: 2 });
    const running = collect(client.sums.forever());
    setTimeout(() => ports.close(), 20);
    const outcomes = await Promise.allSettled([pending, running]);
    const reason = expect.objectContaining({ code: 'connectionLost' }) as unknown;
    expect(outcomes).toEqual([
      { status: 'rejected', reason },
      { status: 'rejected', reason },
    ]);
    await expect(client.sums.add({ a: 1, b: 2 })).rejects.toMatchObject({ code: 'connectionLost' });
    expect(left.aborted).toBe(true);
  });

  it('stays alive when messages of a foreign form arrive', async () => {
    const { client, ports } = joined();
    const foreign = [null, 'text', 7, {}, { t: 'q' }, { t: 'q', m: 'constructor', a: [] }];
    for (const message of foreign) ports.left.send(message);
    await expect(client.sums.add({ a: 1, b: 1 })).resolves.toBe(2);
  });
});
