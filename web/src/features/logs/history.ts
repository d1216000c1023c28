const key = 'tocsin.logs.queries';
const most = 50;

/** Queries that were run in this browser, newest first. Without storage there is no history. */
export function pastQueries(): string[] {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(key) ?? '[]');
    return Array.isArray(kept) ? kept.filter((each) => typeof each === 'string').slice(0, most) : [];
  } catch {
    return [];
  }
}

export function rememberQuery(text: string) {
  const query = text.trim();
  if (!query) return;
  try {
    localStorage.setItem(key, JSON.stringify([query, ...pastQueries().filter((each) => each !== query)].slice(0, most)));
  } catch {
    // A browser that keeps nothing keeps no history either.
  }
}

/** A walk through the history: up goes back in time, down comes forward to what was being typed. */
export class Walk {
  private at = -1;
  private typed = '';

  constructor(private readonly past: string[]) {}

  up(text: string): string | undefined {
    if (this.at < 0) this.typed = text;
    const next = this.past.findIndex((each, i) => i > this.at && each !== text);
    if (next < 0) return undefined;
    this.at = next;
    return this.past[next];
  }

  down(): string | undefined {
    if (this.at < 0) return undefined;
    this.at--;
    return this.at < 0 ? this.typed : this.past[this.at];
  }
}
