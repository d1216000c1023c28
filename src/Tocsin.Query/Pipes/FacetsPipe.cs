using System.Globalization;
using System.Text;
using Tocsin.Model.Events;
using Tocsin.Query.Aggregates;
using Tocsin.Query.Cells;
using Tocsin.Query.Execution;
using Tocsin.Query.Expressions;
using Tocsin.Query.Plans;
using Tocsin.Storage.Scan;

namespace Tocsin.Query.Pipes;

/// <summary>
/// facets 5: per field its most frequent values. Without names every field, but for those with so many values that they
/// are rather ids.
/// </summary>
public sealed record FacetsPipe(long Most, Items<string> Fields) : Pipe
{
    /// <summary>A field with more values is left out, unless it was asked for by name.</summary>
    public const int MostValues = 1000;

    /// <summary>Fields beyond it are left out; the answer says so.</summary>
    public const int MostFields = 1000;

    private const long Usual = 5;

    private static readonly string[] s_columns = ["field", "kind", "value", "count"];

    public override string Verb => "facets";

    internal override bool Streams => false;

    internal override bool AnyOrder => true;

    internal static Pipe Parse(PipeParser parser)
    {
        long most = parser.AtNumber ? parser.Whole("a number of values", 1, 100_000) : Usual;
        return new FacetsPipe(most, parser.AtEnd ? [] : parser.Names("the name of a field"));
    }

    internal override Shape After(Shape before) => Shape.Of(s_columns);

    internal override void AddFields(FieldUse use)
    {
        use.All |= Fields.Count == 0;
        foreach (string field in Fields)
            use.Add(field);
    }

    internal override Operator Build(PipeBuild build, Operator next) => new FacetsRun(this, build.Context, next);

    private protected override string Arguments() =>
        $"{Most.ToString(CultureInfo.InvariantCulture)} {string.Join(", ", Fields.Select(LiteralText.Name))}".TrimEnd();
}

/// <summary>Running facets.</summary>
internal sealed class FacetsRun : Operator
{
    private readonly FacetsPipe _pipe;
    private readonly QueryContext _context;
    private readonly Operator _next;
    private readonly (FieldSource Source, Facet Facet)[] _named;
    private readonly Dictionary<string, Facet> _facets = new(StringComparer.Ordinal);
    private readonly Dictionary<byte[], (string? Name, Facet? Facet)> _stored = new(new BytesComparer());
    private readonly Facet _level;

    public FacetsRun(FacetsPipe pipe, QueryContext context, Operator next)
    {
        (_pipe, _context, _next) = (pipe, context, next);
        _named = [.. pipe.Fields.Select(f => (new FieldSource(f), FacetOf(f)!))];
        _level = pipe.Fields.Count > 0 ? new Facet(context, 0) : FacetOf("level")!;
    }

    public override bool Push(in PipeRow row)
    {
        if (_named.Length > 0)
        {
            foreach ((FieldSource source, Facet facet) in _named)
                facet.Add(source.Get(row));
            return true;
        }
        for (int i = 0; i < row.Set.Count; i++)
            FacetOf(row.Set[i].Name)?.Add(row.Set[i].Value);
        if (!row.HasEvent)
            return true;
        if (!row.Set.TryGet("level", out _))
            _level.Add(RecordParts.Get(RecordPart.Level, row));
        AddAll(row.Event.Fields, row.Set);
        AddAll(new FieldReader(row.Event.Stream), row.Set);
        return true;
    }

    public override void Finish()
    {
        var set = new Overlay();
        ulong number = 0;
        foreach ((string name, Facet facet) in _facets.OrderBy(f => f.Key, StringComparer.Ordinal))
        {
            if (facet.IsFull)
                _context.Note($"fields of more than {FacetsPipe.MostValues} values are left out; name one to see it");
            foreach ((Cell value, long count) in facet.Top(_pipe.Most))
            {
                set.Clear();
                set.Set("field", Cell.Of(name));
                set.Set("kind", Cell.Of(value.Kind.ToString().ToLowerInvariant()));
                set.Set("value", value);
                set.Set("count", Cell.Of(count));
                if (!_next.Push(new PipeRow(new RowId(default, number++), set)))
                {
                    _next.Finish();
                    return;
                }
            }
        }
        _next.Finish();
    }

