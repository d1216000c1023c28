using System.Collections.Concurrent;
using System.Text;

namespace Tocsin.Ingest.Redaction;

/// <summary>
/// Decides from an attribute's name alone whether its value is a secret. A name is split into words at punctuation,
/// digits and camelCase humps, so `dbPassword`, `DB_PASSWORD` and `db.password` are alike and `monkey` holds no `key`.
/// </summary>
internal sealed class SensitiveKeys
{
    private const int MaxName = 1024, MaxCached = 4096;

    // Secret wherever they stand, also in running text before '='.
    private static readonly string[] s_strong =
    [
        "password", "passwd", "pwd", "passphrase", "secret", "secrets", "token", "api_key", "apikey", "access_key",
        "accesskey", "account_key", "accountkey", "shared_key", "private_key", "privatekey", "secret_key", "secretkey",
        "signing_key", "encryption_key", "credentials", "credential", "stripetoken", "accesstoken", "authtoken",
        "refreshtoken", "idtoken", "clientsecret", "mysqlpwd", "jwt", "cvv", "cvc", "ssn", "credit_card", "creditcard",
        "card_number", "cardnumber",
    ];

    // Secret as a word of an attribute's name, but too common in running text ("cache miss key=user:42").
    private static readonly string[] s_weak = ["key", "auth", "authorization", "cookie", "cookies"];

    // OpenTelemetry's own names that contain such a word and carry no secret.
    private static readonly string[] s_keep =
    [
        "aws.s3.key", "messaging.kafka.message.key", "messaging.kafka.message_key",
        "messaging.rabbitmq.destination.routing_key", "messaging.rabbitmq.routing_key", "error.key",
    ];

    private readonly byte[][] _strong;
    private readonly byte[][] _weak;
    private readonly HashSet<string> _keep;
    private readonly ConcurrentDictionary<byte[], bool> _decided = new(Utf8Comparer.Instance);
    private readonly ConcurrentDictionary<byte[], bool>.AlternateLookup<ReadOnlySpan<byte>> _decidedBySpan;

    public SensitiveKeys(IEnumerable<string> redact, IEnumerable<string> keep)
    {
        _strong = [.. s_strong.Concat(redact).Select(Phrase).Where(p => p.Length > 2)];
        _weak = [.. s_weak.Select(Phrase)];
        _keep = new HashSet<string>(s_keep.Concat(keep), StringComparer.Ordinal);
        _decidedBySpan = _decided.GetAlternateLookup<ReadOnlySpan<byte>>();
    }

    /// <summary>For attribute names. Decisions are remembered, up to a bound.</summary>
    public bool Contains(ReadOnlySpan<byte> name)
    {
        if (_decidedBySpan.TryGetValue(name, out bool sensitive))
            return sensitive;
        sensitive = !_keep.Contains(Encoding.UTF8.GetString(name)) && (Holds(_strong, name) || Holds(_weak, name));
        if (_decided.Count < MaxCached)
            _decided[name.ToArray()] = sensitive;
        return sensitive;
    }

    /// <summary>For the word before '=' or ':' in running text.</summary>
    public bool ContainsInText(ReadOnlySpan<byte> name) => Holds(_strong, name);

    private static bool Holds(byte[][] phrases, ReadOnlySpan<byte> name)
    {
        if (name.Length > MaxName)
            name = name[..MaxName];
        Span<byte> buffer = stackalloc byte[2 * MaxName + 2];
        ReadOnlySpan<byte> words = buffer[..Words(name, buffer)];
        Span<byte> joined = stackalloc byte[MaxName + 2];
        ReadOnlySpan<byte> whole = joined[..Joined(words, joined)];
        foreach (byte[] phrase in phrases)
        {
            if (words.IndexOf(phrase) >= 0 || whole.SequenceEqual(phrase))
                return true;
        }
        return false;
    }

    private static byte[] Phrase(string name)
    {
        byte[] utf8 = Encoding.UTF8.GetBytes(name);
        byte[] words = new byte[2 * utf8.Length + 2];
        return words[..Words(utf8, words)];
    }

    // "dbPassword2" -> "_db_password_"
    private static int Words(ReadOnlySpan<byte> name, Span<byte> words)
    {
        int length = 0;
        words[length++] = (byte)'_';
        for (int i = 0; i < name.Length; i++)
        {
            byte c = name[i];
            bool letter = char.IsAsciiLetter((char)c) || c >= 0x80;
            bool hump = letter && i > 0 && char.IsAsciiLetterUpper((char)c)
                && (char.IsAsciiLetterLower((char)name[i - 1])
                    || (i + 1 < name.Length && char.IsAsciiLetterLower((char)name[i + 1])));
            if ((hump || !letter) && words[length - 1] != '_')
                words[length++] = (byte)'_';
            if (letter)
                words[length++] = char.IsAsciiLetterUpper((char)c) ? (byte)(c | 0x20) : c;
        }
        if (words[length - 1] != '_')
            words[length++] = (byte)'_';
        return length;
    }

    // "_pass_word_" -> "_password_", for names with humps in unusual places.
    private static int Joined(ReadOnlySpan<byte> words, Span<byte> joined)
    {
        int length = 0;
        joined[length++] = (byte)'_';
        foreach (byte c in words)
        {
            if (c != '_')
                joined[length++] = c;
        }
        joined[length++] = (byte)'_';
        return length;
    }
}
