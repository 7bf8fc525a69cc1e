/** Tells once when an element comes near the screen: what nobody sees need not be fetched. */
import type { Attachment } from 'svelte/attachments';

export function whenInView(onSeen: () => void): Attachment<HTMLElement> {
  return (element) => {
    const watch = new IntersectionObserver(
      ([entry]) => {
        if (!entry?.isIntersecting) return;
        watch.disconnect();
        onSeen();
      },
      { rootMargin: '400px' },
    );
    watch.observe(element);
    return () => watch.disconnect();
  };
}
