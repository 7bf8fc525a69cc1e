/**
 * A core with a large model on a machine that tests do not have: the page is the real one and
 * speaks the real contract, plans come from the real planner, routing from a seeded router.
 */
import type { Page } from 'playwright-core';
import { assistantContract, type AssistantContract } from '../../app/contract/assistant.ts';
import type { Message } from '../../app/contract/answers.ts';
import type { ChatEvent } from '../../app/contract/chats.ts';
import { MoeweError } from '../../app/contract/errors.ts';
import type { Hardware } from '../../app/contract/hardware.ts';
import type { EngineState, LoadedModel, Model } from '../../app/contract/models.ts';
import type { Plan, PlanWishes } from '../../app/contract/plans.ts';
import type { RoutingCounts, RoutingRecord, StripToken } from '../../app/contract/routing.ts';
import { settings } from '../../app/contract/settings.ts';
import { planPlacement } from '../../app/core/plan/plan-placement.ts';
import { Topic } from '../../app/core/topic.ts';
import { serve, type Handlers } from '../../app/rpc/serve.ts';
import { machine, qwen30b } from '../unit/core/plan/example-models.ts';

const names = { cuda: 'NVIDIA GeForce RTX 4060' };

/** What the fixture shows. */
export interface Fixture {
  readonly hardware?: Hardware;
  readonly engine?: EngineState['state'];
  readonly answer?: string;
}

const answerText = `Because for each token it uses only about three of the thirty billion. The feed-forward part of every layer is split into 128 small networks, the **experts**, and a router picks eight of them. The others are not read from memory at all.

Reading weights is what takes the time, so the speed follows the *active* parameters:

\`\`\`
1.9 GB read per token / 60 GB/s = 32 ms = 31 tokens/s
\`\`\`

- Attention and the [shared parts](https://example.com/next) work on every token.
- Experts that answer rarely can stay in main memory.

The whole file must still fit somewhere: that is why attention stays on the graphics card while experts wait in main memory, where a token finds the few that it needs.`;

const layers = Array.from({ length: 48 }, (_, layer) => layer);
const expertCount = 128;
const usedCount = 8;

/** Shows the page with the fixture behind it; the host only gives the page's files. */
export async function showFixture(page: Page, url: string, fixture: Fixture = {}): Promise<void> {
  await page.routeWebSocket(/\/socket/, (socket) => {
    serve(
      assistantContract,
      fixtureHandlers(fixture),
      {
        send: (message) => socket.send(JSON.stringify(message)),
        onMessage: (listener) =>
          socket.onMessage((text) => listener(JSON.parse(String(text)) as unknown)),
        onClose: (listener) => socket.onClose(() => listener()),
      },
      () => undefined,
    );
  });
  await page.goto(url);
  await page.goto(`${new URL(url).origin}/#/chat/c`);
  await page.reload();
}

