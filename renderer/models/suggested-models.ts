/**
 * A few Mixture-of-Experts models to begin with, until the app fetches models itself. Sizes are of
 * the files with about four bits a weight, as their publishers give them.
 */

/** A model that can be fetched from its publisher's page. */
export interface SuggestedModel {
  readonly name: string;
  readonly page: string;
  readonly totalParameters: number;
  readonly activeParameters: number;
  readonly fileBytes: number;
  readonly license: string;
}

export const suggestedModels: readonly SuggestedModel[] = [
  {
    name: 'OLMoE 1B-7B',
    page: 'https://huggingface.co/allenai/OLMoE-1B-7B-0125-Instruct-GGUF',
    totalParameters: 6_900_000_000,
    activeParameters: 1_300_000_000,
    fileBytes: 4_200_000_000,
    license: 'Apache 2.0',
  },
  {
    name: 'gpt-oss 20B',
    page: 'https://huggingface.co/ggml-org/gpt-oss-20b-GGUF',
    totalParameters: 21_000_000_000,
    activeParameters: 3_600_000_000,
    fileBytes: 12_000_000_000,
    license: 'Apache 2.0',
  },
  {
    name: 'Qwen3 30B-A3B',
    page: 'https://huggingface.co/Qwen/Qwen3-30B-A3B-GGUF',
    totalParameters: 30_500_000_000,
    activeParameters: 3_100_000_000,
    fileBytes: 18_000_000_000,
    license: 'Apache 2.0',
  },
];
