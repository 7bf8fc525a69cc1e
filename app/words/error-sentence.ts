/**
 * Turns an error's code and data into what a person reads: what happened, and what to do. Every
 * code has its line here, or this file does not compile.
 */
import {
  errorFromFacts,
  type ErrorCode,
  type ErrorDataOf,
  type ErrorFacts,
} from '../contract/errors.ts';
import { m } from './generated/messages.js';
import type { Locale } from './locale.ts';
import { formatBytes, formatCount } from './numbers.ts';

/** Two sentences: what happened, and what the person can do about it. */
export interface ErrorSentence {
  readonly happened: string;
  readonly todo: string;
}

interface Reader {
  readonly locale: Locale;
}

type Sentences = {
  readonly [Code in ErrorCode]: (data: ErrorDataOf<Code>, reader: Reader) => [string, string];
};

const sentences: Sentences = {
  modelFileMissing: (d, r) => [
    m.error_model_file_missing(d, r),
    m.error_model_file_missing_todo({}, r),
  ],
  modelNotGguf: (d, r) => [m.error_model_not_gguf(d, r), m.error_model_not_gguf_todo({}, r)],
  modelTruncated: (d, r) => [
    m.error_model_truncated(
      {
        path: d.path,
        expected: formatBytes(d.expectedBytes, r.locale),
        actual: formatBytes(d.actualBytes, r.locale),
      },
      r,
    ),
    m.error_model_truncated_todo({}, r),
  ],
  modelDamaged: (d, r) => [m.error_model_damaged(d, r), m.error_model_damaged_todo({}, r)],
  modelUnsupported: (d, r) => [
    m.error_model_unsupported(d, r),
    m.error_model_unsupported_todo({}, r),
  ],
  modelNotLoadable: (d, r) => [
    m.error_model_not_loadable(d, r),
    m.error_model_not_loadable_todo({}, r),
  ],
  modelOutOfMemory: (d, r) => [
    // What could not be had may be more than was counted, or less than what is free: a limit of the
    // process, or a graphics card. Figures that contradict the sentence would not help.
    d.neededBytes > d.availableBytes
      ? m.error_model_out_of_memory(
          {
            name: d.name,
            needed: formatBytes(d.neededBytes, r.locale),
            available: formatBytes(d.availableBytes, r.locale),
          },
          r,
        )
      : m.error_model_out_of_memory_refused({ name: d.name }, r),
    m.error_model_out_of_memory_todo({}, r),
  ],
  modelCrashesEngine: (d, r) => [
    m.error_model_crashes_engine(d, r),
    m.error_model_crashes_engine_todo({}, r),
  ],
  modelUnknown: (d, r) => [m.error_model_unknown(d, r), m.error_model_unknown_todo({}, r)],
  remoteUnreachable: (d, r) => [
    m.error_remote_unreachable(d, r),
    m.error_remote_unreachable_todo({}, r),
  ],
  remoteRefused: (d, r) => [m.error_remote_refused(d, r), m.error_remote_refused_todo({}, r)],
  remoteNoRanges: (d, r) => [m.error_remote_no_ranges(d, r), m.error_remote_no_ranges_todo({}, r)],
  modelBuiltIn: (d, r) => [m.error_model_built_in(d, r), m.error_model_built_in_todo({}, r)],
  routingNotRecorded: ({ reason }, r) =>
    reason === 'dense'
      ? [m.error_routing_dense({}, r), m.error_routing_dense_todo({}, r)]
      : [m.error_routing_no_native_build({}, r), m.error_routing_no_native_build_todo({}, r)],
  engineDied: (d, r) => [m.error_engine_died(d, r), m.error_engine_died_todo({}, r)],
  engineUnavailable: (_, r) => [
    m.error_engine_unavailable({}, r),
    m.error_engine_unavailable_todo({}, r),
  ],
  questionTooLong: (d, r) => [
    m.error_question_too_long(
      {
        tokens: formatCount(d.tokens, r.locale),
        contextSize: formatCount(d.contextSize, r.locale),
      },
      r,
    ),
    m.error_question_too_long_todo({}, r),
  ],
  questionEmpty: (_, r) => [m.error_question_empty({}, r), m.error_question_empty_todo({}, r)],
  attachmentNotText: (d, r) => [
    m.error_attachment_not_text(d, r),
    m.error_attachment_not_text_todo({}, r),
  ],
  attachmentTooLarge: (d, r) => [
    m.error_attachment_too_large({ name: d.name, limit: formatBytes(d.limitBytes, r.locale) }, r),
    m.error_attachment_too_large_todo({}, r),
  ],
  answerInProgress: (_, r) => [
    m.error_answer_in_progress({}, r),
    m.error_answer_in_progress_todo({}, r),
  ],
  chatUnknown: (_, r) => [m.error_chat_unknown({}, r), m.error_chat_unknown_todo({}, r)],
  messageUnknown: (_, r) => [m.error_message_unknown({}, r), m.error_message_unknown_todo({}, r)],
  diskFull: (d, r) => [m.error_disk_full(d, r), m.error_disk_full_todo({}, r)],
  diskNotWritable: (d, r) => [
    m.error_disk_not_writable(d, r),
    m.error_disk_not_writable_todo({}, r),
  ],
  databaseDamaged: (d, r) => [m.error_database_damaged(d, r), m.error_database_damaged_todo({}, r)],
  databaseNewer: (d, r) => [m.error_database_newer(d, r), m.error_database_newer_todo({}, r)],
  databaseBusy: (d, r) => [m.error_database_busy(d, r), m.error_database_busy_todo({}, r)],
  runtimeTooOld: (d, r) => [m.error_runtime_too_old(d, r), m.error_runtime_too_old_todo({}, r)],
  alreadyRunning: (d, r) => [
    m.error_already_running(d, r),
    m.error_already_running_todo({ where: d.url ? ` (${d.url})` : '' }, r),
  ],
  portTaken: (d, r) => [m.error_port_taken(d, r), m.error_port_taken_todo({}, r)],
  addressUnusable: (d, r) => [m.error_address_unusable(d, r), m.error_address_unusable_todo({}, r)],
  linkRefused: (d, r) => [m.error_link_refused(d, r), m.error_link_refused_todo({}, r)],
  notOffered: (d, r) => [m.error_not_offered(d, r), m.error_not_offered_todo({}, r)],
  argumentInvalid: (d, r) => [m.error_argument_invalid(d, r), m.error_argument_invalid_todo({}, r)],
  connectionLost: (_, r) => [m.error_connection_lost({}, r), m.error_connection_lost_todo({}, r)],
  cancelled: (_, r) => [m.error_cancelled({}, r), m.error_cancelled_todo({}, r)],
  internal: (_, r) => [m.error_internal({}, r), m.error_internal_todo({}, r)],
};

/** The sentences for an error, in the reader's language. */
export function errorSentence(facts: ErrorFacts, locale: Locale): ErrorSentence {
  const { code, data } = errorFromFacts(facts);
  // The table is typed by code; the compiler can't follow that `data` belongs to this very code.
  const sentence = sentences[code] as (data: object, reader: Reader) => [string, string];
  const [happened, todo] = sentence(data, { locale });
  return { happened, todo };
}