function fixtureHandlers(fixture: Fixture): Handlers<AssistantContract> {
  const hardware = fixture.hardware ?? laptop();
  const models = [largeModel(), denseModel()];
  const record = routed(fixture.answer ?? answerText);
  let kept: PlanWishes = {};
  let chosen = settings.parse({});
  const engineChanges = new Topic<EngineState>();
  let engine = engineState(fixture.engine ?? 'ready', hardware);
  const planned = (wishes: PlanWishes): Plan =>
    planPlacement({
      inspection: qwen30b,
      hardware,
      wishes: { ...kept, ...wishes },
      threads: 8,
      measured: null,
    });
  const picture = () => ({ models, engine, chosenId: 'qwen' });
  const moveTo = (next: EngineState) => {
    engine = next;
    engineChanges.publish(next);
  };
  const refuse = (): never => {
    throw new MoeweError('notOffered', { ability: 'fixture' });
  };
  return {
    app: {
      about: () => ({ version: '1.0.0', home: '/home', models: '/home/models', host: 'browser' }),
      watch: (_, { signal }) => new Topic<{ state: 'open' }>().follow([{ state: 'open' }], signal),
      setDatabaseAside: refuse,
      reopen: () => ({ state: 'open' }),
    },
    answers: { ask: refuse, stop: () => undefined, retry: refuse },
    chats: {
      list: () => [chat],
      watchList: (_, { signal }) =>
        new Topic<never>().follow([{ type: 'all', chats: [chat] } as never], signal),
      show: refuse,
      open: (_, { signal }) =>
        new Topic<ChatEvent>().follow(
          [{ type: 'opened', chat, messages: messages(fixture.answer ?? answerText) }],
          signal,
        ),
      rename: refuse,
      remove: refuse,
      chooseLeaf: refuse,
      search: () => [],
    },
    models: {
      list: () => models,
      watch: async function* (_, { signal }) {
        yield picture();
        for await (const changed of engineChanges.follow([], signal)) {
          yield { ...picture(), engine: changed };
        }
      },
      add: refuse,
      remove: () => undefined,
      choose: () => {
        const loaded = loadedAs(planned({}), hardware);
        moveTo({ state: 'ready', modelId: 'qwen', loaded });
        return loaded;
      },
      unload: () => moveTo({ state: 'empty' }),
    },
    inspection: { ofModel: () => qwen30b },
    hardware: { describe: () => hardware },
    plans: {
      ofModel: ({ wishes }) => planned(wishes),
      keepWishes: ({ wishes }) => {
        kept = wishes;
        return planned({});
      },
    },
    routing: {
      strip: () => ({ state: 'recorded', tokens: barsOf(record) }),
      ofAnswer: () => ({ state: 'recorded', record }),
      counts: () => countsOf(record),
    },
    settings: {
      get: () => chosen,
      watch: (_, { signal }) => new Topic<typeof chosen>().follow([chosen], signal),
      change: (change) => (chosen = settings.parse({ ...chosen, ...change })),
    },
    host: {
      capabilities: () => ({ pickFile: false, showFile: false }),
      openExternal: () => undefined,
      pickFile: () => null,
      showFile: () => undefined,
    },
  };
}

const chat = {
  id: 'c',
  title: 'Why experts make it cheap',
  createdAt: Date.now(),
  updatedAt: Date.now(),
  leafId: 'a',
};

function laptop(): Hardware {
  const plain = machine(14e9, 8e9);
  const gpus = plain.gpus.map((gpu) => ({ ...gpu, name: names.cuda, freeBytes: 7.4e9 }));
  return { ...plain, memory: { ...plain.memory, totalBytes: 16e9 }, gpus };
}

function largeModel(): Model {
  return {
    id: 'qwen',
    name: 'Qwen3 30B-A3B',
    path: '/home/models/Qwen3-30B-A3B-Q4_K_M.gguf',
    bytes: 18_556_684_768,
    sha256: null,
    state: 'ready',
    builtIn: false,
    error: null,
    facts: {
      architecture: 'qwen3moe',
      name: 'Qwen3 30B-A3B',
      license: 'Apache 2.0',
      quantization: 'Q4_K_M',
      contextLength: 262_144,
      parameters: { total: 30_532_122_624, active: 3_353_032_704 },
      experts: { count: expertCount, used: usedCount, shared: 0, layers: layers.length },
      hasChatTemplate: true,
    },
  };
}

function denseModel(): Model {
  const large = largeModel();
  return {
    ...large,
    id: 'dense',
    name: 'Small and dense',
    bytes: 2e9,
    facts: large.facts && {
      ...large.facts,
      experts: { count: 0, used: 0, shared: 0, layers: 0 },
    },
  };
}

function loadedAs(plan: Plan, hardware: Hardware): LoadedModel {
  const { gpu, ram } = plan.memory;
  return {
    threads: plan.placement.threads,
    backend: hardware.gpus[0]?.backend ?? 'cpu',
    contextSize: plan.placement.contextSize,
    loadMs: 2100,
    threadSamples: [],
    threadChoiceMs: 0,
    residentBytes: 11e9,
    nativeBuild: { state: 'present' },
    placement: plan.placement,
    memory: { gpu: { ...gpu, compute: Math.round(gpu.compute * 1.02) }, ram },
  };
}

