using System.Text;

namespace Tocsin.Channels;

/// <summary>One reply of a mail server: its code and all its lines.</summary>
internal sealed record SmtpReply(int Code, IReadOnlyList<string> Lines)
{
    public bool IsGood => Code is >= 200 and < 400;

    public bool Offers(string extension) => Lines.Skip(1).Any(line => Words(line)[0].Equals(extension, StringComparison.OrdinalIgnoreCase));

    /// <summary>Parameters of an extension, for example the mechanisms after AUTH.</summary>
    public IReadOnlyList<string> Parameters(string extension) =>
        Lines.Skip(1).Select(Words).FirstOrDefault(words => words[0].Equals(extension, StringComparison.OrdinalIgnoreCase))?[1..] ?? [];

    public override string ToString() => Text.OneLine($"{Code} {string.Join(' ', Lines)}", 300);

    private static string[] Words(string line) => line.Split(' ', '=');
}

/// <summary>The server broke the rules of SMTP, or hung up.</summary>
internal sealed class SmtpBrokenException(string message) : IOException(message);

/// <summary>Reads replies line by line; bounded, because the server is not trusted.</summary>
internal sealed class SmtpReplyReader(Stream stream)
{
    private const int MaxLine = 2048;
    private const int MaxLines = 100;
    private readonly byte[] _buffer = new byte[4096];
    private int _start, _end;

    /// <summary>Bytes the server sent although nobody asked.</summary>
    public bool HasSurplus => _start < _end;

    public async Task<SmtpReply> Read(CancellationToken cancel)
    {
        var lines = new List<string>();
        while (lines.Count < MaxLines)
        {
            string line = await ReadLine(cancel).ConfigureAwait(false);
            int code = Code(line);
            if (code < 0 || (lines.Count > 0 && !line.StartsWith(_first, StringComparison.Ordinal)))
                throw new SmtpBrokenException($"a reply line with a three-digit code was expected, found '{Text.OneLine(line, 60)}'");
            _first = line[..3];
            lines.Add(line.Length > 4 ? line[4..] : "");
            if (line.Length == 3 || line[3] == ' ')
                return new SmtpReply(code, lines);
        }
        throw new SmtpBrokenException($"the reply has more than {MaxLines} lines");
    }

    private string _first = "";

    private static int Code(string line) =>
        line.Length >= 3 && line[0] is >= '2' and <= '5' && char.IsAsciiDigit(line[1]) && char.IsAsciiDigit(line[2])
            && (line.Length == 3 || line[3] is ' ' or '-')
            ? int.Parse(line.AsSpan(0, 3), System.Globalization.CultureInfo.InvariantCulture)
            : -1;

    private async Task<string> ReadLine(CancellationToken cancel)
    {
        var line = new StringBuilder();
        while (true)
        {
            int end = _buffer.AsSpan(_start.._end).IndexOf((byte)'\n');
            int taken = end >= 0 ? end : _end - _start;
            line.Append(Encoding.UTF8.GetString(_buffer, _start, taken));
            _start += end >= 0 ? taken + 1 : taken;
            if (line.Length > MaxLine)
                throw new SmtpBrokenException($"a reply line is longer than {MaxLine} characters");
            if (end >= 0)
                return line.ToString().TrimEnd('\r');
            (_start, _end) = (0, await stream.ReadAsync(_buffer, cancel).ConfigureAwait(false));
            if (_end == 0)
                throw new SmtpBrokenException("the server closed the connection");
        }
    }
}
