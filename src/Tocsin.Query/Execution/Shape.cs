namespace Tocsin.Query.Execution;

/// <summary>
/// The columns at one place of a pipeline. Open: the record with everything in it, beside the columns that pipes have
/// added. Closed: exactly these columns.
/// </summary>
internal sealed record Shape(bool IsOpen, IReadOnlyList<string> Columns, IReadOnlySet<string> Hidden)
{
    private static readonly HashSet<string> s_none = [];

    /// <summary>What a record shows of itself, first to last; its other fields follow as two JSON objects.</summary>
    public static IReadOnlyList<string> RecordColumns { get; } =
        ["time", "level", "service", "message", "trace", "span"];

    public const string Attributes = "attributes", Resource = "resource";

    public static Shape Records { get; } = new(true, [], s_none);

    public static Shape Of(IEnumerable<string> columns) => new(false, [.. columns], s_none);

    /// <summary>The names of the columns of the answer.</summary>
    public IReadOnlyList<string> Names => IsOpen
        ?
        [
            .. RecordColumns.Where(c => !Hidden.Contains(c) && !Columns.Contains(c)), .. Columns,
            .. new[] { Attributes, Resource }.Where(c => !Hidden.Contains(c) && !Columns.Contains(c)),
        ]
        : Columns;

    public Shape With(IEnumerable<string> added)
    {
        string[] names = [.. added];
        return this with
        {
            Columns = [.. Columns, .. names.Where(n => !Columns.Contains(n))],
            Hidden = Hidden.Count == 0 ? Hidden : Hidden.Except(names).ToHashSet(),
        };
    }

    public Shape Without(IEnumerable<string> names)
    {
        HashSet<string> gone = [.. names];
        return this with
        {
            Columns = [.. Columns.Where(c => !gone.Contains(c))],
            Hidden = IsOpen ? Hidden.Union(gone).ToHashSet() : s_none,
        };
    }
}
