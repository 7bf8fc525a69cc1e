import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { hardware as hardwareSchema } from '../../../../app/contract/hardware.ts';
import { Database } from '../../../../app/core/database/database.ts';
import { describeDisk, mountOf } from '../../../../app/core/hardware/disk.ts';
import { linuxProcessor } from '../../../../app/core/hardware/linux-processor.ts';
import { MachineMemory } from '../../../../app/core/hardware/machine-memory.ts';
import { availableMemory, Machine } from '../../../../app/core/hardware/machine.ts';
import {
  macProcessor,
  processorOf,
  windowsProcessor,
} from '../../../../app/core/hardware/processor.ts';
import { scriptBandwidth } from '../../../../app/core/hardware/script-bandwidth.ts';

function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'moewe-hardware-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));
  return folder;
}

function linuxWith(files: Readonly<Record<string, string>>): string {
  const root = temporaryFolder();
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, name)), { recursive: true });
    writeFileSync(join(root, name), text);
  }
  return root;
}

describe('the processor on Linux', () => {
  it('has two threads a core and cores that save energy', () => {
    const cpu = 'sys/devices/system/cpu';
    const root = linuxWith({
      'proc/cpuinfo': 'model name\t: Example 9\nflags\t\t: fpu avx avx2 fma avx512f\n',
      [`${cpu}/cpu0/topology/core_cpus_list`]: '0-1\n',
      [`${cpu}/cpu1/topology/core_cpus_list`]: '0-1\n',
      [`${cpu}/cpu2/topology/core_cpus_list`]: '2\n',
      [`${cpu}/cpu3/topology/core_cpus_list`]: '3\n',
      'sys/devices/cpu_atom/cpus': '2-3\n',
    });
    expect(linuxProcessor(root)).toEqual({
      name: 'Example 9',
      physicalCores: 3,
      performanceCores: 1,
      efficiencyCores: 2,
      instructionSets: ['AVX', 'FMA', 'AVX2', 'AVX512'],
    });
  });

  it('tells small cores of an ARM processor by their capacity', () => {
    const cpu = 'sys/devices/system/cpu';
    const root = linuxWith({
      'proc/cpuinfo': 'Features\t: fp asimd asimddp i8mm\n',
      [`${cpu}/cpu0/topology/core_cpus_list`]: '0',
      [`${cpu}/cpu0/cpu_capacity`]: '1024',
      [`${cpu}/cpu1/topology/core_cpus_list`]: '1',
      [`${cpu}/cpu1/cpu_capacity`]: '400',
    });
    expect(linuxProcessor(root)).toMatchObject({
      performanceCores: 1,
      efficiencyCores: 1,
      instructionSets: ['NEON', 'DOTPROD', 'I8MM'],
    });
  });

  it('is described without any of these files', () => {
    const facts = linuxProcessor(temporaryFolder());
    expect(processorOf(facts, { name: 'Node says', logicalCores: 4 })).toEqual({
      name: 'Node says',
      logicalCores: 4,
      physicalCores: 4,
      performanceCores: 4,
      efficiencyCores: 0,
      instructionSets: [],
    });
  });
});

describe('the processor elsewhere', () => {
  it('is read from sysctl on a Mac', () => {
    const text = [
      'machdep.cpu.brand_string: Apple M3',
      'hw.physicalcpu: 8',
      'hw.perflevel0.physicalcpu: 4',
      'hw.perflevel1.physicalcpu: 4',
      'hw.optional.neon: 1',
      'hw.optional.arm.FEAT_DotProd: 1',
      'hw.optional.arm.FEAT_SME: 0',
    ].join('\n');
    expect(macProcessor(text)).toEqual({
      name: 'Apple M3',
      physicalCores: 8,
      performanceCores: 4,
      efficiencyCores: 4,
      instructionSets: ['NEON', 'DOTPROD'],
    });
  });

  it('has the cores that Windows counts', () => {
    expect(windowsProcessor('12\r\n').physicalCores).toBe(12);
    expect(windowsProcessor('').physicalCores).toBeNull();
  });

  it('has no more cores than the process may use', () => {
    const facts = windowsProcessor('12');
    const { physicalCores } = processorOf(facts, { name: '', logicalCores: 2 });
    expect(physicalCores).toBe(2);
  });
});

