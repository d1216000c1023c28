using Tocsin.Model;

namespace Tocsin.Ingest;

/// <summary>
/// Finds the severity number of a record: the client's number when it is one, else what its words mean.
/// </summary>
internal static class SeverityText
{
    private const int LongestWord = 16;

    public static byte Resolve(long number, ReadOnlySpan<byte> text)
    {
        if (number is > 0 and <= Severity.Max)
            return (byte)number;
        // OpenTelemetry's short names carry a step: INFO2 is info and one more.
        int step = text.Length > 1 && text[^1] is >= (byte)'2' and <= (byte)'4' ? text[^1] - '1' : 0;
        if (step > 0)
            text = text[..^1];
        if (text.Length is 0 or > LongestWord)
            return Severity.Unknown;
        Span<char> word = stackalloc char[LongestWord];
        for (int i = 0; i < text.Length; i++)
            word[i] = (char)text[i];
        byte? found = Severity.Parse(word[..text.Length]);
        return found is null or Severity.Unknown ? Severity.Unknown : (byte)(found.Value + step);
    }
}
