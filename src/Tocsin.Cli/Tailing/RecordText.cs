using System.Text;
using System.Text.Json;

namespace Tocsin.Cli.Tailing;

/// <summary>Puts one record into the form that the route of its file's format takes.</summary>
internal static class RecordText
{
    /// <summary>Path below the server's address.</summary>
    public static string Route(LineFormat format) => format switch
    {
        LineFormat.Clef => "ingest/clef",
        LineFormat.Syslog => "api/tocsin/v1/ingest/syslog",
        _ => "api/tocsin/v1/ingest/jsonl",
    };

    /// <summary>Whether the line is a record by itself in a file of this format.</summary>
    public static bool IsSingle(ReadOnlySpan<byte> line, LineFormat format) => format switch
    {
        LineFormat.Syslog => true,
        LineFormat.Json or LineFormat.Clef => JsonText.IsObject(line),
        LineFormat.Logfmt => LogfmtLine.Parse(Encoding.UTF8.GetString(line)) is not null,
        _ => false,
    };

    /// <summary>The record as one line.</summary>
    public static byte[] Encode(byte[] record, LineFormat format)
    {
        if (format == LineFormat.Syslog || (format is LineFormat.Json or LineFormat.Clef && JsonText.IsObject(record)))
            return record;
        using var buffer = new MemoryStream(record.Length + 64);
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            string text = Encoding.UTF8.GetString(record);
            if (format == LineFormat.Logfmt && LogfmtLine.Parse(text) is { } pairs)
                LogfmtLine.Write(pairs, json);
            else
                WritePlain(record, text, format == LineFormat.Clef, json);
            json.WriteEndObject();
        }
        return buffer.ToArray();
    }

    private static void WritePlain(byte[] record, string text, bool clef, Utf8JsonWriter json)
    {
        (string? time, string? level) = PlainLine.Read(record);
        if (time is not null)
            json.WriteString(clef ? "@t" : "time", time);
        if (level is not null)
            json.WriteString(clef ? "@l" : "level", level);
        json.WriteString(clef ? "@m" : "message", text);
    }
}
