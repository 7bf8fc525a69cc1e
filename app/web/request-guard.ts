/**
 * Decides, before anything else happens, whether a request may come in. A page of another site can
 * make a browser send requests to this computer; its `Origin`, its `Host` (when its name was
 * rebound to 127.0.0.1) or the fetch metadata give it away. Pure.
 */
import { timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';

/** Host names under which this computer reaches itself. */
const loopbackNames = ['127.0.0.1', 'localhost', '[::1]'];

/** What the guard compares with. */
export interface GuardedAddress {
  readonly port: number;
  /** The address that was given explicitly, if it is not a loopback one. */
  readonly listenHost: string;
}

/** Whether `Host`, `Origin` and fetch metadata show that the request is meant for us. */
export function isForeign(headers: IncomingHttpHeaders, address: GuardedAddress): boolean {
  const hosts = ownHosts(address);
  if (headers.host === undefined || !hosts.has(headers.host.toLowerCase())) return true;
  const { origin } = headers;
  if (origin !== undefined && !hosts.has(origin.replace(/^http:\/\//, ''))) return true;
  const site = headers['sec-fetch-site'];
  return site === 'cross-site' || site === 'same-site';
}

/** Compares two secrets without telling by time how much of them agrees. */
export function secretsEqual(given: string, own: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(own)];
  return a.length === b.length && timingSafeEqual(a, b);
}

function ownHosts({ port, listenHost }: GuardedAddress): Set<string> {
  const given = listenHost.includes(':') ? `[${listenHost}]` : listenHost;
  const names = [...loopbackNames, given.toLowerCase()];
  const hosts = names.map((name) => `${name}:${port}`);
  return new Set(port === 80 ? [...names, ...hosts] : hosts);
}
