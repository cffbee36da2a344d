/** How large documents may grow (spec 1.4). Text is measured in bytes of UTF-8. */
export interface Limits {
  middlewares: number;
  tools: number;
  extensions: number;
  systemPromptBytes: number;
  nameBytes: number;
  /** Containers nested in each other, counted from the root of the document or request. */
  depth: number;
}

export const DEFAULT_LIMITS: Limits = {
  middlewares: 100,
  tools: 1_000,
  extensions: 200,
  systemPromptBytes: 256 * 1024,
  nameBytes: 1024,
  depth: 32,
};
