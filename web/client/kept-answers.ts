/** Answers to reads that may be asked for again with `If-None-Match`. */

export interface KeptAnswer {
  etag: string;
  /** As text: a caller may change what it was given. */
  text: string;
  link: string | null;
}

const MOST = 100;

/** The ones used last, by URL. */
export function createKeptAnswers() {
  const answers = new Map<string, KeptAnswer>();
  return {
    get: (url: string): KeptAnswer | undefined => answers.get(url),
    keep(url: string, answer: KeptAnswer): void {
      // A map remembers the order of insertion: the first one is the one not used for longest.
      answers.delete(url);
      answers.set(url, answer);
      const [oldest] = answers.keys();
      if (answers.size > MOST && oldest !== undefined) answers.delete(oldest);
    },
  };
}
