import type { CrashDetail, CrashRecord } from '../../shared/api/types';
import { chainOf, stackText } from './frames';

/** The whole event as Markdown, for an issue or a chat. */
export function crashMarkdown(detail: CrashDetail, record: CrashRecord): string {
  const { group, diagnosis } = detail;
  const facts: [string, unknown][] = [
    ['Crash', record.crashId],
    ['Class', record.class],
    ['Time', record.time],
    ['Service', record.service],
    ['Release', record.release],
    ['Environment', record.environment],
    ['Host', record.host],
    ['Process', record.process?.pid],
    ['Signal', record.process?.signal],
    ['Exit code', record.process?.exitCode],
    ['Trace', record.traceId],
    ['Seen', `${group.count} times since ${group.firstSeen}`],
    ['Users', group.users],
  ];
  const parts = [
    `## ${group.title}`,
    facts
      .filter(([, value]) => value !== undefined && value !== '')
      .map(([name, value]) => `- **${name}:** ${String(value)}`)
      .join('\n'),
  ];
  if (diagnosis)
    parts.push(
      `### Likely cause\n${diagnosis.likelyCause}\n\n_Because ${diagnosis.because} (rule ${diagnosis.rule})_`,
      (diagnosis.nextSteps ?? []).map((step, i) => `${i + 1}. ${step}`).join('\n'),
    );
  const chain = chainOf(record.exception);
  if (chain.length > 0)
    parts.push('### Stack', fence(chain.map(({ exception }) => stackText(exception)).join('\n ---> ')));
  if (record.evidence?.length)
    parts.push('### Evidence', record.evidence.map((each) => `- ${each.source}: ${each.detail}`).join('\n'));
  if (record.logs?.length)
    parts.push(
      '### Last logs',
      fence(
        record.logs
          .slice(-20)
          .map((log) => `${log.time} ${log.level} ${log.logger}: ${log.message}`)
          .join('\n'),
      ),
    );
  if (record.stderrTail) parts.push('### Standard error', fence(record.stderrTail.split('\n').slice(-40).join('\n')));
  return parts.filter(Boolean).join('\n\n') + '\n';
}

/** A fence longer than any run of backticks inside, so that no text can end it. */
function fence(text: string): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map((run) => run[0].length));
  const ticks = '`'.repeat(longest + 1);
  return `${ticks}\n${text}\n${ticks}`;
}
