namespace Tocsin.Storage.Care;

/// <param name="Rows">How many rows it has taken out of sight.</param>
public sealed record Deletion(Tombstone Tombstone, long Rows);

/// <summary>Each pending deletion costs every scan a little, so there is a bound.</summary>
public sealed class TooManyDeletionsException(int most) : Exception(
    $"{most} deletions wait for their files to be rewritten; try again in a minute");
