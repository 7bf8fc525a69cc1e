import { describe, expect, it } from 'vitest';
import { inspectRemoteModel } from '../../../app/core/gguf/remote-model.ts';
import { startRangeServer, type Misbehaviour } from '../../fixtures/gguf/range-server.ts';
import { realShape } from '../../fixtures/gguf/real-shapes.ts';
import { splitModel } from '../../fixtures/gguf/split-model.ts';
import { tinyModel, tinySpec } from '../../fixtures/gguf/tiny-model.ts';
import { writeGguf } from '../../fixtures/gguf/writer.ts';

const tiny = tinyModel('qwen3moe');
const signal = new AbortController().signal;

async function inspectFrom(misbehaviour: Misbehaviour, timeoutMs = 5000) {
  await using server = await startRangeServer({ '/m.gguf': tiny }, misbehaviour);
  const address = `${server.address}/m.gguf?key=secret`;
  try {
    return await inspectRemoteModel({ address, signal, timeoutMs });
  } finally {
    expect(server.sentBytes()).toBeLessThan(8_000_000);
  }
}

describe('a model on a server', () => {
  it('is inspected as if it were here', async () => {
    await using server = await startRangeServer({ '/models/m.gguf': tiny });
    const address = `${server.address}/models/m.gguf`;
    const inspection = await inspectRemoteModel({ address, signal });
    expect(inspection).toMatchObject({ name: 'Tiny qwen3moe', fileBytes: tiny.length });
    expect(inspection.layers).toHaveLength(3);
  });

  it('is found behind redirects', async () => {
    await using server = await startRangeServer({ '/m.gguf': tiny });
    const address = `${server.address}/moved/m.gguf`;
    expect((await inspectRemoteModel({ address, signal })).architecture).toBe('qwen3moe');
  });

  it('is named after its address if it has no name', async () => {
    const nameless = tinyModel('olmoe', { metadata: { 'general.name': { text: ' ' } } });
    await using server = await startRangeServer({ '/My Model.gguf': nameless });
    const address = `${server.address}/My%20Model.gguf?download=true`;
    expect((await inspectRemoteModel({ address, signal })).name).toBe('My Model');
  });

  it('with a vocabulary of 150,000 tokens is read in few pieces, its weights never', async () => {
    const { metadata, tensors } = realShape('qwen3-30b-a3b');
    // Only the header is there: who asks for weights gets nothing.
    const header = writeGguf({ metadata, tensors: [] });
    const bytes = Buffer.concat([header, Buffer.alloc(20_000_000)]);
    const few = tensors.slice(0, 1).map((tensor) => ({ ...tensor, shape: [2048, 16] }));
    const whole = writeGguf({ metadata, tensors: few });
    await using server = await startRangeServer({ '/m.gguf': Buffer.concat([whole, bytes]) });
    const inspection = await inspectRemoteModel({ address: `${server.address}/m.gguf`, signal });
    expect(inspection.vocabularySize).toBe(151_936);
    expect(server.sentBytes()).toBeLessThan(header.length + 4_500_000);
    expect(server.requests()).toBeLessThan(8);
  });

  it('that is split is one model', async () => {
    const parts = splitModel('big', tinySpec('mixtral'), 3);
    const files = parts.map(({ name, bytes }) => [`/a/${name}`, bytes] as const);
    await using server = await startRangeServer(Object.fromEntries(files));
    const address = `${server.address}/a/big-00001-of-00003.gguf?download=true`;
    const inspection = await inspectRemoteModel({ address, signal });
    const bytes = parts.reduce((total, part) => total + part.bytes.length, 0);
    expect(inspection).toMatchObject({ fileBytes: bytes, experts: { count: 8, layers: 3 } });
  });

  it('that lacks a part names the missing one', async () => {
    const [first] = splitModel('big', tinySpec('mixtral'), 2);
    await using server = await startRangeServer({ '/big-00001-of-00002.gguf': first.bytes });
    const address = `${server.address}/big-00001-of-00002.gguf`;
    await expect(inspectRemoteModel({ address, signal })).rejects.toMatchObject({
      code: 'remoteRefused',
      data: { address: `${server.address}/big-00002-of-00002.gguf`, status: 404 },
    });
  });

  it.each([
    ['ignoresRanges', 'remoteNoRanges'],
    ['ignoresRangesForever', 'remoteNoRanges'],
    ['sendsOtherRange', 'remoteNoRanges'],
    ['hidesSize', 'remoteNoRanges'],
    ['breaksOff', 'remoteUnreachable'],
    ['redirectsForever', 'remoteUnreachable'],
  ] as const)('whose server %s is refused', async (misbehaviour, code) => {
    await expect(inspectFrom(misbehaviour)).rejects.toMatchObject({ code });
  });

  it.each(['neverAnswers', 'stopsInTheMiddle'] as const)(
    'whose server %s is given up',
    async (misbehaviour) => {
      await expect(inspectFrom(misbehaviour, 200)).rejects.toMatchObject({
        code: 'remoteUnreachable',
        data: { detail: 'it took too long' },
      });
    },
  );

  it('whose server sends more than was asked for is read and left', async () => {
    expect((await inspectFrom('sendsTooMuch')).architecture).toBe('qwen3moe');
  });

  it('that changes while it is read is refused', async () => {
    const large = tinyModel('qwen3moe', { size: { vocabulary: 40_000 } });
    await using server = await startRangeServer({ '/m.gguf': large }, 'changesSize');
    const address = `${server.address}/m.gguf`;
    await expect(inspectRemoteModel({ address, signal })).rejects.toMatchObject({
      code: 'remoteUnreachable',
    });
  });

  it.each([
    ['is not there', '/none.gguf', 'remoteRefused'],
    ['is empty', '/empty.gguf', 'modelNotGguf'],
    ['is a page', '/page.gguf', 'modelNotGguf'],
    ['ends too early', '/short.gguf', 'modelTruncated'],
  ])('that %s is refused', async (_, path, code) => {
    await using server = await startRangeServer({
      '/empty.gguf': Buffer.alloc(0),
      '/page.gguf': Buffer.from('<!doctype html><title>Please sign in</title>'),
      '/short.gguf': tiny.subarray(0, tiny.length - 1000),
    });
    const address = `${server.address}${path}`;
    await expect(inspectRemoteModel({ address, signal })).rejects.toMatchObject({ code });
  });

  it('is not asked for any more when the person stops it', async () => {
    await using server = await startRangeServer({ '/m.gguf': tiny }, 'neverAnswers');
    const stop = new AbortController();
    const address = `${server.address}/m.gguf`;
    const inspecting = inspectRemoteModel({ address, signal: stop.signal });
    stop.abort();
    await expect(inspecting).rejects.toMatchObject({ code: 'cancelled' });
  });

  it('keeps a key in its address out of messages', async () => {
    const failure = await inspectFrom('ignoresRanges').catch((thrown: unknown) => thrown);
    expect(JSON.stringify(failure)).not.toContain('secret');
  });

  it('on a computer that cannot be reached says so', async () => {
    const server = await startRangeServer({});
    const address = `${server.address}/m.gguf`;
    await server[Symbol.asyncDispose]();
    await expect(inspectRemoteModel({ address, signal })).rejects.toMatchObject({
      code: 'remoteUnreachable',
      data: { detail: 'ECONNREFUSED' },
    });
  });
});
