/** The core as the interface's state reaches it. */
import type { AssistantContract } from '../../app/contract/assistant.ts';
import type { Client } from '../../app/rpc/connect.ts';

/** The contract's methods. */
export type Core = Client<AssistantContract>;

/** Something that has the core while there is a connection. */
export interface CoreAccess {
  /** Throws `connectionLost` while there is none. */
  readonly core: Core;
}
