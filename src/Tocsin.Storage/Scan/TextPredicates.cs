using System.Collections.Frozen;
using System.Text;
using Tocsin.Model.Events;

namespace Tocsin.Storage.Scan;

/// <summary>
/// A condition on what an event says: its message, names, status and exception. Attributes are asked for by name.
/// </summary>
public abstract record TextPredicate : ValuePredicate
{
    private static readonly string[] s_names =
    [
        "@body", "@name", "@event_name", "@status_message", "exception.type", "exception.message",
        "exception.stacktrace",
    ];

    private static readonly byte[][] s_utf8 = [.. s_names.Select(Encoding.UTF8.GetBytes)];

    /// <summary>First bytes of the names; most fields fail here.</summary>
    private static readonly FrozenSet<byte> s_firstBytes = s_utf8.Select(n => n[0]).ToFrozenSet();

    public sealed override bool Matches(in EventRow row)
    {
        FieldReader fields = row.Fields;
        while (fields.MoveNext())
        {
            if (IsText(fields.Name) && TestAny(fields.Value))
                return true;
        }
        return false;
    }

    internal sealed override void AddFields(FieldNeeds needs) => needs.Names.UnionWith(s_names);

    private static bool IsText(ReadOnlySpan<byte> name)
    {
        if (name.Length == 0 || !s_firstBytes.Contains(name[0]))
            return false;
        foreach (byte[] known in s_utf8)
        {
            if (name.SequenceEqual(known))
                return true;
        }
        return false;
    }
}

/// <summary>The text contains the words side by side, whole and in any case.</summary>
public sealed record TextContains(string Text) : TextPredicate
{
    private readonly ValueText _wanted = new(Text);

    internal override TextShape? Shape => _wanted.Shape;

    protected override bool Test(FieldValue value) => _wanted.IsIn(value);

    internal override bool MayMatch(BlockSummary block) => _wanted.MayBeIn(block);

    public override string ToString() => $"text has \"{Text}\"";
}

/// <summary>The text, or one word of it, fits a pattern with '*' and '?'.</summary>
public sealed record TextMatches(string Pattern) : TextPredicate
{
    private readonly Wildcard _wildcard = new(Pattern);

    internal override TextShape? Shape => _wildcard.Shape;

    protected override bool Test(FieldValue value) => value.Kind switch
    {
        ValueKind.Null => false,
        ValueKind.String => _wildcard.Matches(value.Payload),
        _ => _wildcard.Matches(Encoding.UTF8.GetBytes(value.ToString())),
    };

    public override string ToString() => $"text like \"{Pattern}\"";
}
