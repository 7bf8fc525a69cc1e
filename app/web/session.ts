/**
 * The secrets of one run: the token in the printed address is exchanged for a cookie, so that the
 * address bar and the history do not keep it.
 */
import { randomBytes } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { secretsEqual } from './request-guard.ts';

export class Session {
  readonly token = randomSecret();
  readonly #cookie = randomSecret();
  readonly #name: string;

  /** Browsers share cookies between ports of a host: the port is part of the name. */
  constructor(port: number) {
    this.#name = `moewe-${port}`;
  }

  /** The `Set-Cookie` header for the right token; null for a wrong one. */
  exchange(token: string): string | null {
    if (!secretsEqual(token, this.token)) return null;
    return `${this.#name}=${this.#cookie}; Path=/; HttpOnly; SameSite=Strict`;
  }

  /** Whether a request carries the cookie. */
  isOpen({ cookie = '' }: IncomingHttpHeaders): boolean {
    const given = cookie
      .split(';')
      .map((pair) => pair.trim())
      .filter((pair) => pair.startsWith(`${this.#name}=`));
    return given.some((pair) => secretsEqual(pair.slice(this.#name.length + 1), this.#cookie));
  }
}

/** 256 random bits, fit for addresses and headers. */
export function randomSecret(): string {
  return randomBytes(32).toString('base64url');
}
