using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Tocsin.Channels;

/// <summary>
/// Signs a body as Standard Webhooks 1.0 asks: HMAC-SHA256 over "id.timestamp.body", one signature per secret, so that a
/// receiver can change its secret without losing a message.
/// </summary>
internal sealed class StandardSignature(IReadOnlyList<byte[]> secrets)
{
    private const string Prefix = "whsec_";

    /// <summary>Null when the text is not "whsec_" and the Base64 of 24 to 64 bytes.</summary>
    public static byte[]? ParseSecret(string text)
    {
        if (!text.StartsWith(Prefix, StringComparison.Ordinal))
            return null;
        var bytes = new byte[text.Length];
        return Convert.TryFromBase64String(text[Prefix.Length..], bytes, out int length) && length is >= 24 and <= 64
            ? bytes[..length]
            : null;
    }

    public IReadOnlyList<(string Name, string Value)> Headers(string id, DateTimeOffset now, ReadOnlySpan<byte> body)
    {
        string timestamp = now.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        var headers = new List<(string, string)> { ("webhook-id", id), ("webhook-timestamp", timestamp) };
        if (secrets.Count == 0)
            return headers;
        byte[] signed = [.. Encoding.UTF8.GetBytes($"{id}.{timestamp}."), .. body];
        headers.Add(("webhook-signature", string.Join(' ',
            secrets.Select(secret => $"v1,{Convert.ToBase64String(HMACSHA256.HashData(secret, signed))}"))));
        return headers;
    }
}
