/** Keeps a scrolled column at its end while it grows, until the person scrolls away. */
import type { Attachment } from 'svelte/attachments';

/** Closer to the end than this counts as being there, in px. */
const nearPx = 48;

/** Tells through `onChange` whether the end is in view. */
export function stickToEnd(onChange: (atEnd: boolean) => void): Attachment<HTMLElement> {
  return (column) => {
    let atEnd = true;
    const toEnd = () => {
      if (atEnd) column.scrollTop = column.scrollHeight;
    };
    const look = () => {
      atEnd = column.scrollHeight - column.scrollTop - column.clientHeight < nearPx;
      onChange(atEnd);
    };
    const growth = new ResizeObserver(toEnd);
    growth.observe(column);
    for (const child of column.children) growth.observe(child);
    column.addEventListener('scroll', look, { passive: true });
    return () => {
      growth.disconnect();
      column.removeEventListener('scroll', look);
    };
  };
}
