/** What the rules about caches ask for and answer with. */
import type { LayerLayout } from '../../contract/inspection.ts';
import type { OwnMetadata } from './own-metadata.ts';

export type LayerCache = LayerLayout['cache'];

/** What the rules of llama.cpp need to know of a model. */
export interface CacheQuestion {
  readonly own: OwnMetadata;
  /** All layers of the file. */
  readonly layers: number;
  /** Layers that generate text; the rest predict further tokens and are not run. */
  readonly runLayers: number;
  /** Shapes of the tensors of a layer, for architectures that nobody knows. */
  readonly shapeOf: (layer: number, tensor: string) => readonly number[] | undefined;
}

/** Heads of keys in each layer and the length of one head. */
export interface KeyHeads {
  readonly queryHeads: readonly number[];
  readonly keyHeads: readonly number[];
  readonly keyLength: number;
  readonly valueLength: number;
  readonly keyLengthInWindow: number;
  readonly valueLengthInWindow: number;
  /** Multi-head latent attention: one joint vector for keys and values. */
  readonly isLatent: boolean;
}