    private void AddAll(FieldReader fields, Overlay set)
    {
        Dictionary<byte[], (string? Name, Facet? Facet)>.AlternateLookup<ReadOnlySpan<byte>> known =
            _stored.GetAlternateLookup<ReadOnlySpan<byte>>();
        while (fields.MoveNext())
        {
            if (fields.Value.Kind is ValueKind.Map or ValueKind.Array)
                continue;
            if (!known.TryGetValue(fields.Name, out (string? Name, Facet? Facet) facet))
            {
                string? name = ShownName(fields.Name);
                facet = (name, name is null ? null : FacetOf(name));
                if (_stored.Count < 2 * FacetsPipe.MostFields)
                    known[fields.Name] = facet;
            }
            if (facet.Facet is { } counts && !(set.Count > 0 && set.TryGet(facet.Name!, out _)))
                counts.Add(fields.Value);
        }
    }

    private Facet? FacetOf(string name)
    {
        if (_facets.TryGetValue(name, out Facet? facet))
            return facet;
        if (_facets.Count == FacetsPipe.MostFields)
        {
            _context.Note($"records have more than {FacetsPipe.MostFields} fields; some are left out");
            return null;
        }
        facet = new Facet(_context, _pipe.Fields.Count == 0 ? FacetsPipe.MostValues : int.MaxValue);
        _facets.Add(name, facet);
        return facet;
    }

    /// <summary>The name it is asked for by; null for what makes no facet.</summary>
    private static string? ShownName(ReadOnlySpan<byte> stored)
    {
        if (stored.StartsWith("@@"u8))
            return Encoding.UTF8.GetString(stored[1..]);
        if (!stored.StartsWith("@"u8))
            return Encoding.UTF8.GetString(stored);
        return stored.SequenceEqual(Tocsin.Model.Events.Fields.Name) ? "name"
            : stored.SequenceEqual(Tocsin.Model.Events.Fields.EventName) ? "event"
            : stored.SequenceEqual(Tocsin.Model.Events.Fields.Kind) ? "kind"
            : stored.SequenceEqual(Tocsin.Model.Events.Fields.ScopeName) ? "scope"
            : null;
    }
}

/// <summary>The values of one field, counted.</summary>
/// <param name="most">Values beyond it make it full, and then it counts no more.</param>
internal sealed class Facet(QueryContext context, int most)
{
    private readonly GroupTable _values = new(1, context.Budget);
    private readonly Slots<long> _counts = new(context.Budget, sizeof(long));

    public bool IsFull { get; private set; }

    public void Add(FieldValue value)
    {
        if (IsFull || value.Kind == ValueKind.Null)
            return;
        _values.Key.Clear();
        _values.Key.Add(value);
        Count();
    }

    public void Add(in Cell value)
    {
        if (IsFull || value.IsMissing)
            return;
        _values.Key.Clear();
        _values.Key.Add(value);
        Count();
    }

    /// <summary>Nothing when it is full.</summary>
    public IEnumerable<(Cell Value, long Count)> Top(long count) => IsFull
        ? []
        : Enumerable.Range(0, _values.Count).OrderByDescending(g => _counts[g]).ThenBy(_values.KeyOf, KeyOrder.Whole)
            .Take((int)count).Select(g => (_values.KeyOf(g)[0], _counts[g]));

    private void Count()
    {
        int group = _values.Find();
        _counts.Grow(group + 1);
        _counts[group]++;
        IsFull = _values.Count > most;
    }
}
