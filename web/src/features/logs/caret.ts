/** The part of a query around a mistake, on one line. */
export interface CaretLine {
  before: string;
  wrong: string;
  after: string;
  /** Where the caret stands, in characters. */
  column: number;
}

const around = 56;

export function caretLine(text: string, at: number): CaretLine {
  const flat = text.replaceAll(/\s/g, ' ');
  const length = Math.max(1, /^[\w.@-]+|^\S/.exec(flat.slice(at))?.[0].length ?? 1);
  const start = at > around ? at - around : 0;
  const end = Math.min(flat.length, at + length + around);
  const before = (start > 0 ? '…' : '') + flat.slice(start, at);
  return {
    before,
    wrong: flat.slice(at, at + length) || '␣',
    after: flat.slice(at + length, end) + (end < flat.length ? '…' : ''),
    column: before.length,
  };
}
