/**
 * How large llama.cpp's compute buffers will be: the largest set of intermediate results that live
 * at the same time while a batch of a prompt is evaluated. An estimate from the shapes, for when
 * llama.cpp itself can't be asked (`refined-plan.ts`).
 */
import type { Inspection } from '../../contract/inspection.ts';
import type { Layout } from './layout.ts';
import type { ModelWeights } from './model-weights.ts';

const batch = 512;
const float = 4;

/** Bytes of both buffers. */
export function computeBuffers(
  inspection: Inspection,
  model: ModelWeights,
  { gpuLayers, expertLayersOnCpu }: Layout,
  contextSize: number,
): { gpu: number; ram: number } {
  const tokens = Math.min(batch, contextSize);
  const hidden = tokens * inspection.embeddingLength * float;
  const logits = tokens * inspection.vocabularySize * float;
  // The attention mask, and its copy in half precision for flash attention.
  const mask = tokens * contextSize * (float + 2);
  const experts = expertIntermediates(inspection, tokens);
  const whole = Math.ceil(hidden + mask + Math.max(logits + hidden, experts + 2 * hidden));
  if (gpuLayers === 0) return { gpu: 0, ram: whole };
  // Long prompts are evaluated on the GPU also for experts in main memory: one matrix is copied.
  const copied = expertLayersOnCpu > 0 ? model.largestExpertMatrix : 0;
  const layersInMemory = gpuLayers < model.layers.length || expertLayersOnCpu > 0;
  return {
    gpu: whole + copied,
    ram: Math.ceil(2 * hidden + mask + (layersInMemory ? experts + hidden : 0)),
  };
}

/** Gate, up and down results of all experts that work on a batch. */
function expertIntermediates(inspection: Inspection, tokens: number): number {
  const { count, used, layers } = inspection.experts;
  const { embeddingLength, parameters } = inspection;
  if (count <= used || layers === 0 || embeddingLength === 0) return 0;
  const perExpert = (parameters.total - parameters.active) / ((count - used) * layers);
  const width = perExpert / (3 * embeddingLength);
  return used * tokens * (2 * width + embeddingLength) * float;
}
