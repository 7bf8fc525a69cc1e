/** Inspects a model on a web server before anybody downloads it. */
import type { Inspection } from '../../contract/inspection.ts';
import { MoeweError } from '../../contract/errors.ts';
import { inspectionOf } from './inspection.ts';
import { readModelHeader } from './read-model-header.ts';
import { openRemoteSource, shownAddress, type RemoteRequest } from './remote-source.ts';

/**
 * Reads the headers of all files of a model; for a split one the address is that of the first part.
 * Errors: those of a model's file, and `remoteUnreachable`, `remoteRefused`, `remoteNoRanges`,
 * `cancelled`.
 */
export async function inspectRemoteModel(request: RemoteRequest): Promise<Inspection> {
  const address = parsed(request.address);
  const folder = address.pathname.replace(/[^/]*$/, '');
  const addressOf = (name: string) => {
    const part = new URL(address);
    part.pathname = folder + encodeURIComponent(name);
    return part.href;
  };
  return readModelHeader(
    {
      path: shownAddress(address.href),
      name: decoded(address.pathname.slice(folder.length)),
      pathOf: (name) => shownAddress(addressOf(name)),
      withPart: async (name, use) =>
        use(await openRemoteSource({ ...request, address: addressOf(name) })),
    },
    inspectionOf,
  );
}

function parsed(address: string): URL {
  if (URL.canParse(address)) return new URL(address);
  throw new MoeweError('remoteUnreachable', { address, detail: 'the address cannot be read' });
}

function decoded(name: string): string {
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}
