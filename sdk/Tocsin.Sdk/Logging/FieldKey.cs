using System.Runtime.CompilerServices;
using TocsinSdk.Redaction;
using TocsinSdk.Transport;

namespace TocsinSdk.Logging;

/// <summary>What a scope's value of this name is besides a field.</summary>
internal enum FieldRole : byte { None, Request, User, Session }

/// <summary>The name of a field with what is worth knowing once: whether it is sensitive, how it looks in JSON.</summary>
internal sealed class FieldKey
{
    public FieldKey(string source, Redactor redactor)
    {
        Source = source;
        Destructured = source.Length > 1 && source[0] == '@';
        Name = source.Length > 1 && source[0] is '@' or '$' ? source[1..] : source;
        Sensitive = redactor.IsSensitive(Name);
        Role = Name switch
        {
            "RequestId" or "request_id" or "request.id" => FieldRole.Request,
            "UserId" or "user_id" or "user.id" or "enduser.id" => FieldRole.User,
            "SessionId" or "session_id" or "session.id" => FieldRole.Session,
            _ => FieldRole.None,
        };
        Json = JsonOf(Name);
        Otlp = new OtlpKey(Name);
        Redactor = redactor;
    }

    /// <summary>As the application wrote it, with the @ of a destructured value.</summary>
    public string Source { get; }
    public string Name { get; }
    public bool Destructured { get; }
    public bool Sensitive { get; }
    public FieldRole Role { get; }

    public Redactor Redactor { get; }

    /// <summary>Of a category: the files its records go to, one bit each; 0 until the file sink has looked.</summary>
    public byte Files { get; set; }

    /// <summary>The quoted and escaped name.</summary>
    public byte[] Json { get; }

    public OtlpKey Otlp { get; }

    public static byte[] JsonOf(string text)
    {
        var json = new Utf8Text(text.Length * 3 + 16);
        json.AppendString(text);
        return json.Written.ToArray();
    }

    /// <summary>Names come from string literals, so they are found by reference; the table holds the last ones used.</summary>
    internal sealed class Table(Redactor redactor)
    {
        private const int Size = 1024;

        private readonly FieldKey?[] _recent = new FieldKey?[Size];

        public FieldKey Of(string name)
        {
            ref var slot = ref _recent[RuntimeHelpers.GetHashCode(name) & (Size - 1)];
            var key = slot;
            return ReferenceEquals(key?.Source, name) ? key : slot = new FieldKey(name, redactor);
        }
    }
}
