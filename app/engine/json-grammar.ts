/** Lets an answer be nothing but JSON of a given shape. */
import type { Llama, LlamaJsonSchemaGrammar } from 'node-llama-cpp';
import type { GenerateRequest } from '../contract/engine.ts';
import { MoeweError } from '../contract/errors.ts';

type Schema = Parameters<Llama['createGrammarForJsonSchema']>[0];
type Grammar = LlamaJsonSchemaGrammar<Schema>;

/** The grammar of a schema; null for any text. Throws `argumentInvalid`. */
export async function grammarOf(
  llama: Llama,
  schema: GenerateRequest['jsonSchema'],
): Promise<Grammar | null> {
  if (schema === null) return null;
  try {
    return await llama.createGrammarForJsonSchema(schema as unknown as Schema);
  } catch (thrown) {
    const detail = thrown instanceof Error ? thrown.message : String(thrown);
    throw new MoeweError('argumentInvalid', { where: 'jsonSchema', detail }, { cause: thrown });
  }
}