describe('the disk', () => {
  const mountinfo = [
    '27 1 254:0 / / rw - ext4 /dev/vda rw',
    '28 27 0:40 / /home/a\\040b rw shared:1 - nfs4 server:/x rw',
    '29 27 254:1 / /home rw - ext4 /dev/vdb rw',
  ].join('\n');

  it('is that of the deepest mount above a folder', () => {
    expect(mountOf('/var', mountinfo)?.device).toBe('254:0');
    expect(mountOf('/home/me/models', mountinfo)?.device).toBe('254:1');
    expect(mountOf('/home/a b/models', mountinfo)?.fileSystem).toBe('nfs4');
    expect(mountOf('/homeless', mountinfo)?.device).toBe('254:0');
  });

  it('has room, also for a folder that is not there yet', async () => {
    const disk = await describeDisk(join(temporaryFolder(), 'not', 'there'));
    expect(disk.totalBytes).toBeGreaterThan(0);
    expect(disk.freeBytes).toBeLessThanOrEqual(disk.totalBytes);
  });
});

describe('memory', () => {
  it('that is available is part of what there is', () => {
    const { totalBytes, availableBytes } = availableMemory();
    expect(availableBytes).toBeLessThanOrEqual(totalBytes);
    expect(Number.isSafeInteger(totalBytes)).toBe(true);
  });

  it('can be measured without native code', async () => {
    expect(await scriptBandwidth(1, 50)).toBeGreaterThan(1e8);
  });
});

describe('the machine', () => {
  const card = { name: 'Card', backend: 'cuda', totalBytes: 8e9, freeBytes: 7e9, unified: false };

  function machineWith(
    devices: () => Promise<(typeof card)[]>,
    gpuBandwidth: () => Promise<number | null> = () => Promise.resolve(400e9),
  ) {
    const folder = temporaryFolder();
    const database = Database.open(join(folder, 'moewe.db'));
    onTestFinished(() => database[Symbol.dispose]());
    const asked = { devices: 0, bandwidth: 0, gpuBandwidth: 0 };
    const engine = {
      devices: () => {
        asked.devices += 1;
        return devices();
      },
      bandwidth: () => {
        asked.bandwidth += 1;
        return Promise.resolve(50e9);
      },
      gpuBandwidth: () => {
        asked.gpuBandwidth += 1;
        return gpuBandwidth();
      },
    };
    const open = () =>
      new Machine({ engine, memory: new MachineMemory(database), modelsFolder: folder });
    return { open, asked };
  }

  it('is described as the contract wants it', async () => {
    const { open } = machineWith(() => Promise.resolve([card]));
    const described = hardwareSchema.parse(await open().describe());
    expect(described.gpus).toEqual([{ ...card, bandwidth: 400e9 }]);
    expect(described.memory.bandwidth).toBe(50e9);
  });

  it('measures bandwidth once for all starts', async () => {
    const { open, asked } = machineWith(() => Promise.resolve([card]));
    await open().describe();
    await open().describe();
    expect(asked).toMatchObject({ bandwidth: 1, gpuBandwidth: 1 });
  });

  it('asks a driver only once that ends the process when it is measured', async () => {
    const died = () => Promise.reject(new Error('died'));
    const { open, asked } = machineWith(() => Promise.resolve([card]), died);
    await open().describe();
    expect((await open().describe()).gpus).toEqual([{ ...card, bandwidth: null }]);
    expect(asked.gpuBandwidth).toBe(1);
  });

  it('does not let a load wait for a GPU that was not there', async () => {
    const { open, asked } = machineWith(() => Promise.resolve([]));
    await open().describe();
    expect(await open().describeQuickly()).toMatchObject({ gpus: [] });
    expect(asked.devices).toBe(1);
  });

  it('has no GPU whose driver ends the process', async () => {
    const { open } = machineWith(() => Promise.reject(new Error('died')));
    expect(await open().describe()).toMatchObject({ gpus: [] });
  });
});
