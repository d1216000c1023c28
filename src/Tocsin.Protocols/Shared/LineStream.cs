using System.Buffers;
using System.Text.Json;
using Tocsin.Ingest;

namespace Tocsin.Protocols.Shared;

/// <summary>
/// The resource of records that each carry their own: a new one is begun only where its fields differ from those of the
/// record before. One per request.
/// </summary>
/// <remarks>
/// Values are slices of JSON text; they and the request must not change between Begin and End. Call order for each
/// record: Begin, Add for each field, End.
/// </remarks>
internal sealed class LineStream(IReadOnlyList<(byte[] Name, byte[] Value)> constants, IngestWriter writer)
{
    private readonly List<(byte[]? Name, bool BuiltIn, int Start, int Length)> _fields = [];
    private ArrayBufferWriter<byte> _key = new(256);
    private ArrayBufferWriter<byte> _last = new(256);
    private bool _any;

    /// <summary>Whether the request itself says the value of this field.</summary>
    public bool IsConstant(ReadOnlySpan<byte> name)
    {
        foreach ((byte[] constant, _) in constants)
        {
            if (name.SequenceEqual(constant))
                return true;
        }
        return false;
    }

    public void Begin()
    {
        _fields.Clear();
        _key.ResetWrittenCount();
    }

    /// <param name="name">Null: the value is an object whose members are fields.</param>
    /// <param name="json">The value as it stands in the request.</param>
    /// <param name="builtIn">The name is one of <see cref="Model.Events.Fields"/>.</param>
    public void Add(byte[]? name, ReadOnlySpan<byte> json, bool builtIn = false)
    {
        _fields.Add((name, builtIn, _key.WrittenCount, json.Length));
        _key.Write(json);
        // Keeps neighbours apart: no JSON value contains a bare 0xFF followed by the name of the next field.
        _key.Write((ReadOnlySpan<byte>)[0xFF]);
        _key.Write(name.AsSpan());
    }

    public void End()
    {
        if (_any && _key.WrittenSpan.SequenceEqual(_last.WrittenSpan))
            return;
        _any = true;
        writer.BeginResource();
        foreach ((byte[] name, byte[] value) in constants)
        {
            writer.Attribute(name);
            writer.String(value);
        }
        foreach ((byte[]? name, bool builtIn, int start, int length) in _fields)
            WriteField(name, builtIn, _key.WrittenSpan.Slice(start, length));
        writer.EndResource();
        (_key, _last) = (_last, _key);
    }

    private void WriteField(byte[]? name, bool builtIn, ReadOnlySpan<byte> text)
    {
        Utf8JsonReader json = JsonReading.Open(text);
        json.Read();
        if (name is not null)
        {
            if (builtIn)
                writer.Field(name);
            else
                writer.Attribute(name);
            JsonTree.Write(ref json, writer);
            return;
        }
        while (JsonReading.NextMember(ref json))
        {
            ReadOnlySpan<byte> member = JsonReading.Name(ref json);
            json.Read();
            if (IsConstant(member))
            {
                json.Skip();
                continue;
            }
            writer.Attribute(member);
            JsonTree.Write(ref json, writer);
        }
    }
}
