/** What the assistant asks of the host around it. Each host (desktop, browser, terminal) brings one. */
import type { AppAbout } from '../contract/app.ts';
import type { HostCapabilities } from '../contract/host.ts';

/** A host's few abilities. A method whose capability is false is never called. */
export interface Host {
  readonly kind: AppAbout['host'];
  readonly capabilities: HostCapabilities;
  /** Opens a link that was already checked to be http, https or mailto. */
  openExternal(link: string): Promise<void>;
  /** Lets the person pick a GGUF file; null when they closed the dialogue. */
  pickModelFile(): Promise<string | null>;
  /** Shows a file in the system's file browser. */
  showFile(path: string): Promise<void>;
}
