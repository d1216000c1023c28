using TocsinSdk.Logging;

namespace TocsinSdk.Transport;

/// <summary>
/// One request made from the frames of a segment: records of one logger in a row share a scope, all share the
/// resource; whole requests are simply joined, which protocol buffers allow. Used again for the next one.
/// </summary>
internal sealed class Batch
{
    private const int Width = 5, Keep = 4 << 20;

    private readonly Utf8Text _body = new(64 << 10);

    public ReadOnlyMemory<byte> Body => _body.Memory;

    /// <summary>Where what is not in it begins.</summary>
    public int End { get; private set; }

    public int Items { get; private set; }

    public int Frames { get; private set; }

    /// <summary>Takes frames while they fit <paramref name="limit"/> bytes, but one at least.</summary>
    public void Fill(Segment segment, int limit, DropReport report, DateTimeOffset now)
    {
        _body.Clear(Keep);
        (Items, Frames, End) = (0, 0, segment.Sent);
        if (segment.Head.Lane.Signal() != Signal.Logs)
        {
            Join(segment, limit);
            return;
        }
        var group = BeginLogs(segment.Resource);
        Records(segment, limit);
        if (!report.IsEmpty)
            Report(report, now);
        _body.Patch(group, Width);
    }

    /// <summary>A request that holds nothing but a client report.</summary>
    public void Fill(byte[] resource, DropReport report, DateTimeOffset now)
    {
        _body.Clear(Keep);
        (Items, Frames, End) = (0, 0, 0);
        var group = BeginLogs(resource);
        Report(report, now);
        _body.Patch(group, Width);
    }

    private int BeginLogs(ReadOnlySpan<byte> resource)
    {
        var group = _body.Begin(1, Width);
        _body.Field(1, resource);
        return group;
    }

    private void Join(Segment segment, int limit)
    {
        while (Next(segment, out var frame) && (Frames == 0 || _body.Length + frame.Body.Length <= limit))
        {
            _body.Append(frame.Body);
            Took(frame);
        }
    }

    private void Records(Segment segment, int limit)
    {
        ReadOnlySpan<byte> scope = default;
        var at = -1;
        while (Next(segment, out var frame) && (Frames == 0 || _body.Length + frame.Body.Length <= limit))
        {
            if (at < 0 || !frame.Scope.SequenceEqual(scope))
            {
                if (at >= 0)
                    _body.Patch(at, Width);
                at = BeginScope(frame.Scope);
                scope = frame.Scope;
            }
            _body.Field(2, frame.Body);
            Took(frame);
        }
        if (at >= 0)
            _body.Patch(at, Width);
    }

    private int BeginScope(ReadOnlySpan<byte> name)
    {
        var at = _body.Begin(2, Width);
        var inner = _body.Begin(1, 3);
        _body.Field(1, name);
        _body.Patch(inner, 3);
        return at;
    }

    private void Report(DropReport report, DateTimeOffset now)
    {
        var at = BeginScope("Tocsin.Sdk"u8);
        var record = _body.Begin(2, 3);
        ClientReport.Write(_body, report, now);
        _body.Patch(record, 3);
        _body.Patch(at, Width);
    }

    private bool Next(Segment segment, out Frame frame)
    {
        var damaged = 0;
        if (SegmentFormat.TryReadFrame(segment.Bytes, End, out frame, ref damaged))
            return true;
        // Nothing can be found behind a frame that makes no sense.
        End = segment.Readable;
        return false;
    }

    private void Took(in Frame frame)
    {
        End = frame.End;
        Items += frame.Items;
        Frames++;
    }
}
