using Tocsin.Query.Expressions;
using Tocsin.Query.Logs;
using Tocsin.Storage.Scan;

namespace Tocsin.Query.Execution;

/// <summary>Collects the fields that a pipeline looks at, so that the scan reads no others.</summary>
internal sealed class FieldUse
{
    private readonly SortedSet<string> _names = new(StringComparer.Ordinal);

    /// <summary>Every field is needed.</summary>
    public bool All { get; set; }

    public IEnumerable<string> Names => _names;

    public IReadOnlyList<FieldPath>? Paths => All
        ? null
        : [.. _names.Where(n => RecordParts.Named(n) == RecordPart.Field).Select(LogField.StoredPath)];

    public void Add(string name) => _names.Add(name);
}
