using Tocsin.Crashes.Stacks;
using Tocsin.Model.Crashes;

namespace Tocsin.Crashes.Grouping;

/// <summary>
/// Decides which group a crash belongs to. Pure: the same record always gives the same fingerprint. The rules, in
/// order:
/// the exception's types and the application's frames; the frames of the crashed thread; the exception's types and the
/// shape of its message; the way the process ended and the shape of its last words. The service always counts; line
/// numbers, parameters, hosts, releases and times never do. See docs/decisions/0005-grouping.md.
/// </summary>
internal static class Grouper
{
    /// <summary>Frames that count: enough to tell callers apart near the crash, few enough to ignore who called
    /// them.</summary>
    private const int CountingFrames = 5;

    /// <summary>Carriers of other exceptions: the carried one is the trouble.</summary>
    private static readonly HashSet<string> s_wrappers = new(StringComparer.Ordinal)
    {
        "System.AggregateException", "System.Reflection.TargetInvocationException",
            "java.util.concurrent.ExecutionException",
        "java.util.concurrent.CompletionException", "java.lang.reflect.InvocationTargetException",
        "java.lang.reflect.UndeclaredThrowableException", "ExceptionGroup", "BaseExceptionGroup",
    };

    public static Fingerprint Of(CrashRecord record)
    {
        List<string> parts = [$"service {record.Service}"];
        if (record.Class == CrashClass.Unobserved)
            parts.Add("unobserved task");
        List<CrashException> chain = Chain(record.Exception, out IReadOnlyList<string> siblings);
        bool typed = chain.Count > 0 && !IsItself(record.Class);
        parts.AddRange(typed ? chain.Select(e => $"type {TypeName(e.Type)}") : [$"class {Wire(record.Class)}"]);
        parts.AddRange(siblings.Select(s => $"and {s}"));

        List<string> frames = Frames(record, chain, out string? culprit, out string from);
        if (frames.Count > 0)
        {
            parts.AddRange(frames.Select(f => $"frame {f}"));
            return Made(record, chain, parts, culprit, typed ? $"types of the exception and {from}"
                : $"class of the crash and {from}");
        }
        if (typed)
        {
            parts.Add(Said(chain));
            return Made(record, chain, parts, null,
                "types of the exception and the shape of its message, because the application has no frame in the stack");
        }
        return Ended(record, chain, parts);
    }

    /// <summary>No exception and no frames: how the process ended is all there is.</summary>
    private static Fingerprint Ended(CrashRecord record, List<CrashException> chain, List<string> parts)
    {
        if ((record.Process.Signal ?? Code(record)) is { } ending)
            parts.Add(ending);
        // What a process wrote before somebody else ended it does not tell who did.
        bool spoke = record.Class is CrashClass.ExitNonzero or CrashClass.NativeAbort or CrashClass.FailFast
            or CrashClass.AccessViolation or CrashClass.Unhandled;
        if (spoke && LastWords.Of(record.StderrTail) is { } words)
            parts.Add($"stderr {MessageShape.Of(words)}");
        return Made(record, chain, parts, null,
            "class of the crash, signal or exit code, and the shape of the last words on standard error");
    }

    private static string? Code(CrashRecord record) => record.Process.ExitCode is { } code ? $"exit code {code}" : null;

    private static string Said(List<CrashException> chain)
    {
        CrashException root = chain[^1];
        if (MessageShape.Of(root.Message) is { Length: > 0 } shape)
            return $"message {shape}";
        return root.Frames.Count > 0 ? $"frame {FrameName.Identity(root.Frames[0].Method)}" : "no message";
    }

