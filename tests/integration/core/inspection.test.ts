import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it } from 'vitest';
import { tinyModel, writeTinyModel } from '../../fixtures/gguf/tiny-model.ts';
import { starterModelPath } from '../engine/supervised-engine.ts';
import { openTestAssistant } from './open-assistant.ts';

describe('the library', () => {
  it('tells everything that a model’s file says', async () => {
    const { assistant, home } = openTestAssistant();
    mkdirSync(home.models, { recursive: true });
    writeTinyModel(join(home.models, 'tiny.gguf'), 'qwen35moe');
    await assistant.client.models.list();
    const inspection = await assistant.client.inspection.ofModel({ id: 'tiny' });
    expect(inspection).toMatchObject({ architecture: 'qwen35moe', embeddingLength: 64 });
    expect(inspection.layers).toHaveLength(8);
  });

  it('tells of no model that it does not have', async () => {
    const { assistant } = openTestAssistant();
    await expect(assistant.client.inspection.ofModel({ id: 'none' })).rejects.toMatchObject({
      code: 'modelUnknown',
    });
  });

  it('shows a contradictory model as damaged, and why', async () => {
    const { assistant, home } = openTestAssistant();
    mkdirSync(home.models, { recursive: true });
    const metadata = { 'olmoe.expert_used_count': { u32: 9 } };
    writeFileSync(join(home.models, 'bad.gguf'), tinyModel('olmoe', { metadata }));
    const models = await assistant.client.models.list();
    expect(models.find(({ id }) => id === 'bad')).toMatchObject({
      state: 'damaged',
      error: { code: 'modelDamaged' },
    });
  });

  it.each(['{"architecture":"deepseek"}', 'null', 'no JSON'])(
    'reads a model again whose kept facts are %s',
    async (facts) => {
      const { assistant, home } = openTestAssistant();
      mkdirSync(home.models, { recursive: true });
      copyFileSync(starterModelPath, join(home.models, 'mine.gguf'));
      await assistant.client.models.list();
      const database = new DatabaseSync(home.database);
      database.prepare('UPDATE models SET facts = ?').run(facts);
      database.close();
      const models = await assistant.client.models.list();
      expect(models.find(({ id }) => id === 'mine')).toMatchObject({
        state: 'ready',
        facts: { experts: { count: 16 } },
      });
    },
  );
});
