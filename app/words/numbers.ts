/** Numbers with their units as a person reads them, in the person's language. */
import type { Locale } from './locale.ts';

const byteUnits = ['B', 'KB', 'MB', 'GB', 'TB', 'PB'];

/** Bytes in decimal units, as disks and downloads count them: `17.1 MB`, German `17,1 MB`. */
export function formatBytes(bytes: number, locale: Locale): string {
  let value = bytes;
  let unit = 0;
  while (value >= 999.5 && unit < byteUnits.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${formatDecimal(value, unit === 0 ? 0 : digitsFor(value), locale)} ${byteUnits[unit] ?? ''}`;
}

/** A whole number with the language's separators. */
export function formatCount(count: number, locale: Locale): string {
  return new Intl.NumberFormat(locale).format(count);
}

/** A decimal number with at most `digits` digits behind the mark. */
export function formatDecimal(value: number, digits: number, locale: Locale): string {
  return new Intl.NumberFormat(locale, { maximumFractionDigits: digits }).format(value);
}

function digitsFor(value: number): number {
  return value < 99.5 ? 1 : 0;
}

/** Parameters in words: `15.8 million`, German `15,8 Millionen`. */
export function formatParameters(count: number, locale: Locale): string {
  return new Intl.NumberFormat(locale, {
    notation: 'compact',
    compactDisplay: 'long',
    maximumSignificantDigits: 3,
  }).format(count);
}
