using System.Globalization;

namespace TocsinSdk.Transport;

/// <summary>How a gRPC call ended.</summary>
/// <param name="Code">0 is success; 2 ("unknown") when the server did not say.</param>
/// <param name="Message">For people; may be empty.</param>
/// <param name="RetryAfter">What the server asked for in google.rpc.RetryInfo; null when it did not.</param>
internal readonly record struct GrpcStatus(int Code, string Message, TimeSpan? RetryAfter)
{
    private const int Unknown = 2, ResourceExhausted = 8;

    private static readonly string[] s_names =
    [
        "ok", "cancelled", "unknown", "invalid argument", "deadline exceeded", "not found", "already exists",
        "permission denied", "resource exhausted", "failed precondition", "aborted", "out of range", "unimplemented",
        "internal", "unavailable", "data loss", "unauthenticated",
    ];

    public bool IsOk => Code == 0;

    /// <summary>The headers grpc-status, grpc-message (percent-encoded) and grpc-status-details-bin (base64).</summary>
    public static GrpcStatus Of(string? code, string? message, string? details) => new(
        int.TryParse(code, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : Unknown,
        Uri.UnescapeDataString(message ?? ""), Retry(details));

    /// <summary>As the answer over HTTP that means the same, so that one place decides what becomes of it.</summary>
    public HttpAnswer ToAnswer() => new(Code switch
    {
        3 => 400,
        7 => 403,
        12 => 404,
        16 => 401,
        // Also what servers say of a message larger than they take; one that only wants a pause names its length.
        ResourceExhausted when RetryAfter is null && Message.Contains("larger", StringComparison.OrdinalIgnoreCase) => 413,
        ResourceExhausted => 429,
        _ => 503,
    }, (Name + ": " + Message).TrimEnd(':', ' '), RetryAfter);

    private string Name => Code >= 0 && Code < s_names.Length
        ? s_names[Code] : "status " + Code.ToString(CultureInfo.InvariantCulture);

    // google.rpc.Status: 3 repeats Any; Any: 1 type, 2 bytes; RetryInfo: 1 Duration; Duration: 1 seconds, 2 nanoseconds.
    private static TimeSpan? Retry(string? details)
    {
        if (details is null)
            return null;
        var bytes = new byte[details.Length];
        // gRPC leaves the padding out.
        if (!Convert.TryFromBase64String(details.PadRight((details.Length + 3) / 4 * 4, '='), bytes, out var length))
            return null;
        var status = new ProtoFields(bytes.AsSpan(0, length));
        while (status.Next())
        {
            if (status is not { Field: 3, Type: Proto.Bytes } || Inside(status.Content, 1) is var type
                && !type.EndsWith("google.rpc.RetryInfo"u8))
                continue;
            var (seconds, nanoseconds) = (0UL, 0UL);
            var duration = new ProtoFields(Inside(Inside(status.Content, 2), 1));
            while (duration.Next())
                if (duration.Type == Proto.Varint)
                    _ = duration.Field == 1 ? seconds = duration.Value : nanoseconds = duration.Value;
            return seconds < 1_000_000 && nanoseconds < 1_000_000_000
                ? TimeSpan.FromSeconds(seconds) + TimeSpan.FromTicks((long)nanoseconds / 100) : null;
        }
        return null;
    }

    private static ReadOnlySpan<byte> Inside(ReadOnlySpan<byte> message, int field)
    {
        var fields = new ProtoFields(message);
        while (fields.Next())
            if (fields.Field == field && fields.Type == Proto.Bytes)
                return fields.Content;
        return [];
    }
}
