using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using TocsinSdk.Transport;

namespace TocsinSdk.Logging;

/// <summary>
/// How a stack frame reads, "Shop.Cart.Pay(Int32 id) in /src/Cart.cs:line 12", found out once per place in the code: to
/// look up file and line costs a hundred times what it costs to know the place again.
/// </summary>
internal sealed class FrameText
{
    private const int MaxKnown = 8192;

    private static readonly ConcurrentDictionary<(MethodBase, int), FrameText> s_known = new();

    private FrameText(string text, string? file, int line)
    {
        IsHidden = text.Length == 0;
        Json = FieldKey.JsonOf(text);
        var end = text.IndexOf('(', StringComparison.Ordinal);
        Function = FieldKey.JsonOf(end < 0 ? text : text[..end]);
        Module = file is null ? null : FieldKey.JsonOf(Path.GetFileName(file));
        Line = line;
        Code = CodeOf(end < 0 ? text : text[..end], file, line);
    }

    /// <summary>The runtime's own plumbing, which stack traces leave out.</summary>
    public bool IsHidden { get; }
    public byte[] Json { get; }
    public byte[] Function { get; }
    public byte[]? Module { get; }
    public int Line { get; }

    /// <summary>The attributes code.* of an OTLP record.</summary>
    public byte[] Code { get; }

    public static FrameText?[] Of(Exception exception)
    {
        var frames = new StackTrace(exception, fNeedFileInfo: false).GetFrames();
        var texts = new FrameText?[frames.Length];
        StackFrame[]? detailed = null;
        for (var i = 0; i < frames.Length; i++)
        {
            if (MethodOf(frames[i]) is not { } method)
                continue;
            var place = (method, frames[i].GetILOffset());
            if (s_known.TryGetValue(place, out texts[i]))
                continue;
            detailed ??= new StackTrace(exception, fNeedFileInfo: true).GetFrames();
            var text = texts[i] = Read(detailed[i]);
            if (s_known.Count < MaxKnown)
                s_known[place] = text;
        }
        return texts;
    }

    /// <summary>Where it came from: the first frame whose source is known, else the first; null without frames.</summary>
    public static FrameText? PlaceIn(FrameText?[] frames)
    {
        FrameText? first = null;
        foreach (var frame in frames)
        {
            if (frame is null or { IsHidden: true })
                continue;
            if (frame.Module is not null)
                return frame;
            first ??= frame;
        }
        return first;
    }

    private static byte[] CodeOf(string function, string? file, int line)
    {
        var to = new Utf8Text(256);
        OtlpLog.Attribute(to, "code.function.name", function);
        if (file is not null)
            OtlpLog.Attribute(to, "code.file.path", file);
        if (line > 0)
            OtlpLog.Attribute(to, "code.line.number", line);
        return to.Written.ToArray();
    }

    private static FrameText Read(StackFrame frame)
    {
        var text = new StackTrace(frame).ToString().AsSpan().Trim();
        return new FrameText(
            (text.StartsWith("at ") ? text[3..] : text).ToString(), frame.GetFileName(), frame.GetFileLineNumber());
    }

    [UnconditionalSuppressMessage("Trimming", "IL2026", Justification = "The method is only compared and named.")]
    private static MethodBase? MethodOf(StackFrame frame) => frame.GetMethod();
}
