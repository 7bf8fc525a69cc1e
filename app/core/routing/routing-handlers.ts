/** The contract's entries about routing. */
import type { AssistantContract } from '../../contract/assistant.ts';
import type { Handlers } from '../../rpc/serve.ts';
import type { AnswerRecords } from './answer-records.ts';

/** `records` throws while the database can't be opened. */
export function routingHandlers(
  records: () => AnswerRecords,
): Handlers<AssistantContract>['routing'] {
  return {
    strip: ({ answerId }) => records().strip(answerId),
    ofAnswer: ({ answerId }) => records().ofAnswer(answerId),
    counts: ({ answerId, over }) => records().counts(answerId, over),
  };
}
