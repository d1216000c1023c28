using System.Text;
using Tocsin.Ingest;
using Tocsin.Model.Crashes;

namespace Tocsin.Crashes.Records;

/// <summary>Takes secrets out of every text of a record. Runs before anything is stored, grouped or
/// diagnosed.</summary>
internal sealed class RecordRedaction(Redactor redactor)
{
    private const string Removed = "[REDACTED]";

    public CrashRecord Of(CrashRecord r) => r with
    {
        Environment = Text(r.Environment),
        Release = Text(r.Release),
        UserId = Text(r.UserId),
        RequestId = Text(r.RequestId),
        Process = r.Process with { Command = Text(r.Process.Command) },
        Exception = r.Exception is null ? null : Of(r.Exception),
        Threads = [.. r.Threads.Select(t => t with { Frames = Of(t.Frames) })],
        StderrTail = Text(r.StderrTail),
        Logs = [.. r.Logs.Select(l => l with { Logger = Text(l.Logger)!, Message = Text(l.Message)! })],
        Breadcrumbs = [.. r.Breadcrumbs.Select(b => b with { Message = Text(b.Message)! })],
        Activities = [.. r.Activities.Select(a => a with { Name = Text(a.Name)! })],
        Attributes = r.Attributes.ToDictionary(a => a.Key, a => Value(a.Key, a.Value)),
        Evidence = [.. r.Evidence.Select(e => e with { Detail = Text(e.Detail)! })],
    };

    private CrashException Of(CrashException e) => e with
    {
        Message = Text(e.Message)!,
        StackText = Text(e.StackText),
        Frames = Of(e.Frames),
        Inner = [.. e.Inner.Select(Of)],
    };

    private CrashFrame[] Of(IReadOnlyList<CrashFrame> frames) =>
        [.. frames.Select(f => f.File is null ? f : f with { File = Text(f.File) })];

    private string Value(string key, string value) =>
        redactor.IsSensitiveKey(Encoding.UTF8.GetBytes(key)) ? Removed : Text(value)!;

    private string? Text(string? text) => string.IsNullOrEmpty(text) ? text : redactor.Redact(text);
}
