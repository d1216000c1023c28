using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace TocsinSdk.Redaction;

/// <summary>
/// The one place where secrets are taken out. Everything that is stored, shown or sent passes here first. Any thread.
/// </summary>
internal sealed class Redactor
{
    private const int MaxKnownKeys = 4096;

    private readonly SensitiveKeys _keys;
    private readonly ConcurrentDictionary<string, bool> _known = new(StringComparer.Ordinal);
    private readonly byte[]? _hashKey;
    private readonly bool _enabled, _emails, _ownKeys;
    private int _knownCount;

    public Redactor(RedactionOptions options)
    {
        _keys = new SensitiveKeys(options.Keys, options.AllowedKeys);
        (_enabled, _emails, _ownKeys, Mask) =
            (options.Enabled, options.Emails, options.Keys.Count > 0, options.Mask);
        _hashKey = options.HashKey is { Length: > 0 } key ? Encoding.UTF8.GetBytes(key) : null;
    }

    public string Mask { get; }

    /// <summary>Whether a value under this name is a secret whatever it holds.</summary>
    public bool IsSensitive(string key)
    {
        if (!_enabled)
            return false;
        if (_known.TryGetValue(key, out var sensitive))
            return sensitive;
        sensitive = _keys.Contains(key);
        if (Volatile.Read(ref _knownCount) < MaxKnownKeys && _known.TryAdd(key, sensitive))
            Interlocked.Increment(ref _knownCount);
        return sensitive;
    }

    /// <summary>The text without the secrets that can be told by their shape; the same object when there are none.</summary>
    public string Redact(string text)
    {
        if (!_enabled || !SecretScan.MayHoldSecret(text, _emails, _ownKeys))
            return text;
        var secrets = SecretScan.Find(text, _keys, _emails);
        if (secrets.Count == 0)
            return text;
        var clean = new StringBuilder(text.Length);
        var at = 0;
        foreach (var (from, to) in secrets)
        {
            clean.Append(text, at, from - at).Append(MaskOf(text.AsSpan(from, to - from)));
            at = to;
        }
        return clean.Append(text, at, text.Length - at).ToString();
    }

    /// <summary>
    /// What may be shown under the key: the value itself, a text without its secrets, or the mask. Of objects only texts
    /// and whole numbers are looked into; <see cref="Logging.LogEvent"/> takes collections apart.
    /// </summary>
    public object? Redact(string key, object? value) => value switch
    {
        null => null,
        _ when IsSensitive(key) => MaskOf(Convert.ToString(value, CultureInfo.InvariantCulture)),
        string text => Redact(text),
        long number when IsCard(number) => MaskOf(number.ToString(CultureInfo.InvariantCulture)),
        _ => value,
    };

    /// <summary>A whole number that is a payment card's.</summary>
    public bool IsCard(long number) => _enabled && number >= 1_000_000_000_000 && PaymentCard.IsCard(number);

    /// <summary>What stands in place of the secret.</summary>
    public string MaskOf(ReadOnlySpan<char> secret)
    {
        if (_hashKey is null || secret.Length == 0)
            return Mask;
        var bytes = new byte[Encoding.UTF8.GetByteCount(secret)];
        Encoding.UTF8.GetBytes(secret, bytes);
        var hash = Convert.ToHexString(HMACSHA256.HashData(_hashKey, bytes), 0, 6);
        return string.Create(CultureInfo.InvariantCulture, $"{Mask.TrimEnd(']')}:{hash}]");
    }
}
