import { expect, it } from 'vitest';
import type { CrashDetail, CrashRecord } from '../../shared/api/types';
import { chainOf, runsOf, stackText } from './frames';
import { crashMarkdown } from './markdown';

const frames = [
  'Shop.Store.Load()',
  'System.Threading.Tasks.Task.Wait()',
  'Microsoft.AspNetCore.Routing.Invoke()',
  'Shop.Program.Main()',
  'libcoreclr.so!abc',
].map((method) => ({ method }));

it('folds runs of framework frames and loses none', () => {
  const runs = runsOf(frames);
  expect(runs.map((run) => [run.own, run.frames.length])).toEqual([
    [true, 1],
    [false, 2],
    [true, 1],
    [false, 1],
  ]);
  expect(runs.flatMap((run) => run.frames)).toEqual(frames);
});

it('takes a namespace that only begins like the platform’s for one’s own', () => {
  expect(runsOf([{ method: 'SystemsBiology.Run()' }, { method: 'MicrosoftCompetitor.App.Main()' }])).toHaveLength(1);
});

it('lists causes after what they caused', () => {
  const chain = chainOf({ type: 'A', inner: [{ type: 'B', inner: [{ type: 'C' }] }, { type: 'D' }] });
  expect(chain.map(({ exception, depth }) => exception.type + depth)).toEqual(['A0', 'B1', 'C2', 'D1']);
});

it('prints a stack as runtimes do', () => {
  expect(
    stackText({ type: 'A', message: 'm', frames: [{ method: 'X.Y()', file: '/s.cs', line: 3, repeated: 9 }] }),
  ).toBe('A: m\n   at X.Y() in /s.cs:3 (× 9)');
  expect(stackText({ type: 'A', message: 'm', stackText: 'as printed' })).toBe('A: m\nas printed');
});

it('keeps text with backticks inside its fence', () => {
  const record = {
    crashId: 'c',
    class: 'unhandled',
    time: 't',
    service: 's',
    source: 'sdk',
    stderrTail: 'a\n````\nb',
  } as CrashRecord;
  const detail = { group: { title: 'T', count: 1, users: 0, firstSeen: 't' } } as CrashDetail;
  expect(crashMarkdown(detail, record)).toContain('`````\na\n````\nb\n`````');
});
