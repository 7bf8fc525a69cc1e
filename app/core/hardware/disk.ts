/** The disk below a folder: its kind as far as the system tells, and its room. */
import { existsSync, readFileSync, realpathSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { Hardware } from '../../contract/hardware.ts';

type Disk = Hardware['disk'];

const networkFileSystems =
  /^(nfs\d?|cifs|smb\w*|sshfs|fuse\.(sshfs|rclone|s3fs)|9p|virtiofs|ceph|afs)$/;

/** The disk that holds `folder`, which need not exist yet. */
export async function describeDisk(folder: string): Promise<Disk> {
  const existing = existingFolder(folder);
  const kind = kindOf(existing);
  try {
    const { bsize, blocks, bavail } = await statfs(existing);
    return { kind, totalBytes: bsize * blocks, freeBytes: bsize * bavail };
  } catch {
    return { kind, totalBytes: 0, freeBytes: 0 };
  }
}

/** One mounted file system of `/proc/self/mountinfo`. */
export interface Mount {
  readonly point: string;
  readonly device: string;
  readonly fileSystem: string;
  readonly source: string;
}

/** The mount that holds `path`: of those above it the deepest, and of equals the last. */
export function mountOf(path: string, mountinfo: string): Mount | null {
  const mounts = mountinfo.split('\n').flatMap((line): Mount[] => {
    const [left = '', right = ''] = line.split(' - ');
    const [, , device, , point] = left.split(' ');
    const [fileSystem = '', source = ''] = right.split(' ');
    return device === undefined || point === undefined
      ? []
      : [{ point: unescaped(point), device, fileSystem, source: unescaped(source) }];
  });
  let found: Mount | null = null;
  for (const mount of mounts) {
    const prefix = mount.point.endsWith('/') ? mount.point : `${mount.point}/`;
    const above = path === mount.point || path.startsWith(prefix);
    if (above && mount.point.length >= (found?.point.length ?? 0)) found = mount;
  }
  return found;
}

function kindOf(folder: string): Disk['kind'] {
  if (process.platform !== 'linux') return 'unknown';
  try {
    const mount = mountOf(realpathSync(folder), readFileSync('/proc/self/mountinfo', 'utf8'));
    if (mount === null) return 'unknown';
    if (networkFileSystems.test(mount.fileSystem)) return 'network';
    return rotational(mount);
  } catch {
    return 'unknown';
  }
}

/** A partition has no queue of its own: its disk, the folder above, has. */
function rotational({ device, source }: Mount): Disk['kind'] {
  const byNumber = join('/sys/dev/block', device);
  const block = existsSync(byNumber)
    ? realpathSync(byNumber)
    : join('/sys/block', basename(source).replace(/p?\d+$/, ''));
  const file = [block, dirname(block)]
    .map((folder) => join(folder, 'queue/rotational'))
    .find((path) => existsSync(path));
  if (file === undefined) return 'unknown';
  return readFileSync(file, 'utf8').trim() === '1' ? 'rotating' : 'solidState';
}

function existingFolder(folder: string): string {
  let existing = folder;
  while (!existsSync(existing) && dirname(existing) !== existing) existing = dirname(existing);
  return existing;
}

/** `mountinfo` writes spaces as `\040`. */
function unescaped(text: string): string {
  return text.replaceAll(/\\([0-7]{3})/g, (_, digits: string) =>
    String.fromCodePoint(Number.parseInt(digits, 8)),
  );
}
