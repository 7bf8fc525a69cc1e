/** KaTeX with its fonts, and with limits: a model's formula is untrusted input. */
import 'katex/dist/katex.min.css';
import katex from 'katex';

/** Typesets `source` into `element`; what KaTeX can't read is shown as it is. */
export function typesetFormula(source: string, element: HTMLElement, displayMode: boolean): void {
  katex.render(source, element, {
    displayMode,
    throwOnError: false,
    errorColor: 'currentColor',
    trust: false,
    strict: 'ignore',
    maxExpand: 200,
    maxSize: 20,
  });
}
