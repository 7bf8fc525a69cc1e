/** The one notice that stands over the page when something that was asked for failed. */
import { errorFactsOf, type ErrorFacts } from '../../app/contract/errors.ts';

class Notice {
  error = $state<ErrorFacts | null>(null);

  /** Shows why `thrown` was thrown; a newer notice takes the place of an older one. */
  show(thrown: unknown): void {
    this.error = errorFactsOf(thrown);
  }

  dismiss(): void {
    this.error = null;
  }
}

export const notice = new Notice();

/** Runs something that a person asked for; a failure becomes the notice. */
export async function attempt<Result>(action: () => Promise<Result>): Promise<Result | undefined> {
  try {
    const result = await action();
    return result;
  } catch (thrown) {
    notice.show(thrown);
    return undefined;
  }
}
