/** What is wrong with a header, in technical English; the caller knows the path and adds it. */
export class HeaderDamage extends Error {}

/** The file does not begin as a GGUF file does. */
export class NotGguf extends Error {}
