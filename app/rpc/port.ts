/**
 * What a transport (MessagePort, WebSocket, child process) has to offer to carry calls. Values are
 * plain data; a transport that needs text turns them into JSON itself.
 */
export interface Port {
  /** Sends one message. Never throws: on a closed port it does nothing. */
  send(message: unknown): void;
  /** Sets the one listener for messages, in order of sending. */
  onMessage(listener: (message: unknown) => void): void;
  /** Sets the one listener for the end of the connection; called once. */
  onClose(listener: () => void): void;
}
