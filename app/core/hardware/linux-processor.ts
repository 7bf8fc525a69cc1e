/** What Linux tells of its processor: `/proc/cpuinfo` and the topology below `/sys`. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { instructionSetsOf } from './instruction-sets.ts';
import type { ProcessorFacts } from './processor-facts.ts';

/** A core whose capacity is below this share of the largest is one that saves energy. */
const efficientShare = 0.7;

interface Core {
  readonly capacity: number | null;
  readonly efficient: boolean;
}

/** `root` is the folder that holds `proc` and `sys`. */
export function linuxProcessor(root = '/'): ProcessorFacts {
  const information = readText(join(root, 'proc/cpuinfo')) ?? '';
  const cores = coresOf(join(root, 'sys/devices'));
  const largest = Math.max(0, ...cores.map(({ capacity }) => capacity ?? 0));
  const efficient = cores.filter(
    ({ efficient: named, capacity }) =>
      named || (capacity !== null && capacity < largest * efficientShare),
  ).length;
  return {
    name: /^(?:model name|Model|Hardware)\s*:\s*(.+)$/m.exec(information)?.[1]?.trim() ?? null,
    physicalCores: cores.length > 0 ? cores.length : null,
    performanceCores: cores.length > 0 ? cores.length - efficient : null,
    efficiencyCores: efficient,
    instructionSets: instructionSetsOf(
      /^(?:flags|Features)\s*:\s*(.+)$/m.exec(information)?.[1]?.split(/\s+/) ?? [],
    ),
  };
}

/** The physical cores: threads of one core name the same list of each other. */
function coresOf(devices: string): Core[] {
  const folder = join(devices, 'system/cpu');
  const cores = new Map<string, Core>();
  // Intel's processors with two kinds of cores have a folder for each kind.
  const atoms = numbersOf(readText(join(devices, 'cpu_atom/cpus')) ?? '');
  for (const name of namesIn(folder).filter((entry) => /^cpu\d+$/.test(entry))) {
    const topology = join(folder, name, 'topology');
    const siblings =
      readText(join(topology, 'core_cpus_list')) ??
      readText(join(topology, 'thread_siblings_list'));
    if (siblings === null) continue;
    const capacity = readText(join(folder, name, 'cpu_capacity'));
    cores.set(siblings, {
      capacity: capacity === null ? null : Number(capacity),
      efficient: atoms.has(Number(name.slice('cpu'.length))),
    });
  }
  return [...cores.values()];
}

/** The numbers of a list such as `0-3,8`. */
function numbersOf(list: string): Set<number> {
  const numbers = new Set<number>();
  for (const range of list.split(',').filter((part) => part !== '')) {
    const [first = 0, last = first] = range.split('-').map(Number);
    for (let number = first; number <= last; number += 1) numbers.add(number);
  }
  return numbers;
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function readText(path: string): string | null {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch {
    return null;
  }
}
