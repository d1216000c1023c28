namespace Tocsin.Protocols.Shared;

/// <summary>Walks the lines of a body. LF and CR LF end a line; blank lines are passed over but counted.</summary>
internal ref struct Lines(ReadOnlySpan<byte> body)
{
    private ReadOnlySpan<byte> _rest = body;

    /// <summary>Without its end and surrounding blanks.</summary>
    public ReadOnlySpan<byte> Current { get; private set; }

    /// <summary>Counted from 1.</summary>
    public int Number { get; private set; }

    public bool Next()
    {
        while (!_rest.IsEmpty)
        {
            int end = _rest.IndexOf((byte)'\n');
            Current = (end < 0 ? _rest : _rest[..end]).Trim(" \t\r"u8);
            _rest = end < 0 ? default : _rest[(end + 1)..];
            Number++;
            if (!Current.IsEmpty)
                return true;
        }
        return false;
    }
}
