namespace Tocsin.Cli.Tailing;

/// <summary>
/// Joins the lines of a stack trace to the record they belong to. In a file where lines begin with a time, whatever has
/// none goes on with the record before; elsewhere only what is indented or begins like the inner part of a trace.
/// </summary>
internal sealed class LineJoiner
{
    // As the server's limit of one value; a longer trace becomes two records.
    private const int MaxBytes = 256 << 10;

    private readonly MemoryStream _record = new();
    private bool _timed;

    public bool HasOpen => _record.Length > 0;

    /// <summary>Where the open record begins in the file.</summary>
    public long OpenStart { get; private set; }

    /// <param name="line">Not empty, without its end.</param>
    /// <param name="start">Where it stands in the file.</param>
    /// <param name="single">A record by itself, such as JSON.</param>
    /// <param name="done">Takes each record that is complete.</param>
    public void Add(ReadOnlySpan<byte> line, long start, bool single, Action<byte[]> done)
    {
        bool time = !single && PlainLine.HasTime(line);
        _timed |= time;
        if (!single && HasOpen && _record.Length + line.Length < MaxBytes
            && (_timed ? !time : PlainLine.IsContinuation(line)))
        {
            _record.WriteByte((byte)'\n');
            _record.Write(line);
            return;
        }
        Flush(done);
        _record.Write(line);
        OpenStart = start;
        if (single)
            Flush(done);
    }

    /// <summary>Hands out the open record: nothing has followed it for a while.</summary>
    public void Flush(Action<byte[]> done)
    {
        if (_record.Length > 0)
            done(_record.ToArray());
        _record.SetLength(0);
    }
}
