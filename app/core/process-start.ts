/**
 * When a process started, as an opaque text: process ids are given out again, a pair of id and
 * start is not. Only Linux tells it cheaply; elsewhere the id alone has to do.
 */
import { readFile } from 'node:fs/promises';

/** The boot and the tick at which the process started; null where the system does not tell. */
export async function processStart(processId: number): Promise<string | null> {
  try {
    const [boot, status] = await Promise.all([
      readFile('/proc/sys/kernel/random/boot_id', 'utf8'),
      readFile(`/proc/${processId}/stat`, 'utf8'),
    ]);
    // proc_pid_stat(5): field 22 is the start time; field 2 may contain spaces, so count from `)`.
    const fields = status.slice(status.lastIndexOf(')') + 2).split(' ');
    return `${boot.trim()} ${fields[19] ?? ''}`;
  } catch {
    return null;
  }
}
