/** The processor: how many cores of which kind, and what they can compute. */
import { execFile } from 'node:child_process';
import { arch, availableParallelism, cpus } from 'node:os';
import { promisify } from 'node:util';
import type { Hardware } from '../../contract/hardware.ts';
import { instructionSetsOf } from './instruction-sets.ts';
import { linuxProcessor } from './linux-processor.ts';
import type { ProcessorFacts } from './processor-facts.ts';

/** A system's own tool that takes longer does without. */
const toolLimitMs = 5000;

const run = promisify(execFile);

const untold: ProcessorFacts = {
  name: null,
  physicalCores: null,
  performanceCores: null,
  efficiencyCores: 0,
  instructionSets: [],
};

/** Never fails: what the system does not tell is taken from Node. */
export async function describeProcessor(): Promise<Hardware['processor']> {
  return processorOf(await factsOfSystem(), {
    name: cpus()[0]?.model.trim() ?? arch(),
    logicalCores: availableParallelism(),
  });
}

/**
 * Joins what the system and what Node told. A process that may use fewer processors than the machine
 * has (`taskset`, containers) has no more cores than those.
 */
export function processorOf(
  facts: ProcessorFacts,
  node: { name: string; logicalCores: number },
): Hardware['processor'] {
  const { logicalCores } = node;
  const physicalCores = Math.max(1, Math.min(facts.physicalCores ?? logicalCores, logicalCores));
  const told = facts.performanceCores ?? physicalCores;
  const performanceCores = Math.max(1, Math.min(told, physicalCores));
  return {
    name: facts.name ?? node.name,
    logicalCores,
    physicalCores,
    performanceCores,
    efficiencyCores: physicalCores - performanceCores,
    instructionSets: facts.instructionSets,
  };
}

async function factsOfSystem(): Promise<ProcessorFacts> {
  try {
    if (process.platform === 'linux') return linuxProcessor();
    if (process.platform === 'darwin') return macProcessor(await tool('sysctl', ['-a']));
    if (process.platform === 'win32')
      return windowsProcessor(await tool('powershell', windowsQuery));
  } catch {
    // Node's own numbers remain.
  }
  return untold;
}

/** From the lines `name: value` of `sysctl -a`. */
export function macProcessor(text: string): ProcessorFacts {
  const values = new Map(
    text.split('\n').map((line): [string, string] => {
      const colon = line.indexOf(':');
      return [line.slice(0, Math.max(0, colon)), line.slice(colon + 1).trim()];
    }),
  );
  const number = (name: string) => (values.has(name) ? Number(values.get(name)) : null);
  const arm = [...values]
    .filter(([name, value]) => name.startsWith('hw.optional.') && value === '1')
    .map(([name]) => name.split('.').at(-1) ?? '');
  const intel = ['machdep.cpu.features', 'machdep.cpu.leaf7_features'].flatMap(
    (name) => values.get(name)?.split(/\s+/) ?? [],
  );
  return {
    name: values.get('machdep.cpu.brand_string') ?? null,
    physicalCores: number('hw.physicalcpu'),
    performanceCores: number('hw.perflevel0.physicalcpu') ?? number('hw.physicalcpu'),
    efficiencyCores: number('hw.perflevel1.physicalcpu') ?? 0,
    instructionSets: instructionSetsOf([...arm, ...intel]),
  };
}

const windowsQuery = [
  '-NoProfile',
  '-Command',
  '(Get-CimInstance Win32_Processor | Measure-Object NumberOfCores -Sum).Sum',
];

/** Windows tells the cores of all processors; of their kinds and instructions no tool tells. */
export function windowsProcessor(text: string): ProcessorFacts {
  const cores = Number(text.trim());
  const physicalCores = Number.isInteger(cores) && cores > 0 ? cores : null;
  return { ...untold, physicalCores };
}

async function tool(name: string, words: string[]): Promise<string> {
  const { stdout } = await run(name, words, { timeout: toolLimitMs, windowsHide: true });
  return stdout;
}