function engineState(state: EngineState['state'], hardware: Hardware): EngineState {
  const modelId = 'qwen';
  const wishes = {};
  const plan = planPlacement({
    inspection: qwen30b,
    hardware,
    wishes,
    threads: 8,
    measured: null,
  });
  if (state === 'ready') return { state, modelId, loaded: loadedAs(plan, hardware) };
  if (state === 'loading') return { state, modelId, step: 'reading', progress: 0.6 };
  return { state: 'empty' };
}

function messages(text: string): Message[] {
  const { facts, id, name } = largeModel();
  const common = { chatId: 'c', reasoning: '', attachments: [], createdAt: Date.now() };
  const question: Message = {
    ...common,
    id: 'q',
    parentId: null,
    role: 'user',
    text: 'Why does a model with 30 billion parameters run on my laptop?',
    status: { state: 'finished', stopReason: 'endOfAnswer', stats: null },
    model: null,
  };
  const stats = {
    promptTokens: 24,
    evaluatedPromptTokens: 24,
    answerTokens: 212,
    loadMs: 0,
    timeToFirstTokenMs: 400,
    promptTokensPerSecond: 160,
    tokensPerSecond: 31.4,
    threads: 8,
    backend: 'cuda',
  };
  return [
    question,
    {
      ...common,
      id: 'a',
      parentId: 'q',
      role: 'assistant',
      text,
      status: { state: 'finished', stopReason: 'endOfAnswer', stats },
      model: facts && {
        id,
        name,
        architecture: facts.architecture,
        parameters: facts.parameters,
        experts: facts.experts,
      },
    },
  ];
}

/** The text in tokens with experts by a router whose experts are not equally busy. */
function routed(text: string, seed = 7): RoutingRecord {
  const texts = text.match(/\s?[\p{L}\d]{1,6}|\s|[^\s]/gu) ?? [];
  const random = seededRandom(seed);
  const places = texts.length * layers.length * usedCount;
  const experts = new Uint16Array(places);
  const weights = new Uint8Array(places);
  let sharpness = 1;
  for (let cell = 0; cell < texts.length * layers.length; cell += 1) {
    const layer = cell % layers.length;
    if (layer === 0) sharpness = 1.2 + 5 * random() ** 2.4;
    const chosen = new Set<number>();
    while (chosen.size < usedCount) {
      const index = expertCount * random() ** 2.6;
      chosen.add((Math.floor(index) * 37 + layer * 11) % expertCount);
    }
    const raw = [...chosen].map(() => Math.exp(sharpness * random()));
    const sum = raw.reduce((total, weight) => total + weight, 0);
    const sorted = raw.toSorted((a, b) => b - a);
    for (const [place, expert] of [...chosen].entries()) {
      experts[cell * usedCount + place] = expert;
      weights[cell * usedCount + place] = Math.round(((sorted[place] ?? 0) / sum) * 255);
    }
  }
  return {
    layers,
    expertCount,
    usedCount,
    tokens: texts.map((text) => ({ text, role: 'answer' })),
    experts: Buffer.from(experts.buffer).toString('base64'),
    weights: Buffer.from(weights).toString('base64'),
  };
}

/** The bars, as sure as the first expert of each layer is strong; every fortieth is rare. */
function barsOf({ tokens, weights }: RoutingRecord): StripToken[] {
  const shares = Buffer.from(weights, 'base64');
  return tokens.map(({ text }, token) => {
    const first = layers.map((layer) => shares[(token * layers.length + layer) * usedCount] ?? 0);
    const mean = first.reduce((sum, share) => sum + share, 0) / layers.length / 255;
    const certainty = Math.max(0, (mean - 1 / usedCount) / (1 - 1 / usedCount));
    return { text, certainty, rare: token % 40 === 27 };
  });
}

function countsOf({ tokens, experts }: RoutingRecord): RoutingCounts {
  const ids = new Uint16Array(Uint8Array.from(Buffer.from(experts, 'base64')).buffer);
  const counts = layers.map(() => new Array<number>(expertCount).fill(0));
  for (const [place, expert] of ids.entries()) {
    const ofLayer = counts[Math.floor(place / usedCount) % layers.length];
    if (ofLayer) ofLayer[expert] = (ofLayer[expert] ?? 0) + 1;
  }
  return { layers, expertCount, usedCount, tokens: tokens.length, counts };
}

/** Mulberry32: the same numbers in every run. */
function seededRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
