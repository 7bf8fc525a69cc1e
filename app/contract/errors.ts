/**
 * Every failure that a person can meet, as a closed list of codes with their data. A code becomes
 * a sentence only where it is read (`app/words/error-sentence.ts`), in the reader's language.
 */
import { z } from 'zod';

const path = z.string();
const bytes = z.number().nonnegative();

/** The data that belongs to each code; the sentences are built from it. */
export const errorDataByCode = {
  /** No file at the path. */
  modelFileMissing: z.object({ path }),
  /** The file does not begin as a GGUF file does. */
  modelNotGguf: z.object({ path }),
  /** The file ends before its tensors do. */
  modelTruncated: z.object({ path, expectedBytes: bytes, actualBytes: bytes }),
  /** The header is readable but contradicts itself. `detail` is technical, in English. */
  modelDamaged: z.object({ path, detail: z.string() }),
  /** llama.cpp does not know the architecture. */
  modelUnsupported: z.object({ path, architecture: z.string() }),
  /** llama.cpp refused the file for another reason. `detail` is its own word. */
  modelNotLoadable: z.object({ path, detail: z.string() }),
  /** The weights or the context do not fit into memory. */
  modelOutOfMemory: z.object({ name: z.string(), neededBytes: bytes, availableBytes: bytes }),
  /** The model ended the engine several times in a row and is not tried again. */
  modelCrashesEngine: z.object({ name: z.string(), times: z.number().int() }),
  /** No model of the library has this id. */
  modelUnknown: z.object({ model: z.string() }),
  /** No answer from the address, or it broke off. `detail` is technical, in English. */
  remoteUnreachable: z.object({ address: z.string(), detail: z.string() }),
  /** The server answered, but not with the file: 404 and the like. */
  remoteRefused: z.object({ address: z.string(), status: z.number().int() }),
  /** The server sends whole files only; reading a header would mean to download the model. */
  remoteNoRanges: z.object({ address: z.string() }),
  /** The model that the interface brings cannot be removed. */
  modelBuiltIn: z.object({ name: z.string() }),
  /** Which experts work can't be recorded: there are none, or only our own build can do it. */
  routingNotRecorded: z.object({ reason: z.enum(['dense', 'noNativeBuild']) }),
  /** The engine's process ended by itself. */
  engineDied: z.object({ exit: z.string() }),
  /** The engine's process could not be started, or its native library not be opened. */
  engineUnavailable: z.object({ detail: z.string() }),
  /** Question and instructions alone are longer than the model's context. */
  questionTooLong: z.object({ tokens: z.number().int(), contextSize: z.number().int() }),
  /** There is no text to answer. */
  questionEmpty: z.object({}),
  /** An attachment is not text. */
  attachmentNotText: z.object({ name: z.string() }),
  /** An attachment is larger than `limitBytes`. */
  attachmentTooLarge: z.object({ name: z.string(), limitBytes: bytes }),
  /** The answer is still being written. */
  answerInProgress: z.object({}),
  /** No chat has this id. */
  chatUnknown: z.object({ chat: z.string() }),
  /** No message has this id. */
  messageUnknown: z.object({ message: z.string() }),
  /** The disk is full. */
  diskFull: z.object({ path }),
  /** The folder or file can't be written. */
  diskNotWritable: z.object({ path }),
  /** The database file is not a database or is damaged. It was left as it is. */
  databaseDamaged: z.object({ path }),
  /** The database was written by a newer Moewe. It was left as it is. */
  databaseNewer: z.object({ path, version: z.number().int() }),
  /** Another process holds the database's write lock for too long. */
  databaseBusy: z.object({ path }),
  /** The runtime's SQLite lacks what Moewe needs (`node:sqlite` with FTS5). */
  runtimeTooOld: z.object({ runtime: z.string() }),
  /** Another Moewe is already running with this home. */
  alreadyRunning: z.object({ home: z.string(), processId: z.number().int(), url: z.string() }),
  /** The port is taken. */
  portTaken: z.object({ host: z.string(), port: z.number().int() }),
  /** The host name or address to listen on is not one of this computer. */
  addressUnusable: z.object({ host: z.string() }),
  /** A link with a scheme other than http, https or mailto. */
  linkRefused: z.object({ link: z.string() }),
  /** This host has no such ability. */
  notOffered: z.object({ ability: z.string() }),
  /** An argument did not pass its check. `detail` is technical, in English. */
  argumentInvalid: z.object({ where: z.string(), detail: z.string() }),
  /** The connection between two processes ended. */
  connectionLost: z.object({}),
  /** The person or the caller stopped it. */
  cancelled: z.object({}),
  /** A defect in Moewe itself. `detail` goes into the log, never on the screen. */
  internal: z.object({ detail: z.string() }),
} as const;

/** A code of the closed list. */
export type ErrorCode = keyof typeof errorDataByCode;

/** The data of one code. */
export type ErrorDataOf<Code extends ErrorCode> = z.infer<(typeof errorDataByCode)[Code]>;

const codes = Object.keys(errorDataByCode) as [ErrorCode, ...ErrorCode[]];

/** An error as it crosses a border and as it is kept with a message. */
export const errorFacts = z.object({
  code: z.enum(codes),
  data: z.record(z.string(), z.union([z.string(), z.number()])),
});
export type ErrorFacts = z.infer<typeof errorFacts>;

/** The only error that is thrown on purpose. Anything else that is thrown is a defect. */
export class MoeweError<Code extends ErrorCode = ErrorCode> extends Error {
  readonly code: Code;
  readonly data: ErrorDataOf<Code>;

  constructor(code: Code, data: ErrorDataOf<Code>, options?: { cause?: unknown }) {
    super(`${code} ${JSON.stringify(data)}`, options);
    this.name = 'MoeweError';
    this.code = code;
    this.data = data;
  }

  /** The form that crosses a border. */
  toFacts(): ErrorFacts {
    return { code: this.code, data: { ...this.data } };
  }
}

/** Brings any thrown value into the closed list; what is not a `MoeweError` is `internal`. */
export function errorFactsOf(thrown: unknown): ErrorFacts {
  if (thrown instanceof MoeweError) return thrown.toFacts();
  const detail = thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown);
  return { code: 'internal', data: { detail } };
}

/** The reverse of `toFacts`, for the side that receives an error. */
export function errorFromFacts(facts: ErrorFacts): MoeweError {
  const parsed = errorDataByCode[facts.code].safeParse(facts.data);
  if (parsed.success) return new MoeweError(facts.code, parsed.data);
  return new MoeweError('internal', { detail: `malformed data for ${facts.code}` });
}
