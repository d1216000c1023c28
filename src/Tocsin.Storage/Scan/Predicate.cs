using Tocsin.Model;
using Tocsin.Model.Events;

namespace Tocsin.Storage.Scan;

/// <summary>A condition on one row, as a tree. Immutable; any thread.</summary>
public abstract record Predicate
{
    /// <summary>Every row.</summary>
    public static Predicate All { get; } = new And([]);

    public abstract bool Matches(in EventRow row);

    /// <summary>False only when no row of the block can match.</summary>
    internal abstract bool MayMatch(BlockSummary block);

    /// <summary>Names every field that <see cref="Matches"/> may look at.</summary>
    internal abstract void AddFields(FieldNeeds needs);
}

/// <summary>All parts hold; with no parts, every row matches.</summary>
public sealed record And(IReadOnlyList<Predicate> Parts) : Predicate
{
    public override bool Matches(in EventRow row)
    {
        foreach (Predicate part in Parts)
        {
            if (!part.Matches(row))
                return false;
        }
        return true;
    }

    internal override bool MayMatch(BlockSummary block) => Parts.All(p => p.MayMatch(block));

    internal override void AddFields(FieldNeeds needs)
    {
        foreach (Predicate part in Parts)
            part.AddFields(needs);
    }

    public override string ToString() => Parts.Count == 0 ? "all" : $"({string.Join(" and ", Parts)})";
}

/// <summary>At least one part holds; with no parts, no row matches.</summary>
public sealed record Or(IReadOnlyList<Predicate> Parts) : Predicate
{
    public override bool Matches(in EventRow row)
    {
        foreach (Predicate part in Parts)
        {
            if (part.Matches(row))
                return true;
        }
        return false;
    }

    internal override bool MayMatch(BlockSummary block) => Parts.Any(p => p.MayMatch(block));

    internal override void AddFields(FieldNeeds needs)
    {
        foreach (Predicate part in Parts)
            part.AddFields(needs);
    }

    public override string ToString() => Parts.Count == 0 ? "none" : $"({string.Join(" or ", Parts)})";
}

/// <summary>The part does not hold. A row without the field does match.</summary>
public sealed record Not(Predicate Part) : Predicate
{
    public override bool Matches(in EventRow row) => !Part.Matches(row);

    // A filter can prove absence, never presence.
    internal override bool MayMatch(BlockSummary block) => true;

    internal override void AddFields(FieldNeeds needs) => Part.AddFields(needs);

    public override string ToString() => $"not {Part}";
}

/// <summary>Severity number between two bounds, both inclusive.</summary>
public sealed record SeverityRange(byte Min, byte Max) : Predicate
{
    public override bool Matches(in EventRow row) => row.Severity >= Min && row.Severity <= Max;

    internal override bool MayMatch(BlockSummary block) => block.MaxSeverity >= Min && block.MinSeverity <= Max;

    internal override void AddFields(FieldNeeds needs)
    {
    }

    public override string ToString() => $"severity {Min}..{Max}";
}

/// <summary>Exactly this trace.</summary>
/// <param name="TraceId">16 bytes; empty for rows without a trace.</param>
public sealed record TraceIs(ReadOnlyMemory<byte> TraceId) : Predicate
{
    public override bool Matches(in EventRow row) => row.TraceId.SequenceEqual(TraceId.Span);

    internal override bool MayMatch(BlockSummary block) =>
        TraceId.IsEmpty || block.MayContain(Tokens.HashId(TraceId.Span));

    internal override void AddFields(FieldNeeds needs) => needs.TraceId = true;

    public override string ToString() => $"trace {Convert.ToHexStringLower(TraceId.Span)}";
}

/// <summary>Exactly this span.</summary>
/// <param name="SpanId">8 bytes; empty for rows without a span.</param>
public sealed record SpanIs(ReadOnlyMemory<byte> SpanId) : Predicate
{
    public override bool Matches(in EventRow row) => row.SpanId.SequenceEqual(SpanId.Span);

    internal override bool MayMatch(BlockSummary block) =>
        SpanId.IsEmpty || block.MayContain(Tokens.HashId(SpanId.Span));

    internal override void AddFields(FieldNeeds needs) => needs.SpanId = true;

    public override string ToString() => $"span {Convert.ToHexStringLower(SpanId.Span)}";
}

/// <summary>What a block tells about its rows without decoding them.</summary>
internal abstract class BlockSummary
{
    public abstract byte MinSeverity { get; }

    public abstract byte MaxSeverity { get; }

    /// <summary>
    /// False only when no word or id with this hash is in any string or id of the block or its streams.
    /// </summary>
    public abstract bool MayContain(ulong hash);
}

/// <summary>What has to be decoded before a predicate can be asked.</summary>
internal sealed class FieldNeeds
{
    /// <summary>Names of row fields.</summary>
    public HashSet<string> Names { get; } = new(StringComparer.Ordinal);

    public bool TraceId { get; set; }

    public bool SpanId { get; set; }

    public static FieldNeeds Of(Predicate where)
    {
        var needs = new FieldNeeds();
        where.AddFields(needs);
        return needs;
    }
}
