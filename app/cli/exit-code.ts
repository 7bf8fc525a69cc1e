/** The number with which the command ends, for scripts. */
import type { ErrorCode } from '../contract/errors.ts';

export const exitCodes = {
  done: 0,
  defect: 1,
  usage: 2,
  model: 3,
  engine: 4,
  networkOrDisk: 5,
  interrupted: 130,
} as const;

/** One of the numbers above. */
export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

const byCode: Readonly<Record<ErrorCode, keyof typeof exitCodes>> = {
  modelFileMissing: 'model',
  modelNotGguf: 'model',
  modelTruncated: 'model',
  modelDamaged: 'model',
  modelUnsupported: 'model',
  modelNotLoadable: 'model',
  modelOutOfMemory: 'model',
  modelCrashesEngine: 'model',
  modelUnknown: 'model',
  remoteUnreachable: 'networkOrDisk',
  remoteRefused: 'networkOrDisk',
  remoteNoRanges: 'networkOrDisk',
  modelBuiltIn: 'usage',
  routingNotRecorded: 'model',
  engineDied: 'engine',
  engineUnavailable: 'engine',
  questionTooLong: 'usage',
  questionEmpty: 'usage',
  attachmentNotText: 'usage',
  attachmentTooLarge: 'usage',
  answerInProgress: 'usage',
  chatUnknown: 'usage',
  messageUnknown: 'usage',
  diskFull: 'networkOrDisk',
  diskNotWritable: 'networkOrDisk',
  databaseDamaged: 'networkOrDisk',
  databaseNewer: 'networkOrDisk',
  databaseBusy: 'networkOrDisk',
  runtimeTooOld: 'usage',
  alreadyRunning: 'networkOrDisk',
  portTaken: 'networkOrDisk',
  addressUnusable: 'networkOrDisk',
  linkRefused: 'usage',
  notOffered: 'usage',
  argumentInvalid: 'usage',
  connectionLost: 'networkOrDisk',
  cancelled: 'interrupted',
  internal: 'defect',
};

/** The exit code for an error. */
export function exitCodeOf(code: ErrorCode): ExitCode {
  return exitCodes[byCode[code]];
}
