namespace Tocsin.Cli.Tailing;

/// <summary>Records of one file on their way to the server, one per line of the body.</summary>
internal sealed class TailBatch
{
    private const int FullBytes = 1 << 20, FullRecords = 5000;
    private readonly MemoryStream _body = new();
    private readonly List<int> _ends = [];

    public int Count => _ends.Count;

    public bool IsFull => _body.Length >= FullBytes || _ends.Count >= FullRecords;

    public void Add(ReadOnlySpan<byte> line)
    {
        _body.Write(line);
        _body.WriteByte((byte)'\n');
        _ends.Add((int)_body.Length);
    }

    /// <summary>The lines from <paramref name="first"/> on, so many of them.</summary>
    public ReadOnlyMemory<byte> Lines(int first, int count)
    {
        int start = first == 0 ? 0 : _ends[first - 1];
        return _body.GetBuffer().AsMemory(start, _ends[first + count - 1] - start);
    }

    public void Clear()
    {
        _body.SetLength(0);
        _ends.Clear();
    }
}
