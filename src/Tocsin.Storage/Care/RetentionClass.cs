using Tocsin.Model;
using Tocsin.Storage.Scan;

namespace Tocsin.Storage.Care;

/// <summary>
/// Rows that are kept for a time of their own, in folders of their own. Which class a row belongs to is decided once,
/// when it is sealed into a segment: the first class whose condition holds.
/// </summary>
public sealed record RetentionClass
{
    /// <summary>More classes than this would make too many small segments.</summary>
    public const int Most = 50;

    private const int NameLength = 40;

    /// <summary>See <see cref="IsName"/>; it is the name of a folder.</summary>
    public required string Name { get; init; }

    public required Predicate Where { get; init; }

    /// <summary>Null: every dataset.</summary>
    public Dataset? Dataset { get; init; }

    public required TimeSpan Keep { get; init; }

    /// <summary>Bytes of segments; the oldest go first.</summary>
    public long MaxBytes { get; init; } = long.MaxValue;

    /// <summary>
    /// Lower-case letters, digits, '-' and '_' after a letter, and not the name of a dataset's folder.
    /// </summary>
    public static bool IsName(string name) =>
        name.Length is > 0 and <= NameLength && char.IsAsciiLetterLower(name[0])
        && name.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '-' or '_')
        && !FileNames.IsDatasetFolder(name);
}
