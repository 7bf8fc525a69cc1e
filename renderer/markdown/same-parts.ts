/**
 * Structural sharing of parsed text: what did not change stays the very same object, so that
 * nothing of it is drawn again. Pure.
 */
import type { Nodes, Parents } from 'mdast';

/** `fresh`, or `old` where both say the same; in between, `fresh` with the unchanged parts of `old`. */
export function withPartsOf<Kind extends Nodes>(old: Kind, fresh: Kind): Kind;
export function withPartsOf(old: Nodes, fresh: Nodes): Nodes {
  if (old.type !== fresh.type) return fresh;
  const own = hasSameFields(old, fresh);
  if (!isParent(old) || !isParent(fresh)) return own ? old : fresh;
  const children = fresh.children.map((child, index): Nodes => {
    const before = old.children[index];
    return before ? withPartsOf(before as Nodes, child) : child;
  });
  const same = own && children.length === old.children.length;
  if (same && children.every((child, index) => child === old.children[index])) return old;
  return { ...fresh, children } as Nodes;
}

function isParent(node: Nodes): node is Parents {
  return 'children' in node;
}

/** Whether the two have the same fields, but for where they stand and what is in them. */
function hasSameFields(old: Nodes, fresh: Nodes): boolean {
  const names = new Set([...Object.keys(old), ...Object.keys(fresh)]);
  names.delete('position');
  names.delete('children');
  const fieldOf = (node: Nodes, name: string) => JSON.stringify(node[name as keyof Nodes]);
  return [...names].every((name) => fieldOf(old, name) === fieldOf(fresh, name));
}