    /// <summary>From the thrown exception to its root cause, carriers left out; of several different causes the
    /// first.</summary>
    private static List<CrashException> Chain(CrashException? thrown, out IReadOnlyList<string> siblings)
    {
        var chain = new List<CrashException>();
        siblings = [];
        for (CrashException? at = thrown; at is not null && chain.Count < StackText.MaxDepth; at = at.Inner.Count > 0
            ? at.Inner[0] : null)
        {
            if (at.Inner.Count > 1)
            {
                string first = TypeName(Deepest(at.Inner[0]).Type);
                siblings = [.. at.Inner.Skip(1).Take(50).Select(i => TypeName(Deepest(i).Type)).Where(t =>
                    t != first).Distinct().Order(StringComparer.Ordinal)];
            }
            if (at.Inner.Count == 0 || !s_wrappers.Contains(at.Type))
                chain.Add(at);
        }
        return chain;
    }

    private static CrashException Deepest(CrashException exception)
    {
        for (int i = 0; i < StackText.MaxDepth && exception.Inner.Count > 0; i++)
            exception = exception.Inner[0];
        return exception;
    }

    private static List<string> Frames(CrashRecord record, List<CrashException> chain, out string? culprit,
        out string from)
    {
        from = "the application's frames nearest to the crash";
        for (int i = chain.Count - 1; i >= 0; i--)
        {
            List<string> own = Counting(record.Class, chain[i].Frames);
            if (own.Count == 0)
                continue;
            culprit = own[0];
            // Where each outer exception was thrown tells wrappers of the same cause apart.
            IEnumerable<string> outer = chain.Take(i).Select(e => Counting(record.Class, e.Frames)).Where(f =>
                f.Count > 0).Select(f => f[0]);
            return [.. own, .. outer.Where(f => !own.Contains(f))];
        }
        from = "the application's frames of the crashed thread";
        List<string> thread = Counting(record.Class, record.Threads.FirstOrDefault(t => t.Crashed)?.Frames ?? []);
        culprit = thread.Count > 0 ? thread[0] : null;
        return thread;
    }

    private static List<string> Counting(CrashClass c, IReadOnlyList<CrashFrame> frames)
    {
        List<(string Name, int Repeated)> own = [.. frames.Take(StackText.MaxFrames)
            .Select(f => (Frame: f, Name: FrameName.Identity(f.Method)))
            .Where(f => FrameOwner.IsApplication(f.Frame, f.Name)).Select(f => (f.Name, f.Frame.Repeated))];
        List<string> folded = FrameFold.Fold([.. own.Select(f => f.Name)], out IReadOnlyList<string> cycle);
        if (c != CrashClass.StackOverflow)
            return [.. folded.Take(CountingFrames)];
        // A full stack can end anywhere in the loop: the loop itself is what counts, not where it was cut.
        List<string> loop = [.. own.Where(f => f.Repeated > 1).Select(f => f.Name)];
        IEnumerable<string> repeating = loop.Count > 0 ? loop : cycle;
        List<string> set = [.. repeating.Distinct().Order(StringComparer.Ordinal)];
        return set.Count > 0 ? set : [.. folded.Take(CountingFrames)];
    }

    private static Fingerprint Made(CrashRecord record, List<CrashException> chain, List<string> parts,
        string? culprit, string reason)
    {
        CrashException? shown = chain.Count > 0 ? chain[^1] : null;
        string type = shown?.Type ?? CrashWords.TypeOf(record.Class);
        return new Fingerprint
        {
            Key = Fingerprint.Hash(parts),
            Reason = reason,
            Parts = parts,
            Culprit = culprit,
            Type = type,
            Message = shown?.Message is { Length: > 0 } message ? message : CrashWords.Ending(record),
            Title = CrashWords.Title(record, shown is null ? null : type, culprit),
        };
    }

    private static string TypeName(string type)
    {
        int generic = type.IndexOfAny(['`', '[']);
        return generic > 0 ? type[..generic] : type;
    }

    /// <summary>Classes that say more than the exception a runtime may or may not have attached.</summary>
    private static bool IsItself(CrashClass c) =>
        c is CrashClass.StackOverflow or CrashClass.AccessViolation or CrashClass.OomKilled;

    internal static string Wire(CrashClass c) => CrashWords.Name(c);
}
