using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using Tocsin.Query.Cells;
using Tocsin.Query.Execution;

namespace Tocsin.Query.Answers;

/// <summary>
/// One JSON object per line. Missing values are left out. Holds one buffer, however long the answer is.
/// </summary>
/// <param name="write">Takes what has been written so far; valid during the call.</param>
public sealed class JsonLinesSink(Action<ReadOnlyMemory<byte>> write) : RowSink, IDisposable
{
    private const int FlushAt = 32 * 1024;

    private readonly ArrayBufferWriter<byte> _buffer = new(2 * FlushAt);
    private readonly Utf8JsonWriter _json = new(Stream.Null, s_options);
    private IReadOnlyList<string> _columns = [];

    public override void Begin(IReadOnlyList<string> columns) => _columns = columns;

    public override void Row(ReadOnlySpan<Cell> cells)
    {
        _json.Reset(_buffer);
        _json.WriteStartObject();
        for (int i = 0; i < cells.Length; i++)
        {
            if (cells[i].IsMissing)
                continue;
            _json.WritePropertyName(_columns[i]);
            CellJson.Write(_json, cells[i]);
        }
        _json.WriteEndObject();
        _json.Flush();
        _buffer.Write("\n"u8);
        if (_buffer.WrittenCount >= FlushAt)
            Flush();
    }

    public void Flush()
    {
        if (_buffer.WrittenCount == 0)
            return;
        write(_buffer.WrittenMemory);
        _buffer.ResetWrittenCount();
    }

    public void Dispose() => _json.Dispose();

    // The media type is JSON, never HTML, so text may stay readable.
    private static readonly JsonWriterOptions s_options = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true,
    };
}
