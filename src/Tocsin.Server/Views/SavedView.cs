namespace Tocsin.Server.Views;

/// <summary>A question that somebody has kept.</summary>
/// <param name="Name">One view has it, whatever its case.</param>
/// <param name="Query">Filter and pipes; empty for every record.</param>
/// <param name="From">As it was asked for, so a time ago stays one; absent: as the reader has it.</param>
/// <param name="Columns">Further fields to show of each record.</param>
/// <param name="Display">How the answer is shown; absent: as it is usual for such a query.</param>
public sealed record SavedView(
    long Id, string Name, string Query, string? From, string? To, IReadOnlyList<string> Columns, string? Display, string? CreatedBy,
    DateTimeOffset UpdatedAt);
