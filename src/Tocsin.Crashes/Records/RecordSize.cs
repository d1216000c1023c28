using Tocsin.Model.Crashes;

namespace Tocsin.Crashes.Records;

/// <summary>Cuts a record to <see cref="CrashLimits"/>; nulls that JSON smuggled into lists are dropped.</summary>
internal static class RecordSize
{
    public static CrashRecord Cut(CrashRecord r, DateTimeOffset now)
    {
        int exceptions = CrashLimits.Exceptions;
        return r with
        {
            Time = r.Time > now || r.Time < now - CrashLimits.OldestTime ? now : r.Time.ToUniversalTime(),
            Service = Name(r.Service)!.Trim(),
            Environment = Name(r.Environment),
            Release = Name(r.Release),
            Host = Name(r.Host),
            Source = Name(r.Source) ?? "sdk",
            Process = Cut(r.Process ?? new CrashProcess()),
            Exception = r.Exception is null ? null : Cut(r.Exception, 0, ref exceptions),
            Threads = [.. Some(r.Threads).OrderByDescending(t => t.Crashed).Take(CrashLimits.Threads).Select(Cut)],
            TraceId = Name(r.TraceId),
            SpanId = Name(r.SpanId),
            UserId = Name(r.UserId),
            RequestId = Name(r.RequestId),
            StderrTail = Tail(r.StderrTail, CrashLimits.StderrCharacters),
            Logs = [.. Some(r.Logs).TakeLast(CrashLimits.Logs).Select(Cut)],
            Breadcrumbs = [.. Some(r.Breadcrumbs).TakeLast(CrashLimits.Breadcrumbs).Select(b => new Breadcrumb(
                b.Time, Name(b.Category) ?? "", Head(b.Message, CrashLimits.BreadcrumbCharacters) ?? ""))],
            Activities = [.. Some(r.Activities).TakeLast(CrashLimits.Activities).Select(a => a with
            {
                Name = Name(a.Name) ?? "", TraceId = Name(a.TraceId) ?? "", SpanId = Name(a.SpanId) ?? "",
            })],
            Resources = r.Resources ?? new CrashResources(),
            Attributes = (r.Attributes ?? new Dictionary<string, string>()).Take(CrashLimits.Attributes)
                .GroupBy(a => Name(a.Key)!).ToDictionary(g => g.Key, g =>
                    Head(g.First().Value, CrashLimits.AttributeCharacters) ?? ""),
            Evidence = [.. Some(r.Evidence).Take(CrashLimits.Evidence).Select(e =>
                new CrashEvidence(Name(e.Source) ?? "", Head(e.Detail, CrashLimits.AttributeCharacters) ?? ""))],
        };
    }

    private static CrashProcess Cut(CrashProcess p) => p with
    {
        RunId = Name(p.RunId), Command = Head(p.Command, CrashLimits.CommandCharacters), Runtime = Name(p.Runtime),
            Signal = Name(p.Signal),
    };

    private static CrashException Cut(CrashException e, int depth, ref int left)
    {
        left--;
        var inner = new List<CrashException>();
        foreach (CrashException cause in depth < CrashLimits.ExceptionDepth ? Some(e.Inner) : [])
        {
            if (left > 0)
                inner.Add(Cut(cause, depth + 1, ref left));
        }
        return e with
        {
            Type = Head(e.Type, CrashLimits.MethodCharacters) ?? "",
            Message = Head(e.Message, CrashLimits.MessageCharacters) ?? "",
            Frames = Ends(e.Frames, CrashLimits.FramesAtTop, CrashLimits.FramesAtBottom),
            StackText = Head(e.StackText, CrashLimits.StackTextCharacters),
            Inner = inner,
        };
    }

    private static CrashThread Cut(CrashThread t) => t with
    {
        Id = Name(t.Id) ?? "",
        ExceptionType = Head(t.ExceptionType, CrashLimits.MethodCharacters),
        Frames = t.Crashed ? Ends(t.Frames, CrashLimits.FramesAtTop, CrashLimits.FramesAtBottom)
            : Ends(t.Frames, CrashLimits.ThreadFrames, 0),
    };

    private static CrashLog Cut(CrashLog l) =>
        new(l.Time, Name(l.Level) ?? "", Name(l.Logger) ?? "", Head(l.Message, CrashLimits.LogCharacters) ?? "")
    {
        TraceId = Name(l.TraceId),
    };

    private static CrashFrame[] Ends(IReadOnlyList<CrashFrame>? frames, int top, int bottom)
    {
        CrashFrame[] all = [.. Some(frames)];
        return [.. (all.Length <= top + bottom ? all : [.. all.Take(top), .. all.TakeLast(bottom)]).Select(Cut)];
    }

    private static CrashFrame Cut(CrashFrame f) => f with
    {
        Method = Head(f.Method, CrashLimits.MethodCharacters) ?? "",
        Module = Name(f.Module),
        File = Head(f.File, CrashLimits.PathCharacters),
        Repeated = Math.Max(1, f.Repeated),
    };

    private static IEnumerable<T> Some<T>(IEnumerable<T>? items)
        where T : class => items?.Where(i => i is not null) ?? [];

    private static string? Name(string? text) => Head(text, CrashLimits.NameCharacters);

    private static string? Head(string? text, int length) =>
        text is null || text.Length <= length ? text : string.Concat(text.AsSpan(0, length), "…");

    private static string? Tail(string? text, int length) =>
        text is null || text.Length <= length ? text : text[^length..];
}
