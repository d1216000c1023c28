import { describe, expect, it } from 'vitest';
import { caretLine } from './caret';
import { completions } from './complete';
import { Walk } from './history';

const fields = ['path', 'http.status', 'odd-name'];
/** Labels at the place of the bar in the text. */
const at = (text: string, asked = false) => {
  const caret = text.indexOf('¦');
  const found = completions(text.replace('¦', ''), caret, fields, asked);
  return found?.items.map(({ insert }) => insert);
};

describe('completions', () => {
  it('are verbs behind a pipe, also where nothing is typed yet', () => {
    expect(at('a | ¦')).toContain('timechart ');
    expect(at('a | st¦')).toEqual(['stats ']);
    expect(at('a |¦ | limit 1')).toContain('top ');
  });

  it('are fields with a colon in front of the pipes', () => {
    expect(at('pat¦')).toEqual(['path:']);
    expect(at('a (-pat¦')).toEqual(['path:']);
    expect(at('http¦')).toEqual(['http.status:']);
    expect(at('status¦')).toEqual(['http.status:']);
    expect(at('path:pa¦')).toBeUndefined();
    expect(at('¦')).toBeUndefined();
    expect(at('¦', true)).toContain('level:');
  });

  it('are levels behind level', () => {
    expect(at('level:>=¦')).toContain('warn');
    expect(at('x level:er¦')).toEqual(['error']);
  });

  it('are functions that fit the verb, and fields', () => {
    expect(at('* | stats p9¦')).toEqual(['p90(', 'p95(', 'p99(']);
    expect(at('* | stats p95(pa¦')).toContain('path');
    expect(at('* | where low¦')).toEqual(['lower(']);
    expect(at('* | stats count() by odd¦')).toEqual(['`odd-name`']);
    expect(at('* | stats count() b¦')).toContain('by ');
    expect(at('* | parse ¦', true)).toContain('logfmt');
    expect(at('* | sort -pa¦')).toContain('path');
  });

  it('are none inside quotes and for a whole word', () => {
    expect(at('"pa¦')).toBeUndefined();
    expect(at('* | where a == "pa¦')).toBeUndefined();
    expect(at('"say \\"x" pat¦')).toEqual(['path:']);
  });
});

describe('the history', () => {
  it('goes up to older queries and down to what was being typed', () => {
    const walk = new Walk(['b', 'a']);
    expect(walk.up('typed')).toBe('b');
    expect(walk.up('b')).toBe('a');
    expect(walk.up('a')).toBeUndefined();
    expect(walk.down()).toBe('b');
    expect(walk.down()).toBe('typed');
    expect(walk.down()).toBeUndefined();
  });

  it('skips the query that is shown', () => expect(new Walk(['now', 'before']).up('now')).toBe('before'));
});

describe('the place of a mistake', () => {
  it('is marked under its word', () => {
    expect(caretLine('a | tpo x', 4)).toEqual({ before: 'a | ', wrong: 'tpo', after: ' x', column: 4 });
    expect(caretLine('level:', 6)).toMatchObject({ wrong: '␣', column: 6 });
  });

  it('is shown with what is around it when the query is long', () => {
    const shown = caretLine(`${'x '.repeat(200)}| tpo ${'y '.repeat(200)}`, 402);
    expect(shown.wrong).toBe('tpo');
    expect(shown.before).toMatch(/^…x/);
    expect(shown.after).toMatch(/…$/);
    expect(shown.before.length + shown.after.length).toBeLessThan(125);
  });
});
