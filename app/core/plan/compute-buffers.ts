/**
 * How large llama.cpp's compute buffers will be: the largest set of intermediate results that live
 * at the same time while a batch of a prompt is evaluated. An estimate from the shapes, for when
 * llama.cpp itself can't be asked (`refined-plan.ts`). Against its own report within 15 % for models of
 * the shapes of OLMoE, Qwen3 30B, gpt-oss 20B and DeepSeek V2 Lite on the processor, and for OLMoE on
 * a GPU.
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
  const mask = tokens * contextSize * float;
  // For flash attention the mask is copied in half precision.
  const masks = mask * 1.5;
  const experts = expertIntermediates(inspection, tokens);
  if (gpuLayers === 0) {
    const ram = Math.max(logits + 2 * hidden, experts + masks + 3 * hidden);
    return { gpu: 0, ram: Math.ceil(ram) };
  }
  const partly = gpuLayers < model.layers.length;
  // Long prompts are evaluated on the GPU also for experts in main memory: a matrix is copied there.
  const copied = partly || expertLayersOnCpu > 0 ? model.largestExpertMatrix : 0;
  const layer = experts + hidden + copied + (partly || copied === 0 ? masks : 0);
  return {
    gpu: Math.ceil(Math.max(logits + hidden, layer)),
    ram: Math.ceil(mask + hidden),
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
