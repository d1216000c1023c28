using System.Text.Json;

namespace Tocsin.Protocols.Seq;

/// <summary>What both of Seq's formats say about an event, as views of the request; empty is absent.</summary>
internal ref struct SeqEvent
{
    public ReadOnlySpan<byte> Time;
    public ReadOnlySpan<byte> Level;
    public ReadOnlySpan<byte> Message;
    public ReadOnlySpan<byte> Template;
    public ReadOnlySpan<byte> Exception;
    public ReadOnlySpan<byte> Scope;
    public ReadOnlySpan<byte> TraceId;
    public ReadOnlySpan<byte> SpanId;

    /// <summary>JSON text of the event's type id, of the resource's fields and of the renderings.</summary>
    public ReadOnlySpan<byte> EventType;
    public ReadOnlySpan<byte> Resource;
    public ReadOnlySpan<byte> Renderings;

    /// <summary>JSON text of the object that holds the properties.</summary>
    public ReadOnlySpan<byte> Properties;

    /// <summary>The object is the event itself: members that begin with one @ are not properties.</summary>
    public bool IsClef;

    /// <summary>Whether the member is a property; its name then without the doubling of @.</summary>
    public readonly bool IsProperty(scoped ref Utf8JsonReader json, out ReadOnlySpan<byte> name)
    {
        name = Shared.JsonReading.Name(ref json);
        if (!IsClef || name.IsEmpty || name[0] != '@')
            return true;
        if (name.Length < 2 || name[1] != '@')
            return !IsKnown(name);
        name = name[1..];
        return true;
    }

    // A member of a later version of the format is kept like a property.
    private static bool IsKnown(ReadOnlySpan<byte> name) => name is
        [_, (byte)'t' or (byte)'m' or (byte)'l' or (byte)'x' or (byte)'i' or (byte)'r'] or
        [_, (byte)'m', (byte)'t'] or [_, (byte)'t', (byte)'r'] or [_, (byte)'s', (byte)'p'] or
        [_, (byte)'s', (byte)'c'] or [_, (byte)'r', (byte)'a'];
}
