import { copyFileSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { writeAbortingModel } from '../../fixtures/gguf/aborting-model.ts';
import { temporaryHome } from '../core/temporary-home.ts';
import {
  asking,
  collect,
  modelAt,
  never,
  starter,
  starterModelPath,
  supervisedEngine,
} from './supervised-engine.ts';

const nothing = () => undefined;

function temporaryFile(name: string): string {
  return join(temporaryHome().folder, name);
}

function abortingModel(): string {
  const path = temporaryFile('aborts.gguf');
  writeAbortingModel(path);
  return path;
}

describe('a file that is not what it seems', () => {
  it('that makes ggml abort takes down only its own process', async () => {
    const { engine } = supervisedEngine();
    await expect(engine.load(modelAt(abortingModel()), nothing, never)).rejects.toMatchObject({
      code: 'engineDied',
    });
    await engine.load(starter(), nothing, never);
    const { text } = await collect(engine.generate(asking('What is a router?'), never));
    expect(text).toContain('router');
  });

  it('is given up after it ended the process three times, until it is forgiven', async () => {
    const { engine, processes } = supervisedEngine();
    const model = modelAt(abortingModel());
    const load = () => engine.load(model, nothing, never);
    await expect(load()).rejects.toMatchObject({ code: 'engineDied' });
    await expect(load()).rejects.toMatchObject({ code: 'engineDied' });
    await expect(load()).rejects.toMatchObject({ code: 'engineDied' });
    await expect(load()).rejects.toMatchObject({ code: 'modelCrashesEngine', data: { times: 3 } });
    expect(processes).toHaveLength(3);
    engine.forgive(model.id);
    await expect(load()).rejects.toMatchObject({ code: 'engineDied' });
  });

  it('and is no GGUF is refused with a reason', async () => {
    const { engine } = supervisedEngine();
    const path = temporaryFile('notes.gguf');
    writeFileSync(path, 'These are notes.');
    await expect(engine.load(modelAt(path), nothing, never)).rejects.toMatchObject({
      code: 'modelNotLoadable',
      data: { path },
    });
  });

  it('and ends too early is refused with a reason', async () => {
    const { engine } = supervisedEngine();
    const path = temporaryFile('half.gguf');
    copyFileSync(starterModelPath, path);
    truncateSync(path, 9_000_000);
    await expect(engine.load(modelAt(path), nothing, never)).rejects.toMatchObject({
      code: 'modelNotLoadable',
      data: { path },
    });
  });

  it('and has an architecture that nobody knows is named as such', async () => {
    const { engine } = supervisedEngine();
    const bytes = readFileSync(starterModelPath);
    bytes.write('deepsuck', bytes.indexOf('deepseek'));
    const path = temporaryFile('unknown.gguf');
    writeFileSync(path, bytes);
    await expect(engine.load(modelAt(path), nothing, never)).rejects.toMatchObject({
      code: 'modelUnsupported',
      data: { architecture: 'deepsuck' },
    });
  });
});

describe('an engine process that is killed', () => {
  const endless = asking('Tell me', { sampling: { temperature: 5, topK: 0, minP: 0, topP: 1 } });

  it('in mid-answer keeps what was said, and the next question works', async () => {
    const { engine, processes } = supervisedEngine();
    await engine.load(starter(), nothing, never);
    const deaths: string[] = [];
    engine.onDeath((exit) => deaths.push(exit));
    let said = '';
    const broken = (async () => {
      for await (const event of engine.generate(endless, never)) {
        if (event.type !== 'delta') continue;
        said += event.text;
        processes.at(-1)?.kill();
      }
    })();
    await expect(broken).rejects.toMatchObject({
      code: 'engineDied',
      data: { exit: 'signal SIGKILL' },
    });
    expect(said).not.toBe('');
    expect(deaths).toEqual(['signal SIGKILL']);
    await engine.load(starter(), nothing, never);
    const { text } = await collect(engine.generate(asking('What is a router?'), never));
    expect(text).toContain('router');
  });

  it('between two questions is noticed at once', async () => {
    const { engine, processes } = supervisedEngine();
    await engine.load(starter(), nothing, never);
    const death = new Promise<string>((resolve) => engine.onDeath(resolve));
    processes.at(-1)?.kill();
    await expect(death).resolves.toBe('signal SIGKILL');
    expect(await engine.residentBytes()).toBeNull();
  });

  it('is not counted against a model that answered in between', async () => {
    const { engine, processes } = supervisedEngine();
    const killAfterAnswer = async () => {
      await engine.load(starter(), nothing, never);
      await collect(engine.generate(asking('Hello', { maxTokens: 2 }), never));
      const death = new Promise<string>((resolve) => engine.onDeath(resolve));
      processes.at(-1)?.kill();
      await death;
    };
    await killAfterAnswer();
    await killAfterAnswer();
    await killAfterAnswer();
    await expect(engine.load(starter(), nothing, never)).resolves.toBeDefined();
  });
});

describe('loading', () => {
  it('can be called off', async () => {
    const { engine } = supervisedEngine();
    const stop = new AbortController();
    const loading = engine.load(starter({ threads: 'measure' }), () => stop.abort(), stop.signal);
    await expect(loading).rejects.toMatchObject({ code: 'cancelled' });
    await expect(engine.load(starter(), nothing, never)).resolves.toBeDefined();
  });

  it('says when the engine itself cannot be started', async () => {
    const { EngineSupervisor } = await import('../../../app/core/engine/engine-supervisor.ts');
    const { nodeEngineProcess } = await import('../../../app/core/engine/node-engine-process.ts');
    const { Log } = await import('../../../app/core/log.ts');
    const start = nodeEngineProcess(temporaryFile('no-such-engine.mjs'));
    const engine = new EngineSupervisor(start, new Log(temporaryHome().logs));
    await expect(engine.load(starter(), nothing, never)).rejects.toMatchObject({
      code: 'engineDied',
      data: { exit: 'code 1' },
    });
  });
});
