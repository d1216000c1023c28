using System.Buffers;
using System.Text;
using Tocsin.Model;
using Tocsin.Query.Cells;
using Tocsin.Query.Execution;

namespace Tocsin.Query.Answers;

/// <summary>
/// RFC 4180: a header, commas, CRLF, quotes where they are needed. A missing value is an empty field, empty text is "".
/// Holds one buffer, however long the answer is.
/// </summary>
/// <param name="write">Takes what has been written so far; valid during the call.</param>
public sealed class CsvSink(Action<ReadOnlyMemory<byte>> write) : RowSink
{
    private const int FlushAt = 32 * 1024;

    private static readonly SearchValues<char> s_special = SearchValues.Create(",\"\r\n");

    private readonly ArrayBufferWriter<byte> _buffer = new(2 * FlushAt);

    public override void Begin(IReadOnlyList<string> columns) => Line(columns.Count, i => Field(columns[i]));

    public override void Row(ReadOnlySpan<Cell> cells)
    {
        for (int i = 0; i < cells.Length; i++)
        {
            if (i > 0)
                _buffer.Write(","u8);
            if (!cells[i].IsMissing)
                Text(Field(cells[i].ToString()));
        }
        End();
    }

    public void Flush()
    {
        if (_buffer.WrittenCount == 0)
            return;
        write(_buffer.WrittenMemory);
        _buffer.ResetWrittenCount();
    }

    private void Line(int count, Func<int, string> field)
    {
        for (int i = 0; i < count; i++)
        {
            if (i > 0)
                _buffer.Write(","u8);
            Text(field(i));
        }
        End();
    }

    private void End()
    {
        _buffer.Write("\r\n"u8);
        if (_buffer.WrittenCount >= FlushAt)
            Flush();
    }

    private void Text(string text) => Encoding.UTF8.GetBytes(text, _buffer);

    /// <summary>
    /// A text that a spreadsheet would run as a formula gets an apostrophe in front, but for plain negative numbers.
    /// </summary>
    private static string Field(string text)
    {
        if (text.Length == 0)
            return "\"\"";
        if (text[0] is '=' or '+' or '@' or '\t' || text[0] == '-' && Numeric.Parse(text) is null)
            text = "'" + text;
        return text.AsSpan().ContainsAny(s_special) || text[0] == ' ' || text[^1] == ' '
            ? $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\""
            : text;
    }
}
