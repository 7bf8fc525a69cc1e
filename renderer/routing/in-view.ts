/** Tells once when an element comes near to what is in view. */
import type { Attachment } from 'svelte/attachments';

/** So much earlier than it is in view, so that nothing appears under the reader's eyes. */
const ahead = '600px 0px';

export function inView(onSeen: () => void): Attachment<HTMLElement> {
  return (element) => {
    const observer = new IntersectionObserver(
      (entries) => {
        if (!entries.some(({ isIntersecting }) => isIntersecting)) return;
        observer.disconnect();
        onSeen();
      },
      { rootMargin: ahead },
    );
    observer.observe(element);
    return () => observer.disconnect();
  };
}
