using System.Text;
using System.Text.Json;
using Tocsin.Protocols.Shared;

namespace Tocsin.Protocols.Otlp;

/// <summary>Encodes Export*ServiceResponse and google.rpc.Status.</summary>
internal static class OtlpReplies
{
    private const int PartialSuccess = 1 << 3 | ProtoReader.Length, Rejected = 1 << 3 | ProtoReader.Varint,
        ErrorMessage = 2 << 3 | ProtoReader.Length;

    private const int StatusCode = 1 << 3 | ProtoReader.Varint, StatusMessage = 2 << 3 | ProtoReader.Length,
        StatusDetails = 3 << 3 | ProtoReader.Length;

    private const int AnyType = 1 << 3 | ProtoReader.Length, AnyValue = 2 << 3 | ProtoReader.Length,
        RetryDelay = 1 << 3 | ProtoReader.Length, DurationSeconds = 1 << 3 | ProtoReader.Varint;

    /// <summary>Empty when everything was stored: partial_success must then be unset.</summary>
    public static byte[] Success(ExportResult result)
    {
        if (result.Rejected == 0)
            return [];
        byte[] partial = [.. Number(Rejected, (ulong)result.Rejected), .. Text(ErrorMessage, result.Message ?? "")];
        return Nested(PartialSuccess, partial);
    }

    public static byte[] SuccessJson(OtlpSignal signal, ExportResult result)
    {
        if (result.Rejected == 0)
            return "{}"u8.ToArray();
        return Json(json =>
        {
            json.WriteStartObject("partialSuccess");
            json.WriteString(signal.RejectedField, result.Rejected.ToString());
            json.WriteString("errorMessage", result.Message);
            json.WriteEndObject();
        });
    }

    /// <summary>google.rpc.Status; with <paramref name="retryAfter"/> it carries a google.rpc.RetryInfo.</summary>
    public static byte[] Status(int code, string message, TimeSpan? retryAfter)
    {
        byte[] status = [.. Number(StatusCode, (ulong)code), .. Text(StatusMessage, message)];
        if (retryAfter is not { } delay)
            return status;
        byte[] retryInfo = Nested(RetryDelay, Number(DurationSeconds, (ulong)Math.Ceiling(delay.TotalSeconds)));
        byte[] any = [.. Text(AnyType, "type.googleapis.com/google.rpc.RetryInfo"), .. Nested(AnyValue, retryInfo)];
        return [.. status, .. Nested(StatusDetails, any)];
    }

    public static byte[] StatusJson(int code, string message, TimeSpan? retryAfter) => Json(json =>
    {
        json.WriteNumber("code", code);
        json.WriteString("message", message);
        if (retryAfter is not { } delay)
            return;
        json.WriteStartArray("details");
        json.WriteStartObject();
        json.WriteString("@type", "type.googleapis.com/google.rpc.RetryInfo");
        json.WriteString("retryDelay", $"{(long)Math.Ceiling(delay.TotalSeconds)}s");
        json.WriteEndObject();
        json.WriteEndArray();
    });

    private static byte[] Json(Action<Utf8JsonWriter> members)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            members(json);
            json.WriteEndObject();
        }
        return buffer.ToArray();
    }

    private static byte[] Text(int tag, string text) => Nested(tag, Encoding.UTF8.GetBytes(text));

    private static byte[] Nested(int tag, byte[] message) =>
        [.. Varint((ulong)tag), .. Varint((ulong)message.Length), .. message];

    private static byte[] Number(int tag, ulong value) => [.. Varint((ulong)tag), .. Varint(value)];

    private static byte[] Varint(ulong value)
    {
        List<byte> bytes = [];
        for (; value >= 0x80; value >>= 7)
            bytes.Add((byte)(value | 0x80));
        bytes.Add((byte)value);
        return [.. bytes];
    }
}
